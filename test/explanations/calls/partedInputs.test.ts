import {
  cast,
  gather,
  memory,
  mul,
  reshape,
  square,
  sum,
  tensor,
  tensor2d,
  tensor3d,
  zeros,
} from '@tensorflow/tfjs-core';
import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import { input as symbolicInput, layers, model as layersModel, type LayersModel, type SymbolicTensor } from '@tensorflow/tfjs-layers'; // prettier-ignore
import {
  blurIntegratedGradients,
  expectedGradients,
  explain,
  guidedGradCam,
  guidedIntegratedGradients,
  inputXGradient,
  integratedGradients,
  occlusion,
  prepare,
  rise,
  running,
  scoreCam,
  smoothGrad,
  varGrad,
  type Model,
} from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { expectSame } from '../../support/expectSame';
import { rejection } from '../../support/rejection';
import { rounded } from '../../support/rounded';
import { constant, input, op, tinyGraph } from '../../support/tinyGraph';
import { dense } from '../../support/tinyLayers';

/*
 * Methods of many passes, of a float input beside one of integers: it stays as it is in every pass, and the
 * map is of the floats. S = Σ_i table[label]_i · signal_i².
 */

const table = [[1, -2, 3, 0.5], [2, 1, -1, 4], [-3, 0.5, 2, 1]]; // prettier-ignore
const labels = [1, 2];
const signals = [[1, -2, 0.5, 3], [2, 0.4, -1, 1.5]]; // prettier-ignore
const signal = tensor3d(signals.flat(), [2, 4, 1]);
const label = tensor2d(labels, [2, 1], 'int32');

type Loop = (signal: number[], row: number[]) => number[];
const score = (s: readonly number[], row: readonly number[]) =>
  s.reduce((total, value, i) => total + row[i]! * value * value, 0);
const slope = (s: readonly number[], row: readonly number[]) => s.map((value, i) => 2 * row[i]! * value);
/** A loop over each sample, with the row of its label. */
const byLoop = (loop: Loop) => signals.flatMap((one, b) => loop(one, table[labels[b]!]!));
const close = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 3) as number);

const on = (at: SymbolicTensor | SymbolicTensor[], layer: layers.Layer) => layer.apply(at) as SymbolicTensor;
const embedding = () =>
  layers.embedding({ inputDim: 3, outputDim: 4, name: 'table', weights: [tensor2d(table)] });

function network(dtype: 'int32' | 'float32' = 'int32', isLabelFirst = true): LayersModel {
  const ids = symbolicInput({ shape: [1], dtype, name: 'label' });
  const numbers = symbolicInput({ shape: [4, 1], name: 'signal' });
  const row = on(on(ids, embedding()), layers.flatten());
  const flat = on(numbers, layers.flatten());
  const product = on([row, on([flat, flat], layers.multiply())], layers.multiply());
  return layersModel({
    inputs: isLabelFirst ? [ids, numbers] : [numbers, ids],
    outputs: [
      on(product, dense([[1], [1], [1], [1]])),
      on(row, dense([[1], [1], [1], [1]], { name: 'ofRow' })),
    ],
  });
}

const graph = () =>
  tinyGraph(
    {
      label: input([null, 1], 'int32'),
      signal: input([null, 4, 1]),
      table: constant(table.flat(), [3, 4]),
      first: constant([0], [], 'int32'),
      rows: constant([-1, 4, 1], [3], 'int32'),
      row: op('GatherV2', ['table', 'label', 'first']),
      column: op('Reshape', ['row', 'rows']),
      squares: op('Mul', ['signal', 'signal']),
      product: op('Mul', ['column', 'squares']),
      axis: constant([1], [], 'int32'),
      score: op('Sum', ['product', 'axis']),
    },
    ['score'],
  );

const weights = tensor2d(table);
const scored = (s: Tensor, row: Tensor) =>
  sum(mul(reshape(row, [-1, 4]), square(reshape(s, [-1, 4]))), 1, true);
const f = (x: Tensor | Tensor[] | NamedTensorMap) => {
  const [ids, s] = x as [Tensor, Tensor];
  return scored(s, gather(weights, cast(reshape(ids, [-1]), 'int32'))); // functions are given floats
};

const named = (x: { label: Tensor; signal: Tensor }) => x;
/** How the two inputs are given, and where the map of the floats, and that of the integers, is. */
const ways: [string, () => Model, Tensor[] | Record<string, Tensor>, string, string][] = [
  ['a list', network, [label, signal], '1', '0'],
  ['a list, integers last', () => network('int32', false), [signal, label], '0', '1'],
  ['by name', network, named({ signal, label }), 'signal', 'label'],
  ['prepared', () => prepare(network()), [label, signal], '1', '0'],
  ['a graph', graph, named({ label, signal }), 'signal', 'label'],
  ['a function', () => f, [label, signal], '1', '0'],
  ['an embedding of floats', () => network('float32'), named({ label: cast(label, 'float32'), signal }), 'signal', 'label'],
]; // prettier-ignore

type Method = (model: Model, x: never, options: object) => Promise<unknown>;
const baseline = [0.5, -1, 2, 0];
const noises = [[0.1, -0.2, 0.3, 0], [-0.5, 0.4, 0.2, 1], [0, 0.7, -0.3, 0.2]]; // prettier-ignore
const starts = [baseline, [1, 1, -1, 0.5]];
const draws = { baseline: [1, 0, 1], alpha: [0.25, 0.5, 0.9] };
const masks = [[1, 0, 0.5, 1], [0, 1, 1, 0.25], [0.5, 0.5, 0, 1]]; // prettier-ignore
const along = (from: readonly number[], to: readonly number[], share: number) =>
  from.map((value, i) => value + share * (to[i]! - value));
const meanOf = (rows: readonly number[][]) =>
  rows[0]!.map((_, i) => rows.reduce((total, row) => total + row[i]!, 0) / rows.length);

/** A method, its options for the floats, and what loops make of it. */
const cases: [string, Method, (asGiven: (floats: Tensor) => unknown) => object, Loop][] = [
  [
    'integratedGradients',
    integratedGradients,
    (given) => ({ baseline: given(tensor2d(baseline, [4, 1])), steps: 4, quadrature: 'right' }),
    (s, row) => {
      const slopes = meanOf([0.25, 0.5, 0.75, 1].map((alpha) => slope(along(baseline, s, alpha), row)));
      return s.map((value, i) => (value - baseline[i]!) * slopes[i]!);
    },
  ],
  [
    'smoothGrad',
    smoothGrad,
    (given) => ({ noise: given(tensor3d(noises.flat(), [3, 4, 1])), squared: true }),
    (s, row) =>
      meanOf(noises.map((noise) => slope(s.map((value, i) => value + noise[i]!), row).map((dx) => dx * dx))),
  ],
  [
    'smoothGrad of inputXGradient',
    smoothGrad,
    (given) => ({ noise: given(tensor3d(noises.flat(), [3, 4, 1])), method: inputXGradient }),
    (s, row) =>
      meanOf(
        noises.map((noise) => {
          const copy = s.map((value, i) => value + noise[i]!);
          return slope(copy, row).map((dx, i) => dx * copy[i]!);
        }),
      ),
  ],
  [
    'varGrad',
    varGrad,
    (given) => ({ noise: given(tensor3d(noises.flat(), [3, 4, 1])) }),
    (_s, row) => {
      const mean = meanOf(noises);
      const spread = (i: number) => noises.reduce((total, noise) => total + (noise[i]! - mean[i]!) ** 2, 0);
      return row.map((weight, i) => ((2 * weight) ** 2 * spread(i)) / 2);
    },
  ],
  [
    'expectedGradients',
    expectedGradients as Method,
    (given) => ({ baselines: given(tensor3d(starts.flat(), [2, 4, 1])), draws }),
    (s, row) =>
      meanOf(
        draws.alpha.map((alpha, k) => {
          const start = starts[draws.baseline[k]!]!;
          return slope(along(start, s, alpha), row).map((dx, i) => dx * (s[i]! - start[i]!));
        }),
      ),
  ],
  [
    'guidedIntegratedGradients', // without a distance these are integrated gradients at left ends
    guidedIntegratedGradients,
    (given) => ({ baseline: given(tensor2d(baseline, [4, 1])), steps: 4, maxDistance: 0 }),
    (s, row) => {
      const slopes = meanOf([0, 0.25, 0.5, 0.75].map((alpha) => slope(along(baseline, s, alpha), row)));
      return s.map((value, i) => (value - baseline[i]!) * slopes[i]!);
    },
  ],
  [
    'occlusion',
    occlusion,
    (given) => ({ baseline: given(tensor2d(baseline, [4, 1])), window: 2, stride: 1 }),
    (s, row) => {
      const drops = [0, 1, 2].map((first) => {
        const hidden = s.map((value, i) => (i === first || i === first + 1 ? baseline[i]! : value));
        return score(s, row) - score(hidden, row);
      });
      return [drops[0]!, (drops[0]! + drops[1]!) / 2, (drops[1]! + drops[2]!) / 2, drops[2]!];
    },
  ],
  [
    'rise',
    rise,
    (given) => ({ masks: given(tensor2d(masks.flat(), [3, 4])) }),
    (s, row) => {
      const scores = masks.map((mask) => score(s.map((value, i) => value * mask[i]!), row));
      return s.map((_, i) => {
        const weight = masks.reduce((total, mask) => total + mask[i]!, 0);
        return scores.reduce((total, value, k) => total + value * masks[k]![i]!, 0) / weight;
      });
    },
  ],
]; // prettier-ignore

describe.each(ways)('floats beside integers, %s', (way, make, x, at, other) => {
  const target = way === 'a graph' || way === 'a function' ? 0 : { output: 0, class: 0 };
  /** Where options are given in the structure of the input, nothing stands for the integers. */
  const given = (floats: Tensor) =>
    Array.isArray(x) ? Array.from(x, (_, i) => (String(i) === at ? floats : null)) : { [at]: floats };
  // occlusion and rise ask for no gradient: what the model says are floats is hidden
  const some = way === 'a function' || way.endsWith('of floats') ? cases.slice(0, 6) : cases;

  it.each(some)('%s is what loops make of it', async (_name, method, options, loop) => {
    const model = make();
    for (const more of [{}, { batchSize: 1 }, { batchSize: 2 }]) {
      const maps = (await method(model, x as never, {
        target,
        ...options(given),
        ...more,
      })) as NamedTensorMap;
      expect(Object.keys(maps).sort()).toEqual(Object.keys(x).sort());
      expect(Array.isArray(maps)).toBe(Array.isArray(x));
      await expectSame(reshape(maps[at]!, [2, 4, 1]), tensor3d(byLoop(loop), [2, 4, 1]));
      expect(maps[other]!.shape).toEqual([2, 1]);
      expect(await rounded(maps[other]!)).toEqual([0, 0]);
    }
    if ('dispose' in model) (model as { dispose(): void }).dispose();
  });
});

describe('what stays as it is', () => {
  const one = [tensor2d([[2]], [1, 1], 'int32'), tensor3d(signals[0]!, [1, 4, 1])] as const;
  const row = tensor2d([table[2]!]);
  const target = { output: 0, class: 0 };

  it.each<[string, Method, object]>([
    ['smoothGrad', smoothGrad, { samples: 5, seed: 3 }],
    ['expectedGradients', expectedGradients as Method, { baselines: [0, 1, -1], samples: 7, seed: 2 }],
    ['blurIntegratedGradients', blurIntegratedGradients, { steps: 5, maxSigma: 2 }],
    ['guidedIntegratedGradients', guidedIntegratedGradients, { steps: 6, maxDistance: 0.2 }],
    ['occlusion', occlusion, {}],
    ['rise', rise, { masks: 9, grid: 2, seed: 5 }],
  ])('leaves %s the numbers that it draws without it', async (_name, method, options) => {
    const x = { label: one[0], signal: one[1] };
    const maps = (await method(network(), x as never, { ...options, target })) as typeof x;
    const alone = (await method((s: unknown) => scored(s as Tensor, row), one[1] as never, {
      ...options,
      target: 0,
    })) as Tensor;
    await expectSame(maps.signal, alone);
  });

  /** A layer of the signal, times a row: of the table, or given as an input. */
  const twice = (isTable: boolean) => {
    const ids = isTable
      ? symbolicInput({ shape: [1], dtype: 'int32', name: 'label' })
      : symbolicInput({ shape: [4], name: 'label' });
    const numbers = symbolicInput({ shape: [4, 1], name: 'signal' });
    const kernel = tensor([1, -1, 0.5, 2, 1, 0.3], [3, 1, 2]);
    const how = { filters: 2, kernelSize: 3, padding: 'same', useBias: false } as const;
    const seen = on(numbers, layers.conv1d({ ...how, name: 'seen', activation: 'relu', weights: [kernel] }));
    const single = on(seen, layers.globalAveragePooling1d());
    const made = isTable ? on(on(ids, embedding()), layers.flatten()) : ids;
    const ofRow = on(made, dense([[1, 2], [0, 1], [1, 0], [-1, 1]])); // prettier-ignore
    const product = on([ofRow, single], layers.multiply());
    return layersModel({ inputs: [ids, numbers], outputs: on(product, dense([[1], [1]])) });
  };
  const rows = tensor2d(labels.map((id) => table[id]!));

  it('is no obstacle to the maps of a layer', async () => {
    const options = { target: 0, layer: 'seen' };
    const map = await scoreCam(twice(true), [label, signal], options);
    await expectSame(map, await scoreCam(twice(false), [rows, signal], options));
    const wrt = { target: 0, wrt: 'seen', steps: 5 };
    const conductance = await integratedGradients(twice(true), [label, signal], wrt);
    const baseline = [rows, tensor3d(Array<number>(8).fill(0), [2, 4, 1])];
    await expectSame(
      conductance,
      await integratedGradients(twice(false), [rows, signal], { ...wrt, baseline }),
    );
  });

  it('is no obstacle to another method of noisy copies', async () => {
    const options = { target: 0, layer: 'seen', method: guidedGradCam };
    const added = tensor3d(noises.flat(), [3, 4, 1]);
    const [none, map] = await smoothGrad(twice(true), [label, signal], { ...options, noise: [null, added] });
    expect(await rounded(none)).toEqual([0, 0]);
    const noise = [zeros([3, 4]), added];
    const [, same] = await smoothGrad(twice(false), [rows, signal], { ...options, noise });
    await expectSame(map, same);
  });

  it('is part of the gap', async () => {
    const { gap, map, value, classes } = await explain(integratedGradients, network(), [label, signal], {
      target,
      steps: 3,
      baseline: [label, tensor2d(baseline, [4, 1])], // its own stands for itself
    });
    expect(gap).toEqual(close([0, 0])); // the slope is linear: Gauss and Legendre are exact
    const drops = signals.map((s, b) => score(s, table[labels[b]!]!) - score(baseline, table[labels[b]!]!));
    expect(await rounded(sum(map[1]!, [1, 2]))).toEqual(close(drops));
    for (const one of [...map, value, classes]) one?.dispose();
  });

  it('is zeros with no error while a map comes along', async () => {
    const [model, x, options] = [network(), [label, signal], { target, samples: 4, batchSize: 2 }];
    const before = memory().numTensors;
    let turns = 0;
    for await (const { map, standardError } of running(smoothGrad, model, x, options)) {
      turns++;
      expect(await rounded(map[0]!)).toEqual([0, 0]);
      expect(await rounded(standardError[0]!)).toEqual([0, 0]);
      expect(standardError[1]!.shape).toEqual([2, 4, 1]);
      map[1]!.dispose();
      standardError[1]!.dispose();
    }
    expect(turns).toBe(2);
    expect(memory().numTensors - before).toBe(0);
  });

  it.each<[string, Method, object]>([
    ['occlusion', occlusion, { window: 2 }],
    ['smoothGrad', smoothGrad, { samples: 3, seed: 4 }],
  ])('makes no difference to a record: %s', async (_name, method, options) => {
    const [model, x] = [network(), [label, signal]];
    const first = await explain(method as typeof smoothGrad, model, x, { ...options, target } as object);
    const again = JSON.parse(JSON.stringify(first.record.options)) as object;
    const second = await explain(method as typeof smoothGrad, model, x, again);
    await expectSame(second.map[1]!, first.map[1]!, 1e-6);
    expect(JSON.parse(JSON.stringify(second.record))).toEqual(JSON.parse(JSON.stringify(first.record)));
  });

  it('leaves nothing behind, when it is done and when it is stopped', async () => {
    const [model, x] = [network(), [label, signal]];
    const before = memory().numTensors;
    for (const map of await integratedGradients(model, x, { target, batchSize: 8 })) map.dispose();
    const stop = new AbortController();
    const onProgress = () => stop.abort(new Error('enough'));
    const options = { target, batchSize: 8, signal: stop.signal, onProgress };
    await expect(integratedGradients(model, x, options)).rejects.toThrow('enough');
    expect(memory().numTensors).toBe(before);
  });
});

describe('where nothing can be changed', () => {
  const between =
    'holds integers (int32), and there is nothing between two of them; explain a model that begins behind "table"';

  it('the error says what to explain instead', async () => {
    const [model, x, read] = [network(), [label, signal], network('float32')];
    const before = memory().numTensors;
    for (const options of [{}, { wrt: 'table' }]) {
      const run = () => integratedGradients(model, x, { target: { output: 1, class: 0 }, ...options });
      expect(await rejection(run)).toBe(
        `Error: integratedGradients: the target depends on no input of floats, and input "label" ${between}`,
      );
    }
    const run = () => smoothGrad(read, x, { target: { output: 1, class: 0 } });
    expect(await rejection(run)).toBe(
      'Error: smoothGrad: the target depends on no input of floats, and input "label" is read as integers, and there ' +
        'is nothing between two of them; explain a model that begins behind "table"',
    );
    expect(memory().numTensors).toBe(before);
  });

  it('so does that of integers alone', async () => {
    const ids = symbolicInput({ shape: [1], dtype: 'int32', name: 'label' });
    const more = symbolicInput({ shape: [1], dtype: 'int32', name: 'more' });
    const rows = [ids, more].map((one, i) =>
      on(
        on(one, layers.embedding({ inputDim: 3, outputDim: 1, name: i === 0 ? 'first' : 'second' })),
        layers.flatten(),
      ),
    );
    const model = layersModel({ inputs: [ids, more], outputs: on(rows, layers.add()) });
    for (const method of [integratedGradients, occlusion, rise] as Method[]) {
      const message = await rejection(() => method(model, [label, label] as never, { target: 0 }));
      expect(message.replace(/^Error: \w+: /, '')).toBe(
        `input "label" ${between.replace('"table"', '"first"')}`,
      );
    }
  });

  it.each<[string, Tensor[] | Record<string, Tensor>, Method, object, string]>([
    [
      'a baseline',
      [label, signal],
      integratedGradients,
      { baseline: [zeros([2, 1]), zeros([2, 4, 1])] },
      'integratedGradients: expected baseline to leave out x[0], which stays as it is, got a tensor of shape [2, 1]',
    ],
    [
      'one of several baselines',
      { label, signal },
      integratedGradients,
      { baseline: [0, { label: zeros([1]), signal: zeros([4, 1]) }] },
      'integratedGradients: expected baseline to leave out x["label"], which stays as it is, got a tensor of shape [1]',
    ],
    [
      'noise',
      { label, signal },
      smoothGrad,
      { noise: { label: zeros([3, 1]), signal: zeros([3, 4, 1]) } },
      'smoothGrad: expected noise to leave out x["label"], which stays as it is, got a tensor of shape [3, 1]',
    ],
    [
      'a mask',
      [label, signal],
      rise,
      { masks: [zeros([3, 1]), zeros([3, 4])] },
      'rise: expected masks to leave out x[0], which stays as it is, got a tensor of shape [3, 1]',
    ],
  ])('%s for what stays is refused', async (_name, x, method, options, expected) => {
    const target = { output: 0, class: 0 };
    const message = await rejection(() => method(network(), x as never, { target, ...options }));
    expect(message).toBe(`RangeError: ${expected}`);
  });
});
