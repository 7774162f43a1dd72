import { add, max, min, mul, reshape, slice, sub, tensor3d } from '@tensorflow/tfjs-core';
import type { NamedTensorMap, Tensor, Tensor3D } from '@tensorflow/tfjs-core';
import { isTensor } from '../../backends/isTensor';
import { checkNumbers } from '../../errors/checkTensor';
import { ours } from '../../errors/door';
import { kindOf } from '../../errors/kindOf';
import type { Inputs } from '../../model/inputs';
import { copiesOf, samplesIn } from '../inputs/copies';
import { shown } from '../../errors/kindOf';
import { randomNumbers } from './randomNumbers';
import { partAt, tensorsGiven, tensorsIn } from '../inputs/structure';

/** Noise that is added to an input: how strong, or the noise itself. */
export type Noise = number | { readonly std: number } | Tensor | (Tensor | null)[] | NamedTensorMap;

/** Whether the noise itself is given, rather than how strong it is. */
export function isGivenNoise(noise: unknown): noise is Exclude<Noise, number | { readonly std: number }> {
  return tensorsGiven(noise) !== undefined;
}

/** How many copies noise that is given is for. */
export function copiesIn(noise: unknown): number | undefined {
  return tensorsGiven(noise)?.[0]?.shape[0];
}

/** Refuses what is no noise for these samples of an input. */
export function checkNoise(noise: unknown, samples: number): void {
  const given = tensorsGiven(noise);
  if (given) {
    for (const one of given) checkNumbers(one, 'noise');
    const counts = given.map(({ shape }) => shape[0] ?? 0);
    const other = counts.find((count) => count !== samples);
    if (other === undefined) return;
    throw ours(
      new RangeError(`expected noise to hold the noise of ${samples} samples, got that of ${other}`),
    );
  }
  const strength = typeof noise === 'number' ? noise : (Object(noise) as { std?: unknown }).std;
  if (typeof strength === 'number' && strength >= 0 && strength < Infinity) return;
  const isBare = typeof noise === 'number' || strength === undefined;
  const got = isBare ? shown(noise) : `{ std: ${shown(strength)} }`;
  throw ours(
    new RangeError(
      `expected noise to be a number from 0 on, { std } with one, or a tensor [samples, ...one sample], got ${got}`,
    ),
  );
}

/** Makes noisy copies of an input, one lot after the other. */
export function noisyCopies(x: Inputs, noise: Noise, seed: number): (first: number, count: number) => Inputs {
  const random = randomNumbers(seed);
  return (first, count) =>
    copiesOf(x, (samples, i) => {
      if (isGivenNoise(noise)) return add(samples, givenFor(x, noise, i, first, count));
      const cells = samples.shape[2];
      const drawn = new Float32Array(count * cells).map(() => random.normal());
      return add(samples, mul(tensor3d(drawn, [count, 1, cells]), deviationOf(samples, noise)));
    });
}

/** Of each sample, `[1, batch, 1]`; or of all. */
function deviationOf(samples: Tensor3D, noise: number | { readonly std: number }): Tensor | number {
  if (typeof noise !== 'number') return noise.std;
  return mul(sub(max(samples, 2, true), min(samples, 2, true)), noise);
}

/** Some of the noise for one tensor of the input, `[count, 1, cells]`. */
function givenFor(x: Inputs, noise: unknown, i: number, first: number, count: number): Tensor {
  const wanted = (tensorsIn(x)[i] as Tensor).shape.slice(1);
  const given = partAt(noise, x, i);
  const shape = isTensor(given) ? given.shape : [];
  if (!isTensor(given) || shape.slice(1).join() !== wanted.join()) {
    const got = isTensor(given) ? `[${shape.join(', ')}]` : kindOf(given);
    throw ours(
      new RangeError(
        `expected noise of shape [samples, ${wanted.join(', ')}], for each tensor of x, got ${got}`,
      ),
    );
  }
  const some = slice(given, [first, ...wanted.map(() => 0)], [count, ...wanted]);
  return reshape(samplesIn(some), [count, 1, -1]);
}
