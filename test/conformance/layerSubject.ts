import { tensor, type Tensor } from '@tensorflow/tfjs-core';
import { input, layers, model as modelOf } from '@tensorflow/tfjs-layers';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { ConformanceCase, Subject } from './conformanceCase';
import { sizeOf, type Random } from './random';

type Layer = InstanceType<typeof layers.Layer>;
type Options = Record<string, unknown>;

/** What a case may say beside its layer's options. */
export type Extras = Partial<Pick<ConformanceCase, 'range' | 'integer' | 'pinned' | 'fixedBatch'>>;

/**
 * A layer by its name in `tf.layers`.
 *
 * Initializers are left out of play: weights are set afterwards, and the orthogonal one needs chained ops.
 */
export function layer(name: string, options: Options = {}): Layer {
  const make = (layers as unknown as Record<string, (options: Options) => Layer>)[name];
  if (!make) throw new RangeError(`layer: tf.layers has no "${name}"`);
  const recurrent = /lstm|gru|simpleRNN/i.test(name) ? { recurrentInitializer: 'zeros' } : {};
  return make({ ...recurrent, ...options });
}

/** One case: a layer on an input of `shape` (batch included); a label where the options do not print. */
export function layerCase(
  subject: string,
  shape: readonly number[],
  options: Options | (() => Options) = {},
  { label, ...extras }: Extras & { label?: string } = {},
): ConformanceCase {
  const text = label ?? printed(typeof options === 'function' ? options() : options);
  return modelCase(
    subject,
    `${text} on ${shape.join('x')}`,
    [shape],
    ([x]) => {
      return layer(subject, typeof options === 'function' ? options() : options).apply(x as SymbolicTensor);
    },
    extras,
  );
}

/** The same layer under several options. */
export function layerCases(
  subject: string,
  shape: readonly number[],
  ...options: Options[]
): ConformanceCase[] {
  return options.map((each) => layerCase(subject, shape, each));
}

type Connect = (inputs: SymbolicTensor[]) => unknown;

/** One case: any functional model. */
export function modelCase(
  subject: string,
  label: string,
  inputs: readonly (readonly number[])[],
  connect: Connect,
  extras: Extras & { reference?: Connect } = {},
): ConformanceCase {
  const { reference, ...rest } = extras;
  const subjectOf = (how: Connect) => (random: Random) => layerSubject(inputs, how, random, rest);
  return {
    subject,
    name: `${subject}: ${label}`,
    inputs,
    range: [-1, 1],
    ...rest,
    build: subjectOf(connect),
    ...(reference ? { reference: subjectOf(reference) } : {}),
  };
}

function layerSubject(
  inputs: readonly (readonly number[])[],
  connect: Connect,
  random: Random,
  { integer = false, fixedBatch = false }: Extras,
): Subject {
  const dtype = integer ? 'int32' : 'float32';
  const symbols = inputs.map(([batch, ...shape]) =>
    input({ batchShape: [fixedBatch ? (batch as number) : null, ...shape] as number[], dtype }),
  );
  const model = modelOf({ inputs: symbols, outputs: connect(symbols) as SymbolicTensor | SymbolicTensor[] });
  setWeights(model, random);
  return {
    model,
    forward: (xs) => {
      // a fresh record each time: a Masking layer writes its mask into it
      const y = model.apply(xs.length === 1 ? (xs[0] as Tensor) : xs, { training: false }) as
        Tensor | Tensor[];
      return Array.isArray(y) ? y : [y];
    },
    reset: () => model.resetStates(),
    dispose: () => model.dispose(),
  };
}

function setWeights(model: LayersModel, random: Random): void {
  for (const weight of model.weights) {
    const shape = weight.shape as number[];
    const [low, high] = weightRange(weight.name, shape);
    const values = tensor(random.values(sizeOf(shape), low, high), shape);
    weight.write(values);
    values.dispose();
  }
}

function weightRange(name: string, shape: readonly number[]): [number, number] {
  if (/variance|gamma/.test(name)) return [0.5, 1.5];
  if (/alpha/.test(name)) return [-0.3, 0.7];
  if (shape.length < 2) return [-0.5, 0.5];
  const fanIn = sizeOf(shape.slice(0, -1));
  const bound = 2 / Math.sqrt(fanIn);
  return [-bound, bound];
}

/** Options as a reader would write them, short. */
function printed(options: Options): string {
  const entries = Object.entries(options).map(
    ([name, value]) => `${name}: ${JSON.stringify(value).replace(/"/g, '')}`,
  );
  return entries.length === 0 ? 'defaults' : entries.join(', ');
}
