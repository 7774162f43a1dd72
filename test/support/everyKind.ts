import { slice, tensor2d, type Tensor } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { prepare, type Model } from 'guided-saliency';
import { expectSame } from './expectSame';
import { constant, input, op, tinyGraph } from './tinyGraph';
import { dense, stack } from './tinyLayers';

/**
 * Expects the same map of one network as a LayersModel, a GraphModel, a prepared model and a function, and of
 * each sample of a batch the map that it has alone.
 */
export async function expectSameOfEveryKind(
  mapOf: (model: Model, x: Tensor) => Promise<Tensor>,
): Promise<void> {
  const layered = stack(
    [3],
    dense([
      [1, 2],
      [-1, 1],
      [0.5, 3],
    ]),
    layers.reLU(),
    dense([
      [1, -1],
      [2, 1],
    ]),
  );
  const graph = tinyGraph(
    {
      x: input([null, 3]),
      w: constant([1, 2, -1, 1, 0.5, 3], [3, 2]),
      v: constant([1, -1, 2, 1], [2, 2]),
      z: op('MatMul', ['x', 'w']),
      h: op('Relu', ['z']),
      y: op('MatMul', ['h', 'v']),
    },
    ['y'],
  );
  const x = tensor2d([
    [1, 2, 3],
    [2, -0.5, -1],
  ]);
  const map = await mapOf(layered, x);
  const prepared = prepare(layered);
  for (const model of [graph, prepared, (x: Tensor) => layered.predict(x) as Tensor]) {
    await expectSame(await mapOf(model, x), map);
  }
  prepared.dispose();
  for (const i of [0, 1]) {
    const alone = await mapOf(layered, slice(x, [i, 0], [1, 3]));
    await expectSame(alone, slice(map, [i, 0], [1, 3]));
  }
}
