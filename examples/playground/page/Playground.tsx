import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { methods, takesLayer, type MethodName } from '../methods';
import { backendNames, colorNames, rangeNames, type ColorName } from '../settings';
import { ClassList } from './ClassList';
import { Choice } from './Choice';
import { defaultModel, type ModelSource } from './conductor';
import { InputPicker } from './InputPicker';
import { keepOffline } from './keepOffline';
import { LayerSlider } from './LayerSlider';
import { sampleAddresses, samplePhoto, type PhotoSource } from './photoSource';
import { PixelCanvas } from './PixelCanvas';
import { Progress } from './Progress';
import { RandomLayers } from './RandomLayers';
import { Share } from './Share';
import { Slider } from './Slider';
import { useCamera } from './useCamera';
import { useConductor } from './useConductor';
import { useDrop } from './useDrop';
import { useSettings } from './useSettings';
import { alternative, labelOf, likenessWord, sentence } from './words';

/** The whole page but for its head and the article. */
export function Playground() {
  const [settings, change] = useSettings();
  const [model, setModel] = useState<ModelSource>(defaultModel);
  const [ownPhoto, setOwnPhoto] = useState<PhotoSource | null>(null);
  const sample = useMemo(() => samplePhoto(settings.sample), [settings.sample]);
  const photo = ownPhoto ?? sample;
  const [view, cancel] = useConductor({ settings, model, photo });
  const camera = useCamera(setOwnPhoto, view.explained, view.error);
  const canvas = useRef<HTMLCanvasElement>(null);

  const takeModel = useCallback(
    (source: ModelSource) => {
      change({ target: null, layer: null, random: 0 });
      setModel(source);
    },
    [change],
  );
  const takePhoto = useCallback(
    (source: PhotoSource | null) => {
      camera.stop();
      setOwnPhoto(source);
    },
    [camera.stop],
  );
  const isOver = useDrop(takePhoto, takeModel);

  const { facts, explained, randomized, busy, progress, error, backends } = view;
  const isThere = explained !== null;
  useEffect(() => {
    if (isThere) keepOffline(); // not before: the first map needs the line
  }, [isThere]);
  const labels = facts?.labels ?? [];
  const isCurrent = explained !== null && explained.method === settings.method;
  return (
    <div class={isOver ? 'playground over' : 'playground'}>
      <section class="stage" aria-labelledby="stage-title">
        <h2 id="stage-title" class="unseen">
          Photo and map
        </h2>
        <div class="pair">
          <figure>
            <PixelCanvas
              before={ownPhoto ? undefined : sampleAddresses[settings.sample]}
              pixels={explained?.photo ?? null}
              label={`The photo as the network sees it: ${photo.name}.`}
            />
            <figcaption>What the network sees</figcaption>
          </figure>
          <figure class="map" aria-busy={busy !== null}>
            <PixelCanvas
              own={canvas}
              pixels={explained?.picture ?? null}
              label={explained ? alternative(explained, labels) : 'The map is not there yet.'}
            />
            <figcaption>{explained ? methods[explained.method].title : 'Map'}</figcaption>
          </figure>
        </div>
        <p
          class="sentence"
          role="status"
          aria-live={camera.isOn ? 'off' : 'polite'}
          data-done={busy === null}
        >
          {explained ? sentence(explained, labels) : busy}
        </p>
        {explained?.other && (
          <p class="alike">
            The map of “{labelOf(explained.other.target, labels)}” is{' '}
            <strong>{likenessWord(explained.other.likeness)}</strong>: rank correlation{' '}
            <strong class="number">{explained.other.likeness.toFixed(2)}</strong>.
            {explained.other.likeness >= 0.8 &&
              ' So this map says little about why one rather than the other.'}
          </p>
        )}
        <div class="foot">
          <p class="facts">
            {explained && (
              <>
                <span class="milliseconds">{Math.round(explained.milliseconds)} ms</span> on{' '}
                {explained.backend}, {model.name}
                {camera.rate !== null && <>, {camera.rate.toFixed(1)} pictures a second</>}
              </>
            )}
          </p>
          <Progress busy={explained ? busy : null} progress={progress} onCancel={cancel} />
        </div>
        {error !== null && (
          <p class="error" role="alert">
            {error}
          </p>
        )}
      </section>

      <section class="controls" aria-labelledby="controls-title">
        <h2 id="controls-title" class="unseen">
          Settings
        </h2>
        <InputPicker
          settings={settings}
          photo={ownPhoto}
          model={model}
          camera={camera}
          onSample={(name) => {
            takePhoto(null);
            change({ sample: name });
          }}
          onPhoto={takePhoto}
          onModel={takeModel}
        />
        <ClassList
          explained={explained}
          chosen={settings.target}
          labels={labels}
          onChange={(target) => change({ target })}
        />
        <Choice
          label="Method"
          value={settings.method}
          options={methodOptions}
          onChange={(method) => change({ method })}
        />
        {facts && takesLayer(settings.method) && (
          <LayerSlider
            layers={facts.layers}
            layer={settings.layer}
            taken={isCurrent ? explained.layer : null}
            onChange={(layer) => change({ layer })}
          />
        )}
        <Slider
          label="Map over the photo"
          value={settings.strength}
          most={100}
          text={`${settings.strength} %`}
          onChange={(strength) => change({ strength })}
        />
        <div class="row">
          <Choice
            label="Colours"
            value={settings.colors}
            options={colorNames.map((name) => [name, colorTexts[name]] as const)}
            onChange={(colors) => change({ colors })}
          />
          <Choice
            label="Backend"
            value={settings.backend}
            options={backendNames
              .filter((name) => backends.includes(name) || name === settings.backend)
              .map((name) => [name, name] as const)}
            onChange={(backend) => change({ backend })}
          />
        </div>
        {model.files && (
          <Choice
            label="Black and white are, for this model"
            value={settings.range}
            options={rangeNames.map((name) => [name, name.replace(',', ' and ')] as const)}
            onChange={(range) => change({ range })}
          />
        )}
        <Share
          settings={settings}
          explained={explained}
          canvas={canvas}
          isOwn={ownPhoto !== null || !!model.files}
        />
      </section>

      {facts && (
        <section class="random" aria-labelledby="random-title">
          <h2 id="random-title">Is it about the model?</h2>
          <RandomLayers
            facts={facts}
            randomized={randomized}
            random={settings.random}
            onChange={(random) => change({ random })}
          />
        </section>
      )}

      {explained && (
        <details class="record">
          <summary>How this map was made</summary>
          <p>
            {facts?.kind} with images of {facts?.height} × {facts?.width};{' '}
            <span class="tensors" data-tensors={Math.max(explained.tensors, randomized?.tensors ?? 0)}>
              {explained.tensors} tensors
            </span>{' '}
            held, the network's weights among them. <code>explain(method, model, x, record.options)</code>{' '}
            makes the map again:
          </p>
          <pre tabIndex={0} aria-label="Record of the map, as JSON">
            {explained.record}
          </pre>
        </details>
      )}
    </div>
  );
}

const methodOptions = Object.entries(methods).map(
  ([name, { title, passes }]) =>
    [name as MethodName, passes === 'many' ? `${title} (takes longer)` : title] as const,
);

const colorTexts: Readonly<Record<ColorName, string>> = {
  blueRed: 'Blue to red',
  grey: 'Grey',
  inferno: 'Inferno',
  viridis: 'Viridis',
  turbo: 'Turbo',
};
