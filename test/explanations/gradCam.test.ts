import { grad, mean, memory, mul, randomUniform, relu, slice, sum, type Tensor } from '@tensorflow/tfjs-core';
import {
  input,
  layers,
  model as functional,
  initializers,
  type LayersModel,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { prepare, type Model, type Seen } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { openExplainer } from '../../src/explanations/explainer/explainer';
import { tidied } from '../../src/tensors/tidied';
import { expectSame } from '../support/expectSame';

/** Grad-CAM over the explainer: `relu(Σ_c mean_hw(dy)_c y_c)`, in the layer's own resolution. */
function camOf({ y, dy, channelAxis }: Seen): Tensor {
  const [space, channels] = channelAxis === 'first' ? [[2, 3], 1] : [[1, 2], 3];
  return relu(sum(mul(mean(dy, space, true), y), channels));
}

function gradCam(model: Model, x: Tensor, target: number, layer: string, batchSize?: number): Tensor {
  return tidied(() => {
    const explainer = openExplainer(model, { target, wrt: layer, at: [layer], batchSize });
    const cam = camOf(explainer.explain(x).at[0]!);
    explainer.close();
    return cam;
  });
}

const apply = (x: SymbolicTensor, layer: layers.Layer) => layer.apply(x) as SymbolicTensor;
const uniform = (seed: number) => initializers.randomUniform({ minval: -1, maxval: 1, seed });
const convolution = (name: string, seed: number) =>
  layers.conv2d({ name, filters: 4, kernelSize: 3, activation: 'relu', kernelInitializer: uniform(seed) });

function network(): { whole: LayersModel; lower: LayersModel; upper: LayersModel } {
  const upperLayers = [
    convolution('b', 2),
    layers.globalAveragePooling2d({ name: 'gap' }),
    layers.dense({ name: 'scores', units: 3, kernelInitializer: uniform(3) }),
  ];
  const x = input({ shape: [8, 8, 2] });
  const a = apply(x, convolution('a', 1));
  const whole = functional({ inputs: x, outputs: upperLayers.reduce(apply, a) });
  const lower = functional({ inputs: x, outputs: a });
  const y = input({ shape: [6, 6, 4] });
  return { whole, lower, upper: functional({ inputs: y, outputs: upperLayers.reduce(apply, y) }) };
}

const x = randomUniform([3, 8, 8, 2], -1, 1, 'float32', 5);

/** Stock TF.js: the model cut in two, and `tf.grad` of the upper part. */
function reference({ lower, upper }: ReturnType<typeof network>, target: number): Tensor {
  const y = lower.predict(x) as Tensor;
  const score = (features: Tensor) => slice(upper.apply(features) as Tensor, [0, target], [-1, 1]);
  return camOf({ y, dy: grad(score)(y), channelAxis: 'last' });
}

describe('Grad-CAM, written over the explainer', () => {
  it.each([undefined, 1, 2])(
    'is what stock TF.js gives of the model cut in two; batchSize %s',
    async (size) => {
      const models = network();
      await expectSame(gradCam(models.whole, x, 1, 'a', size), reference(models, 1), 1e-6);
    },
  );

  it('is the same of a prepared model', async () => {
    const models = network();
    const prepared = prepare(models.whole);
    await expectSame(gradCam(prepared, x, 2, 'a'), reference(models, 2), 1e-6);
    prepared.dispose();
  });

  it('shares one pass with the map of the input, and leaves only what was asked for', async () => {
    const models = network();
    const explainer = openExplainer(models.whole, { target: 0, at: ['a', { layer: 'b' }] });
    explainer.explain(x);
    const before = memory().numTensors;
    const { map, at, value } = explainer.explain(x);
    expect(memory().numTensors - before).toBe(7); // map, value, classes, two of each place
    expect(map).toHaveProperty('shape', x.shape);
    expect(at.map(({ y }) => y.shape)).toEqual([
      [3, 6, 6, 4],
      [3, 4, 4, 4],
    ]);
    await expectSame(camOf(at[0]!), reference(models, 0), 1e-6);
    const { value: alone } = openExplainer(models.whole, { target: 0 }).explain(x);
    await expectSame(value, alone, 1e-6);
  });
});
