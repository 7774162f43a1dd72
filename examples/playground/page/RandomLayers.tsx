import type { Randomized } from '../messages';
import { methods } from '../methods';
import { PixelCanvas } from './PixelCanvas';
import { Slider } from './Slider';
import { likenessText } from './words';

/** Makes the layers random from the top down, and shows which map notices. */
export function RandomLayers({
  randomized,
  random,
  onChange,
}: {
  randomized: Randomized | null;
  random: number;
  onChange: (random: number) => void;
}) {
  const names = randomized?.names;
  if (names?.length === 0) return <p>This network has no weights that could be made random.</p>;
  const most = names?.length ?? Math.max(1, random);
  const count = Math.min(random, most);
  const layers = randomized?.layers ?? 0;
  const isWhole = layers === 0;
  return (
    <>
      <p>
        The slider shuffles the weights of the network, one layer after the other from the top. What is left
        recognises less and less. A map that shows what those layers have learned must change with them; one
        that stays as it was does not show it.
      </p>
      <Slider
        label="Layers made random, from the top"
        value={count}
        most={most}
        text={names ? `${count} of ${most}` : '…'}
        onChange={onChange}
      />
      <div class="pair">
        {(['saliency', 'guidedBackprop'] as const).map((method) => {
          const map = randomized?.maps.find((one) => one.method === method) ?? null;
          const { title } = methods[method];
          const likeness = map ? likenessText(map.likeness) : '…';
          return (
            <figure key={method}>
              <PixelCanvas
                pixels={map?.picture ?? null}
                label={
                  isWhole
                    ? `${title} of the network as it is.`
                    : `${title} with ${layers} layers random. Likeness to the map before: ${likeness}.`
                }
              />
              <figcaption>
                <strong>{title}</strong>
                <span>{isWhole ? 'the network as it is' : `like before: ${likeness}`}</span>
              </figcaption>
            </figure>
          );
        })}
      </div>
      <p class="note">
        {isWhole
          ? 'Move the slider a few steps: the plain gradient becomes another map. Does guided backprop? '
          : `Random down to the layer “${names?.[layers - 1] ?? ''}”. `}
        Likeness is the rank correlation of the two maps: 1 the same order of pixels, 0 none. Batch norms stay
        as they are.
      </p>
    </>
  );
}
