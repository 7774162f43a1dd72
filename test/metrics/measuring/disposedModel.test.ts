import { memory, tensor4d } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { guidedBackprop, prepare, smoothGrad, type LoadedModel } from 'guided-saliency';
import { check, parameterRandomization, randomizeFrom, type How } from 'guided-saliency/metrics';
import { describe, expect, it } from 'vitest';
import { rejection } from '../../support/rejection';
import { network, uniform } from '../../support/smallCams';
import { constant, input, op, tinyGraph } from '../../support/tinyGraph';

const photo = () =>
  tensor4d(
    Array.from({ length: 16 }, (_, i) => Math.sin(3 * i)),
    [1, 4, 4, 1],
  );

/** Two layers, each with a weight; the first also has a bias. */
const layered = () =>
  network(
    [4, 4, 1],
    layers.conv2d({ name: 'c', filters: 2, kernelSize: 2, activation: 'elu', kernelInitializer: uniform(1) }),
    layers.flatten({ name: 'f' }),
    layers.dense({ name: 'h', units: 2, kernelInitializer: uniform(2) }),
  );
const graph = () =>
  tinyGraph(
    {
      x: input([null, 4, 4, 1]),
      flat: constant([-1, 16], [2], 'int32'),
      f: op('Reshape', ['x', 'flat']),
      w: constant(
        Array.from({ length: 48 }, (_, i) => Math.sin(i)),
        [16, 3],
      ),
      c: op('MatMul', ['f', 'w']),
      e: op('Elu', ['c']),
      v: constant([1, -2, 3, 4, -5, 6], [3, 2]),
      h: op('MatMul', ['e', 'v']),
    },
    ['h'],
  );

type Loaded = LoadedModel & { dispose(): unknown };

interface Held {
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
  readonly how?: How;
}
type Measure = (model: Loaded, held: Held) => Promise<unknown>;

const withPhoto = async <T>(call: (x: ReturnType<typeof photo>) => Promise<T>) => {
  const x = photo();
  try {
    return await call(x);
  } finally {
    x.dispose();
  }
};
const calls: [name: string, measure: Measure][] = [
  [
    'parameterRandomization',
    (model, held) => withPhoto((x) => parameterRandomization(guidedBackprop, model, x, { seed: 1, ...held })),
  ],
  [
    'parameterRandomization of many passes',
    (model, held) =>
      withPhoto((x) => parameterRandomization(smoothGrad, model, x, { seed: 1, samples: 2, ...held })),
  ],
  [
    'parameterRandomization of a prepared model',
    async (model, held) => {
      const prepared = prepare(model);
      try {
        await withPhoto((x) => parameterRandomization(guidedBackprop, prepared, x, { seed: 1, ...held }));
      } finally {
        prepared.dispose();
      }
    },
  ],
];
const checked: [name: string, measure: Measure] = [
  'check',
  (model, held) => withPhoto((x) => check(model, x, { method: guidedBackprop, seed: 1, ...held })),
];
const copied: [name: string, measure: Measure] = [
  'randomizeFrom',
  (model, held) => randomizeFrom(model, 'c', { seed: 1, ...held }),
];
const models: [kind: string, make: () => Loaded][] = [
  ['LayersModel', layered],
  ['GraphModel', graph],
];

/** What is said as `held` comes to its turn, and the tensors that are left. */
async function outcome(
  make: () => Loaded,
  measure: Measure,
  heldBy: (model: Loaded) => Held,
): Promise<string> {
  const before = memory().numTensors;
  const model = make();
  const said = await rejection(() => measure(model, heldBy(model)));
  expect(memory().numTensors).toBe(before);
  return said;
}

describe.each(models)('a %s that is disposed on the way', (_kind, make) => {
  it.each([...calls, checked])(
    'is what the error of %s is about, at every stage; nothing is left',
    async (name, measure) => {
      const [metric] = name.split(' ');
      for (const at of [0, 1]) {
        const said = await outcome(make, measure, (model) => ({
          onProgress: (done) => {
            if (done === at + 1) model.dispose();
          },
        }));
        expect(said).toMatch(new RegExp(`^Error: ${metric}: the model( "\\w+")? is disposed$`));
      }
    },
  );

  it.each([...calls, checked])(
    'by an abort that ends %s has the reason of the abort',
    async (_name, measure) => {
      for (const at of [1, 2]) {
        const said = await outcome(make, measure, (model) => {
          const control = new AbortController();
          control.signal.addEventListener('abort', () => void model.dispose());
          return {
            signal: control.signal,
            onProgress: (done) => {
              if (done === at) control.abort(new Error('enough'));
            },
          };
        });
        expect(said).toBe('Error: enough');
      }
    },
  );

  it.each([...calls, copied])('by the function that gives weights is what %s says', async (name, measure) => {
    const [metric] = name.split(' ');
    const said = await outcome(make, measure, (model) => ({
      how: (_layer, { values }) => {
        model.dispose();
        return values;
      },
    }));
    expect(said).toMatch(new RegExp(`^Error: ${metric}: the model( "\\w+")? is disposed$`));
  });
});
