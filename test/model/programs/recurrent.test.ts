import {
  abs,
  div,
  fill,
  max,
  memory,
  mul,
  ones,
  randomUniform,
  relu,
  tanh,
  tensor,
  zeros,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { input, layers, model as functional, sequential } from '@tensorflow/tfjs-layers';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { deconv, guidedBackprop, prepare, saliency, withGradients } from 'guided-saliency';
import { layerwiseRelevance } from 'guided-saliency/relevance';
import { describe, expect, it } from 'vitest';
import { currentBackend } from '../../../src/backends/backend';
import { CHAIN } from '../../../src/gradients/elementwise/chain';
import { SEQUENCE } from '../../../src/gradients/recurrent/sequence';
import { followed } from '../../support/followed';
import { expectSame } from '../../support/expectSame';
import { kernelsOf } from '../../support/kernelsOf';
import { later } from '../../support/later';

/*
 * RNNs are run as programs, in which the products of a sequence are one. Where JavaScript reaches the
 * numbers, all steps are one kernel, or, with activations that are not bounded, the small kernels of a step
 * one chain. A plain function that predicts runs the layers.
 */

const isChained = ['arrays', 'heap'].includes(currentBackend().numbers);

type Recurrent = Parameters<typeof layers.bidirectional>[0]['layer'];
type Cell = (options: { units: number; returnSequences?: boolean; goBackwards?: boolean }) => Recurrent;

const cells: Record<string, Cell> = {
  simpleRNN: (options) => layers.simpleRNN({ ...options, recurrentInitializer: 'glorotUniform' }),
  'simpleRNN with a ReLU': (options) =>
    layers.simpleRNN({ ...options, activation: 'relu', recurrentInitializer: 'glorotUniform' }),
  lstm: (options) => layers.lstm({ ...options, recurrentInitializer: 'glorotUniform' }),
  'lstm with sigmoids': (options) =>
    layers.lstm({ ...options, recurrentActivation: 'sigmoid', recurrentInitializer: 'glorotUniform' }),
  'lstm with ReLUs, without bias': (options) =>
    layers.lstm({ ...options, activation: 'relu', useBias: false, recurrentInitializer: 'glorotUniform' }),
  gru: (options) => layers.gru({ ...options, recurrentInitializer: 'glorotUniform' }),
  'gru with sigmoids': (options) =>
    layers.gru({ ...options, recurrentActivation: 'sigmoid', recurrentInitializer: 'glorotUniform' }),
};

const wrapped = (cell: Cell): layers.Layer =>
  layers.bidirectional({ layer: cell({ units: 3 }), mergeMode: 'concat' });

/** A network over 5 steps of 4 numbers, with weights of a seed. */
function network(...inner: layers.Layer[]): LayersModel {
  const made = sequential();
  made.add(layers.inputLayer({ inputShape: [5, 4] }));
  for (const layer of inner) made.add(layer);
  made.add(layers.dense({ units: 2, activation: 'softmax', kernelInitializer: 'ones' }));
  return seeded(made);
}

function seeded(model: LayersModel): LayersModel {
  const weights = model.weights.map(({ shape }, i) =>
    randomUniform(shape as number[], -0.5, 0.9, 'float32', i + 1),
  );
  model.setWeights(weights);
  for (const weight of weights) weight.dispose();
  return model;
}

const sound = (batch = 1) => randomUniform([batch, 5, 4], -1.5, 1.5, 'float32', 5);
const asFunction = (model: LayersModel) => (x: Tensor) => model.predict(x) as Tensor;

async function expectAsLayers(model: LayersModel, x: Tensor, options = {}): Promise<void> {
  const all = { target: 1, ...options };
  const slow = followed(() => saliency(asFunction(model), x, all));
  await expectSame(saliency(model, x, all), slow);
  await expectSame(
    later(() => saliency(model, x, all)),
    slow,
  );
  const prepared = prepare(model);
  await expectSame(
    later(() => saliency(prepared, x, all)),
    slow,
  );
  prepared.dispose();
}

describe('the program of a recurrent network', () => {
  it.each(Object.keys(cells))('gives the map that the layers give: %s', async (name) => {
    const cell = cells[name] as Cell;
    for (const batch of [1, 3]) await expectAsLayers(network(cell({ units: 3 })), sound(batch));
    const stacked = network(cell({ units: 3, returnSequences: true, goBackwards: true }), cell({ units: 2 }));
    await expectAsLayers(stacked, sound(2));
    await expectAsLayers(network(wrapped(cell)), sound());
  });

  it('of one under a rule', async () => {
    const model = network((cells['simpleRNN with a ReLU'] as Cell)({ units: 3 }));
    const x = sound(2);
    const slow = followed(() => saliency(asFunction(model), x, { target: 0, rule: deconv }));
    await expectSame(
      later(() => saliency(model, x, { target: 0, rule: deconv })),
      slow,
    );
    await expect(expectSame(slow, saliency(model, x, { target: 0 }))).rejects.toThrow();
  });

  // where TF.js turns a mask around wrongly
  it.skipIf(currentBackend().name === 'webgpu')('of one that masks', async () => {
    const masked = network(layers.masking({ maskValue: 0 }), (cells['lstm'] as Cell)({ units: 3 }));
    const x = mul(sound(), tensor([1, 1, 0, 1, 0], [1, 5, 1]));
    await expectAsLayers(masked, x);
  });

  it('of steps that are a layer each, and of images', async () => {
    const steps = layers.timeDistributed({ layer: layers.dense({ units: 3, activation: 'tanh' }) });
    await expectAsLayers(network(steps, (cells['gru'] as Cell)({ units: 2 })), sound(2));

    const film = input({ shape: [3, 4, 4, 1] });
    const images = layers.convLstm2d({
      filters: 2,
      kernelSize: 3,
      padding: 'same',
      recurrentInitializer: 'glorotUniform',
    });
    const flat = layers.flatten().apply(images.apply(film));
    const scores = layers.dense({ units: 2 }).apply(flat) as ReturnType<typeof input>;
    await expectAsLayers(
      seeded(functional({ inputs: film, outputs: scores })),
      randomUniform([1, 3, 4, 4, 1], -1, 1, 'float32', 3),
    );
  });

  it('is asked for the score in front of a sigmoid', async () => {
    const made = sequential();
    made.add(layers.inputLayer({ inputShape: [5, 4] }));
    made.add((cells['lstm'] as Cell)({ units: 3 }));
    made.add(layers.activation({ activation: 'sigmoid' }));
    seeded(made);
    const x = sound();
    for (const score of ['logit', 'probability'] as const) {
      const slow = followed(() => saliency(asFunction(made), x, { target: 1, score }));
      await expectSame(
        later(() => saliency(made, x, { target: 1, score })),
        slow,
      );
    }
  });

  it.each([
    ['linear', 5],
    ['tanh', 0],
  ] as const)(
    'has one product for the inputs of all steps, with %s, and for each step',
    (activation, steps) => {
      const layer = layers.lstm({ units: 3, activation, recurrentInitializer: 'glorotUniform' });
      const model = network(layer);
      const x = sound();
      const run = () => saliency(model, x, { target: 1 });
      for (const kernels of [kernelsOf(run), kernelsOf(run)].slice(1)) {
        const counted = (kernel: string) => kernels.filter((each) => each === kernel).length;
        const isInSteps = steps > 0 || !isChained;
        // of the whole sequence, of each step with its state, and of the dense layer
        expect(counted('_FusedMatMul') + counted('BatchMatMul')).toBeGreaterThan(0);
        if (isInSteps) expect(counted('_FusedMatMul')).toBe(1 + 5 + 1);
        const chains = isChained ? steps : 0;
        expect(counted(CHAIN)).toBe(chains);
        expect(counted(`${CHAIN}Gradient`)).toBe(chains);
        expect(counted(SEQUENCE)).toBe(isInSteps ? 0 : 1);
        expect(counted(`${SEQUENCE}Gradient`)).toBe(isInSteps ? 0 : 1);
        const own = activation === 'tanh' ? 10 : 0;
        expect(counted('Tanh')).toBe(isChained ? 0 : own);
      }
    },
  );

  it('sees weights that have changed, leaves nothing behind, and so does an RNN with dropout', async () => {
    const model = network((cells['gru'] as Cell)({ units: 3 }));
    const dropping = network(
      layers.lstm({ units: 3, dropout: 0.5, recurrentDropout: 0.5, recurrentInitializer: 'glorotUniform' }),
    );
    const x = sound();
    const before = memory().numTensors;
    later(() => saliency(model, x, { target: 1 })).dispose();
    later(() => saliency(dropping, x, { target: 1 })).dispose();
    expect(memory().numTensors).toBe(before);
    const weights = model.getWeights().map((weight) => mul(weight, -0.5));
    model.setWeights(weights);
    for (const weight of weights) weight.dispose();
    await expectAsLayers(model, x);
    await expectAsLayers(dropping, x);
  });

  it('runs the layers where a kernel of a chain has a gradient of the user’s own', async () => {
    const model = network((cells['lstm'] as Cell)({ units: 3 }));
    const x = sound();
    saliency(model, x, { target: 1 }).dispose();
    const rules = { Tanh: ({ dy }: { dy: Tensor }) => relu(dy) };
    const ruled = withGradients(rules, () => saliency(model, x, { target: 1 }));
    await expectSame(
      ruled,
      withGradients(rules, () => followed(() => saliency(asFunction(model), x, { target: 1 }))),
    );
    await expect(expectSame(ruled, saliency(model, x, { target: 1 }))).rejects.toThrow();
  });

  it('shows each kernel to who goes back in another way', async () => {
    const model = network((cells['gru'] as Cell)({ units: 3 }));
    const x = sound();
    const slow = followed(() => layerwiseRelevance(asFunction(model), x, { target: 1 }));
    await expectSame(
      later(() => layerwiseRelevance(model, x, { target: 1 })),
      slow,
    );
  });

  it('is of the user’s own activation no more than of the layers', async () => {
    const model = network((cells['lstm'] as Cell)({ units: 3 }));
    const { cell } = model.layers[1] as unknown as { cell: { activation: { apply: (x: Tensor) => Tensor } } };
    const x = sound();
    saliency(model, x, { target: 1 }).dispose();
    cell.activation = { apply: (y: Tensor) => mul(tanh(y), 2) };
    await expectAsLayers(model, x);
    expect(() => guidedBackprop(model, x, { target: 1 })).toThrow(/no rectifier/);
  });

  it('shows a rule on its products those that the layers run, not one of the sequence', async () => {
    const model = network((cells['lstm'] as Cell)({ units: 3 }));
    const x = sound(2);
    // the largest is 1: of each step's product by itself
    const rules = { BatchMatMul: ({ dx }: { dx: Tensor }) => div(dx, max(abs(dx))) };
    const slow = withGradients(rules, () => followed(() => saliency(asFunction(model), x, { target: 1 })));
    saliency(model, x, { target: 1 }).dispose();
    await expectSame(
      withGradients(rules, () => saliency(model, x, { target: 1 })),
      slow,
    );
  });

  it('knows in later calls, too, that what a 3-D pooling takes is never negative', async () => {
    const film = input({ shape: [4, 4, 4, 1] });
    const images = layers.convLstm2d({
      filters: 2,
      kernelSize: 1,
      activation: 'relu',
      returnSequences: true,
      recurrentInitializer: 'glorotUniform',
    });
    const pooled = layers.maxPooling3d({ poolSize: 2 }).apply(images.apply(film));
    const scores = layers.dense({ units: 2 }).apply(layers.flatten().apply(pooled));
    const model = functional({ inputs: film, outputs: scores as ReturnType<typeof input> });
    model.setWeights(model.getWeights().map(({ shape }) => fill(shape, 0.3)));
    await expectAsLayers(model, randomUniform([1, 4, 4, 4, 1], 0.1, 1, 'float32', 3));
  });

  it('sends nothing back from where nothing arrives, though infinity stands there', async () => {
    const x = input({ shape: [3, 2] });
    const cell = layers.lstm({
      units: 2,
      returnState: true,
      activation: 'linear',
      recurrentActivation: 'sigmoid',
      recurrentInitializer: 'glorotUniform',
    });
    const [, , state] = cell.apply(x) as ReturnType<typeof input>[];
    const scores = layers.dense({ units: 2 }).apply(state!) as ReturnType<typeof input>;
    const model = functional({ inputs: x, outputs: scores });
    model.setWeights(model.getWeights().map(({ shape }, i) => (i === 1 ? zeros(shape) : ones(shape))));
    await expectAsLayers(model, fill([1, 3, 2], 0.6e38), { target: 0 });
  });
});
