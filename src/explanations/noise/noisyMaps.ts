import type { Inputs } from '../../model/inputs';
import type { Model } from '../../model/networkOf';
import { innerMethod, innerOptions } from '../calls/innerMethod';
import type { OnePassMethod } from '../calls/innerMethod';
import type { Opened } from '../calls/method';
import { checkNoise, copiesIn, noisyCopies } from './noise';
import type { Noise } from './noise';
import type { ExplainOptions, SaliencyOptions } from '../explainer/options';
import { checkCount } from '../explainer/optionValues';

/** Options of the methods that explain noisy copies of an input; those of the `method` come beside them. */
export interface NoisyOptions extends SaliencyOptions {
  /**
   * The method whose maps are taken, of one pass, whose own options are taken, too; left out, `saliency`.
   */
  method?: OnePassMethod;
  /** How many noisy copies; left out, 25, or as many as `noise` is given for. */
  samples?: number;
  /**
   * The standard deviation of the noise, as a share of each sample's range `max x − min x`; `{ std }` as it
   * is, in the input's own unit. Or the noise itself, a tensor `[samples, ...one sample]` that is added as it
   * is, for several inputs in the structure of `x`, with null, or no name, for one of integers.
   *
   * @default 0.15
   */
  noise?: Noise;
  /**
   * Where the random numbers begin, a whole number from 0 on: a seed gives the same noise on every backend.
   *
   * @default 0
   */
  seed?: number;
}

/** With the defaults. */
export type Noisy<O extends NoisyOptions> = O &
  Required<Pick<NoisyOptions, 'method' | 'samples' | 'noise' | 'seed'>>;

const OWN: readonly string[] = ['method', 'samples', 'noise', 'seed'];

/** The names of these options, with the inner method's, for who takes some more of its own. */
export function noisyNames(
  given: object,
  more: readonly string[],
  otherwise: OnePassMethod,
): readonly string[] {
  const { method = otherwise } = given as NoisyOptions;
  return [...OWN, ...more, ...innerOptions(method)];
}

/** The options with their defaults, checked. */
export function resolveNoisy<O extends NoisyOptions>(
  options: O & { method: OnePassMethod },
  model: Model,
  x: Inputs,
  least = 1,
): Noisy<O> {
  const { noise = 0.15, seed = 0, samples = copiesIn(noise) ?? 25 } = options;
  checkCount('samples', samples, least);
  checkNoise(noise, samples);
  checkCount('seed', seed, 0);
  const { resolve } = innerMethod(options.method);
  return { ...options, ...resolve?.(options, model, x), samples, noise, seed };
}

/** What an explainer is opened with for the inner method. */
export function askNoisy(options: Noisy<NoisyOptions>, more: readonly string[]): ExplainOptions {
  const own = [...OWN, ...more];
  const inner = Object.entries(options).filter(([name]) => !own.includes(name));
  return innerMethod(options.method).ask(Object.fromEntries(inner));
}

/** The maps of noisy copies, some at a time. */
export function noisyMaps<O extends NoisyOptions>({
  explainer,
  model,
  x,
  options,
}: Opened<Noisy<O>>): (first: number, count: number) => Inputs {
  const { method, noise, seed } = options;
  const copies = noisyCopies(x, noise, seed);
  const { map } = innerMethod(method);
  return (first, count) => {
    const noisy = copies(first, count);
    const explained = explainer.explain(noisy);
    return map ? map(explained, noisy, options, model) : explained.map;
  };
}
