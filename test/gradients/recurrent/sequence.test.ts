import { memory, mul, randomUniform, tensor, tensor3d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { input, layers, model as functional } from '@tensorflow/tfjs-layers';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { prepare, saliency } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { currentBackend } from '../../../src/backends/backend';
import { SEQUENCE } from '../../../src/gradients/recurrent/sequence';
import { expectSame } from '../../support/expectSame';
import { followed } from '../../support/followed';
import { kernelsOf } from '../../support/kernelsOf';
import { later } from '../../support/later';

/*
 * All steps of an RNN as one kernel, on cpu and wasm. Elsewhere the same models run step by step: what they
 * give is the same.
 */

const isOne = ['arrays', 'heap'].includes(currentBackend().numbers);

/** A model over [time, 3], with weights of a seed. */
function reading(time: number | null, read: (x: SymbolicTensor) => unknown, size = 1): LayersModel {
  const x = input({ shape: [time, 3] });
  const read_ = read(x);
  const ys = (Array.isArray(read_) ? read_ : [read_]) as SymbolicTensor[];
  const flat = ys.map((y) => (y.rank === 3 ? layers.flatten().apply(y) : y) as SymbolicTensor);
  const joined = flat.length > 1 ? layers.concatenate().apply(flat) : flat[0]!;
  const scores = layers.dense({ units: 2 }).apply(joined) as SymbolicTensor;
  return seeded(functional({ inputs: x, outputs: scores }), size);
}

function seeded(model: LayersModel, size = 1): LayersModel {
  const weights = model.weights.map(({ shape }, i) =>
    randomUniform(shape as number[], -size, size, 'float32', i + 1),
  );
  model.setWeights(weights);
  for (const weight of weights) weight.dispose();
  return model;
}

const sound = (batch: number, time = 4) => randomUniform([batch, time, 3], -1.5, 1.5, 'float32', 7);

/** How many sequences run as one kernel each, in a later call. */
function sequencesOf(model: LayersModel, x: Tensor): number {
  const run = () => saliency(model, x, { target: 1 });
  run().dispose();
  return kernelsOf(run).filter((kernel) => kernel === SEQUENCE).length;
}

async function expectAsLayers(model: LayersModel, x: Tensor, options = {}): Promise<void> {
  const all = { target: 1, ...options };
  const asFunction = (given: Tensor) => model.predict(given) as Tensor;
  const slow = followed(() => saliency(asFunction, x, all));
  const before = memory().numTensors;
  const prepared = prepare(model);
  const maps = [
    saliency(model, x, all),
    saliency(model, x, all),
    saliency(prepared, x, all),
    saliency(prepared, x, all),
  ];
  for (const map of maps) {
    await expectSame(map, slow);
    map.dispose();
  }
  prepared.dispose();
  expect(memory().numTensors).toBe(before);
}

const own = { recurrentInitializer: 'zeros', kernelInitializer: 'zeros' } as const;
type Options = Omit<Parameters<typeof layers.lstm>[0], 'units'> & { readonly units?: number };
const makers: Record<string, (options: Options) => layers.Layer & Wrapped> = {
  simpleRNN: (options) => layers.simpleRNN({ ...own, ...options } as Parameters<typeof layers.simpleRNN>[0]),
  gru: (options) => layers.gru({ ...own, ...options } as Parameters<typeof layers.gru>[0]),
  lstm: (options) => layers.lstm({ ...own, ...options } as Parameters<typeof layers.lstm>[0]),
};
type Wrapped = Parameters<typeof layers.bidirectional>[0]['layer'];
const kinds = Object.keys(makers);

describe('a sequence', () => {
  it('of two steps of one unit, by hand', async () => {
    const model = reading(2, (x) => layers.simpleRNN({ units: 1, ...own }).apply(x));
    const weights = [[[0.5], [0], [0]], [[-2]], [0.25], [[0, 1]], [0, 0]];
    model.setWeights(weights.map((numbers) => tensor(numbers as number[][])));
    const x = tensor3d([[[1, 0, 0], [-0.5, 0, 0]]]); // prettier-ignore
    // h = tanh(0.5 x1 + 0.25) = tanh(0.75), h' = tanh(0.5 x2 + 0.25 − 2 h) = tanh(−2 h)
    const h = 0.6351489523872873;
    const next = -0.8538783736237716;
    const slope = 1 - next ** 2;
    const expected = [0.5 * (1 - h ** 2) * -2 * slope, 0.5 * slope];
    const [first, a, b, second, c, d] = await later(() => saliency(model, x, { target: 1 })).data();
    expect(first).toBeCloseTo(expected[0]!, 5);
    expect(second).toBeCloseTo(expected[1]!, 5);
    for (const other of [a, b, c, d]) expect(other).toBeCloseTo(0, 10);
  });

  describe.each(kinds)('of %s', (kind) => {
    const make = makers[kind]!;

    it.each([
      ['its end', {}],
      ['each step', { returnSequences: true }],
      ['from its end', { goBackwards: true }],
      ['each step from its end', { goBackwards: true, returnSequences: true }],
      ['without a bias', { useBias: false }],
      ['with a sigmoid', { activation: 'sigmoid', recurrentActivation: 'sigmoid' }],
      ['with hard sigmoids', { activation: 'hardSigmoid', recurrentActivation: 'hardSigmoid' }],
      ['with dropout, which rests', { dropout: 0.5, recurrentDropout: 0.4 }],
      ['with tanh at its gates', { recurrentActivation: 'tanh' }],
      ['its state', { returnState: true }],
      ['each step, and its state', { returnState: true, returnSequences: true, goBackwards: true }],
    ] as [string, Options][])('gives the map that its layer gives: %s', async (_name, options) => {
      for (const units of [1, 6]) {
        const model = reading(4, (x) => make({ ...options, units }).apply(x));
        expect(sequencesOf(model, sound(2))).toBe(isOne ? 1 : 0);
        for (const batch of [1, 3]) await expectAsLayers(model, sound(batch));
      }
    });

    it.each(['concat', 'sum', 'ave', 'mul'] as const)('in both directions: %s', async (mergeMode) => {
      for (const returnSequences of [false, true]) {
        const layer = make({ units: 3, returnSequences });
        const model = reading(4, (x) => layers.bidirectional({ layer, mergeMode }).apply(x));
        expect(sequencesOf(model, sound(2))).toBe(isOne ? 2 : 0);
        await expectAsLayers(model, sound(2));
      }
    });

    it('that begins where another ended', async () => {
      const model = reading(4, (x) => {
        const [, ...state] = make({ units: 3, returnState: true }).apply(x) as SymbolicTensor[];
        return make({ units: 3, returnSequences: true }).apply([x, ...state]);
      });
      expect(sequencesOf(model, sound(2))).toBe(isOne ? 2 : 0);
      await expectAsLayers(model, sound(2));
    });

    it('in a layer for each step, of a layer that is called twice, of lengths that differ', async () => {
      const shared = make({ units: 3 });
      const model = reading(null, (x) => {
        const y = make({ units: 3, returnSequences: true }).apply(x);
        return [shared.apply(x), shared.apply(y)];
      });
      for (const time of [1, 2, 5]) await expectAsLayers(model, sound(2, time));

      const words = input({ shape: [2, 4, 3] });
      const each = layers.timeDistributed({ layer: make({ units: 2 }) }).apply(words);
      const read = make({ units: 2 }).apply(each) as SymbolicTensor;
      const nested = seeded(functional({ inputs: words, outputs: read }));
      await expectAsLayers(nested, randomUniform([2, 2, 4, 3], -1, 1, 'float32', 9));
    });

    it('of a cell in an RNN', async () => {
      const cells = { simpleRNN: layers.simpleRNNCell, gru: layers.gruCell, lstm: layers.lstmCell };
      const cell = cells[kind as keyof typeof cells]({ units: 3, ...own });
      const model = reading(4, (x) => layers.rnn({ cell }).apply(x));
      expect(sequencesOf(model, sound(2))).toBe(isOne ? 1 : 0);
      await expectAsLayers(model, sound(2));
    });

    it('with respect to what goes into it, and to what comes out', async () => {
      const model = reading(4, (x) => {
        const y = layers.dense({ units: 3, activation: 'relu', name: 'first' }).apply(x);
        return make({ units: 3, returnSequences: true, name: 'read' }).apply(y);
      });
      for (const wrt of ['first', 'read']) {
        const run = () => saliency(model, sound(2), { target: 1, wrt });
        await expectSame(later(run), followed(run));
      }
    });
  });

  it('keeps small gradients through gates that are nearly open', async () => {
    // at 12 apart from 0, a sigmoid's slope is 6e-6, and what 32 bits leave of 1 less the gate 2 digits
    const model = reading(
      3,
      (x) => layers.lstm({ units: 2, ...own, recurrentActivation: 'sigmoid' }).apply(x),
      0.4,
    );
    const bias = tensor([12, 12, 12, 12, 0.3, -0.2, 12, 12]);
    const weights = model.getWeights();
    model.setWeights([weights[0]!, weights[1]!, bias, weights[3]!, weights[4]!]);
    const x = sound(1, 3);
    const score = (given: Tensor) => tidy(() => (model.predict(given) as Tensor).dataSync()[1]!);
    const map = await later(() => saliency(model, x, { target: 1 })).data();
    const numbers = await x.data();
    for (let i = 0; i < 9; i++) {
      const moved = (by: number) => {
        const other = Float32Array.from(numbers);
        other[i]! += by;
        return score(tensor3d(other, [1, 3, 3]));
      };
      expect(map[i]).toBeCloseTo((moved(0.02) - moved(-0.02)) / 0.04, 3);
    }
  });

  it.skipIf(currentBackend().name === 'webgpu')('stays where it is at steps that are masked', async () => {
    const masked = mul(sound(3), tensor([1, 0, 1, 0, 1, 1, 0, 0, 0, 0, 0, 0], [3, 4, 1]));
    const x = mul(masked, 1);
    for (const kind of kinds)
      for (const options of [{}, { returnSequences: true, goBackwards: true }, { returnState: true }]) {
        const layer = makers[kind]!({ units: 3, ...options });
        const model = reading(4, (x) => layer.apply(layers.masking({ maskValue: 0 }).apply(x)));
        expect(sequencesOf(model, x)).toBe(isOne ? 1 : 0);
        await expectAsLayers(model, x);
      }
    const layer = makers['lstm']!({ units: 3 });
    const both = layers.bidirectional({ layer, mergeMode: 'concat' });
    const model = reading(4, (x) => both.apply(layers.masking({ maskValue: 0 }).apply(x)));
    expect(sequencesOf(model, x)).toBe(isOne ? 2 : 0);
    await expectAsLayers(model, x);
  });

  it('runs step by step where its cells are stacked, an activation is not bounded, or it is large on wasm', async () => {
    const cell = [layers.gruCell({ units: 2, ...own }), layers.lstmCell({ units: 3, ...own })];
    const stacked = reading(4, (x) => layers.rnn({ cell: cell }).apply(x));
    const unbounded = reading(4, (x) => makers['gru']!({ units: 2, activation: 'relu' }).apply(x));
    for (const model of [stacked, unbounded]) {
      expect(sequencesOf(model, sound(2))).toBe(0);
      await expectAsLayers(model, sound(2));
    }
    const large = reading(2, (x) => makers['lstm']!({ units: 100 }).apply(x), 0.1);
    expect(sequencesOf(large, sound(4, 2))).toBe(isOne ? 1 : 0);
    expect(sequencesOf(large, sound(6, 2))).toBe(currentBackend().hasSlowProducts ? 1 : 0);
    await expectAsLayers(large, sound(6, 2));
  });

  it('sees weights that are set', async () => {
    const model = reading(4, (x) => layers.gru({ units: 3, ...own }).apply(x));
    await expectAsLayers(model, sound(2));
    const weights = model.getWeights().map((weight) => mul(weight, -0.5));
    model.setWeights(weights);
    await expectAsLayers(model, sound(2));
  });
});
