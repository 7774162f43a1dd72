import { tensor } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { ours } from '../../errors/door';
import { shown } from '../../errors/kindOf';
import { wrongKind } from '../../errors/wrongKind';
import { randomNumbers } from '../../explanations/noise/randomNumbers';
import type { RandomNumbers } from '../../explanations/noise/randomNumbers';
import { cellsOf } from '../../explanations/passes/readBack';
import type { LayerPath } from '../../model/place';
import { pathName } from '../../model/place';
import { isNumbers } from '../similarities/checkLists';
import type { Weight, WeightedLayer } from './weighted';

/** A weight as a function that replaces it sees it. */
export interface WeightSeen {
  /** As the layer calls it: `kernel`, `bias`, `gamma` ... */
  readonly name: string;
  /** Its shape; TF.js has a kernel as `[height, width, in, out]`, or `[in, out]`. */
  readonly shape: readonly number[];
  /** What it holds. */
  readonly values: Float32Array;
}

/** Gives a weight other values, as many. */
export type Replacement = (layer: LayerPath, weight: WeightSeen) => ArrayLike<number>;

/**
 * How weights become random. `'shuffle'`: all entries of each in another order. `'reinitialize'`: as Keras
 * starts a layer, kernels Glorot-uniform, biases 0, scales and variances 1. Or a function that gives each
 * weight its values.
 */
export type How = 'shuffle' | 'reinitialize' | Replacement;

/** Refuses what is no way to make weights random. */
export function checkHow(how: unknown): void {
  if (typeof how === 'function' || how === 'shuffle' || how === 'reinitialize') return;
  throw wrongKind(
    'how to be "shuffle", "reinitialize" or a function of a layer and a weight',
    how,
    undefined,
    shown(how),
  );
}

/** A weight made random; whoever gets it disposes it. */
export async function madeRandom(
  { path }: WeightedLayer,
  { name, tensor: weight }: Weight,
  how: How,
  seed: number,
): Promise<Tensor> {
  const random = randomNumbers(seed);
  const { shape } = weight;
  if (how === 'reinitialize') return tensor(initial(name, shape, random), shape, 'float32');
  const values = Float32Array.from(await cellsOf(weight));
  if (how === 'shuffle') return tensor(shuffled(values, random), shape, 'float32');
  const given: unknown = how(path, { name, shape, values });
  if (isNumbers(given) && given.length === values.length) {
    return tensor(Float32Array.from(given), shape, 'float32');
  }
  const expected = `how to give the ${values.length} values of the ${name} of "${pathName(path)}"`;
  if (!isNumbers(given)) throw wrongKind(expected, given);
  throw ours(new RangeError(`expected ${expected}, got ${given.length}`));
}

/** All entries in another order: Fisher and Yates' way, in which each order is as likely. */
function shuffled(values: Float32Array, random: RandomNumbers): Float32Array {
  for (let i = values.length - 1; i > 0; i--) {
    const j = Math.floor(random.uniform() * (i + 1));
    const other = values[j]!;
    values[j] = values[i]!;
    values[i] = other;
  }
  return values;
}

/** Weights whose first value is 1: those by which something is multiplied or divided. */
const ONES = /gamma|variance/i;

function initial(name: string, shape: readonly number[], random: RandomNumbers): Float32Array {
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
  if (shape.length < 2 || !/kernel|embeddings/i.test(name)) return values.fill(ONES.test(name) ? 1 : 0);
  const [last, before] = [shape[shape.length - 1]!, shape[shape.length - 2]!];
  const field = values.length / (last * before);
  const limit = Math.sqrt(6 / (field * (last + before)));
  return values.map(() => (2 * random.uniform() - 1) * limit);
}
