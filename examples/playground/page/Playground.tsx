import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { methods, takesLayer, type MethodName } from '../methods';
import { backendNames, colorNames, defaults, rangeNames, type ColorName } from '../settings';
import { networkNamed } from '../networks';
import { ClassList } from './ClassList';
import { Choice } from './Choice';
import { DigitPad } from './DigitPad';
import { DigitPicker, KEYS } from './DigitPicker';
import type { Stroke } from './digitPixels';
import { ForeignModel } from './ForeignModel';
import { keepOffline } from './keepOffline';
import { LayerSlider } from './LayerSlider';
import { MapCheck } from './MapCheck';
import { ModelPicker } from './ModelPicker';
import { foreignHost, modelInFiles, modelNamed, type ModelSource } from './modelSource';
import { PhotoPicker } from './PhotoPicker';
import { digitAddress, sampleAddresses, samplePhoto, type PhotoSource } from './photoSource';
import { Progress } from './Progress';
import { RandomLayers } from './RandomLayers';
import { Share } from './Share';
import { Slider } from './Slider';
import { Stage } from './Stage';
import { useCamera } from './useCamera';
import { useConductor } from './useConductor';
import { useDigit } from './useDigit';
import { useDrop } from './useDrop';
import { useSettings } from './useSettings';
import { comparison, sentence } from './words';

/** The whole page but for its head and the article. */
export function Playground() {
  const [linked, change] = useSettings();
  const [files, setFiles] = useState<ModelSource | null>(null);
  const [ownPhoto, setOwnPhoto] = useState<PhotoSource | null>(null);
  const [allowed, setAllowed] = useState<string | null>(null);
  const [checks, setChecks] = useState(0);
  const isOwnModel = files !== null || networkNamed(linked.model) === undefined;
  // the page knows what black and white are for its own networks, whatever a link says
  const settings = useMemo(
    () => (isOwnModel ? linked : { ...linked, range: defaults.range }),
    [linked, isOwnModel],
  );
  const named = useMemo(() => modelNamed(settings.model), [settings.model]);
  const model = files ?? named;
  const digit = useDigit(settings.digit);
  const sample = useMemo(() => samplePhoto(settings.sample), [settings.sample]);
  const isOfDigits = model.input === 'digit';
  const photo = ownPhoto ?? (isOfDigits ? digit.source : sample);
  const host = files || settings.model === allowed ? null : foreignHost(model);
  const wanted = host === null ? { settings, model, photo, checks } : null;
  const [view, conductor] = useConductor(wanted, change);
  const camera = useCamera(setOwnPhoto, view.explained, view.error);
  const canvas = useRef<HTMLCanvasElement>(null);

  const takePhoto = useCallback(
    (source: PhotoSource | null) => {
      camera.stop();
      setOwnPhoto(source);
    },
    [camera.stop],
  );
  const takeModel = useCallback(
    (name: string) => {
      if (networkNamed(name)?.input === 'digit') takePhoto(null); // a photo is no digit
      setFiles(null);
      setAllowed(name); // who types an address wants to go there
      change({ model: name, target: null, second: null, layer: null, random: 0, range: defaults.range });
    },
    [change, takePhoto],
  );
  const takeFiles = useCallback(
    (given: readonly File[]) => {
      change({ target: null, second: null, layer: null, random: 0 });
      setFiles(modelInFiles(given));
    },
    [change],
  );
  const draw = (strokes: readonly Stroke[], isDone: boolean) => {
    takePhoto(null);
    digit.draw(strokes, isDone);
  };
  const isOver = useDrop(takePhoto, takeFiles);
  const { draw: drawDigit } = digit;
  // a link that is followed here shows what it shows in a page of its own
  useEffect(() => {
    const follow = () => {
      takePhoto(null);
      setFiles(null);
      drawDigit([], true);
    };
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, [takePhoto, drawDigit]);

  const { facts, explained, shown, early, randomized, checked, busy, progress, error, backends } = view;
  const made = shown ?? { model, photo }; // what there is to see was made of these, whatever is wanted now
  const isThere = explained !== null;
  useEffect(() => {
    if (isThere) keepOffline(); // not before: the first map needs the line
  }, [isThere]);
  const labels = facts?.labels ?? [];
  const isCurrent = explained !== null && explained.method === settings.method;
  const isOwn = ownPhoto !== null || files !== null || (isOfDigits && digit.strokes.length > 0);
  const before = isOfDigits ? digitAddress(settings.digit) : sampleAddresses[settings.sample];
  return (
    <div class={isOver ? 'playground over' : 'playground'}>
      <section class="stage" aria-labelledby="stage-title">
        <h2 id="stage-title" class="unseen">
          Photo and map
        </h2>
        {host !== null && (
          <ForeignModel
            address={settings.model}
            host={host}
            onLoad={() => setAllowed(settings.model)}
            onLeave={() => takeModel('mobilenet')}
          />
        )}
        <Stage
          explained={explained}
          early={early}
          labels={labels}
          photoName={made.photo.name}
          before={ownPhoto ? undefined : before}
          isBusy={busy !== null}
          canvas={canvas}
          pad={isOfDigits && <DigitPad strokes={digit.strokes} keys={KEYS} onDraw={draw} />}
        />
        <p
          class="sentence"
          role="status"
          aria-live={photo.isLive ? 'off' : 'polite'}
          data-done={busy === null}
        >
          {explained ? sentence(explained, labels) : host === null && busy}
        </p>
        {explained?.other && <p class="alike">{comparison(explained, labels)}</p>}
        <div class="foot">
          <p class="facts">
            {explained && (
              <>
                <span class="milliseconds">{Math.round(explained.milliseconds)} ms</span> on{' '}
                {explained.backend}, {made.model.name}
                {camera.rate !== null && <>, {camera.rate.toFixed(1)} pictures a second</>}
              </>
            )}
          </p>
          <Progress busy={explained ? busy : null} progress={progress} onCancel={conductor.cancel} />
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
        <div class="inputs">
          <ModelPicker
            key={settings.model}
            model={settings.model}
            hasFiles={files !== null}
            onModel={takeModel}
            onFiles={takeFiles}
          />
          {isOfDigits ? (
            <DigitPicker
              digit={digit.strokes.length > 0 || ownPhoto ? null : settings.digit}
              strokes={digit.strokes}
              onDraw={draw}
              onDigit={(one) => {
                takePhoto(null);
                digit.draw([], true);
                change({ digit: one });
              }}
            />
          ) : (
            <PhotoPicker
              sample={settings.sample}
              photo={ownPhoto}
              camera={camera}
              onSample={(name) => {
                takePhoto(null);
                change({ sample: name });
              }}
              onPhoto={takePhoto}
            />
          )}
          <p class="note">
            Or drop a photo, a zip of Teachable Machine, or a model.json with its weight files, anywhere on
            the page.
          </p>
        </div>
        <ClassList
          explained={explained}
          chosen={settings.target}
          second={settings.second}
          labels={labels}
          onChange={(target) => change({ target })}
          onSecond={(second) => change({ second })}
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
          label={isOfDigits ? 'Map over the digit' : 'Map over the photo'}
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
        {isOwnModel && (
          <Choice
            label="Black and white are, for this model"
            value={settings.range}
            options={rangeNames.map((name) => [name, name.replace(',', ' and ')] as const)}
            onChange={(range) => change({ range })}
          />
        )}
        <Share
          reported={facts && explained && shown && { ...shown, facts, explained, randomized, checked }}
          canvas={canvas}
          isOwn={isOwn}
          alone={conductor.alone}
        />
      </section>

      {facts && (
        <section class="random" aria-labelledby="random-title">
          <h2 id="random-title">Is it about the model?</h2>
          <RandomLayers
            randomized={randomized}
            random={settings.random}
            onChange={(random) => change({ random })}
          />
          {explained && (
            <MapCheck
              method={explained.method}
              checked={checked}
              isBusy={busy !== null}
              onCheck={() => setChecks(checks + 1)}
            />
          )}
        </section>
      )}

      {explained && (
        <details class="record">
          <summary>How this map was made</summary>
          <p>
            {facts?.kind} with images of {facts?.height} × {facts?.width};{' '}
            <span
              class="tensors"
              data-tensors={Math.max(explained.held.tensors, randomized?.held.tensors ?? 0)}
              data-textures={Math.max(explained.held.textures, randomized?.held.textures ?? 0)}
            >
              {explained.held.tensors} tensors
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
