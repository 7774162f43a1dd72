import type { ModelFacts, Randomized } from '../messages';
import { methods } from '../methods';
import { PixelCanvas } from './PixelCanvas';
import { Slider } from './Slider';
import { likenessWord } from './words';

/** Makes the layers random from the top down, and shows which map notices. */
export function RandomLayers({
  facts,
  randomized,
  random,
  onChange,
}: {
  facts: ModelFacts;
  randomized: Randomized | null;
  random: number;
  onChange: (random: number) => void;
}) {
  const most = facts.randomLayers;
  if (most === 0) {
    return (
      <p>
        This check needs a LayersModel: the weights of a GraphModel cannot be exchanged from here. Take the
        default network to see it.
      </p>
    );
  }
  const count = Math.min(random, most);
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
        text={`${count} of ${most}`}
        onChange={onChange}
      />
      <div class="pair">
        {(['saliency', 'guidedBackprop'] as const).map((method) => {
          const map = randomized?.maps.find((one) => one.method === method) ?? null;
          const { title } = methods[method];
          const likeness = map ? `${map.likeness.toFixed(2)}, ${likenessWord(map.likeness)}` : '…';
          const layers = randomized?.layers ?? 0;
          const isWhole = layers === 0;
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
        {randomized === null || randomized.lowest === null
          ? 'Move the slider: the plain gradient changes at once. Does guided backprop? '
          : `Random down to the layer “${randomized.lowest}”. `}
        Likeness is the rank correlation of the two maps: 1 the same order of pixels, 0 none. Batch norms stay
        as they are.
      </p>
    </>
  );
}
