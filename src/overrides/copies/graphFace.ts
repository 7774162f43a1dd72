import type { Tensor } from '@tensorflow/tfjs-core';
import { inside } from '../../model/modelKinds';
import type { GraphModelInside, GraphModelLike } from '../../model/modelKinds';

type WeightMap = GraphModelInside['executor']['weightMap'];

/**
 * A face of a GraphModel with other weights, in its functions as well; what TF.js writes to its executors
 * stays with the face.
 *
 * @param owned What it disposes with itself.
 */
export function graphFace<M extends GraphModelLike>(
  model: M,
  weightMap: WeightMap,
  owned: readonly Tensor[],
): M & { dispose(): void } {
  const { executor } = inside(model);
  const face = faceOf(executor) as { weightMap: WeightMap };
  face.weightMap = weightMap; // a setter of its class
  const functions = Object.entries(executor.functionExecutorMap ?? {}).map(([name, each]) => [
    name,
    Object.defineProperty(faceOf(each), 'parent', { value: face }), // whose weights and functions it takes
  ]);
  Object.defineProperty(face, 'functionExecutorMap', { value: Object.fromEntries(functions) });
  const dispose = () => {
    for (const tensor of owned) tensor.dispose();
  };
  return Object.create(model, {
    executor: { value: face },
    dispose: { value: dispose },
  }) as M & { dispose(): void };
}

function faceOf(executor: object): object {
  return Object.create(executor, {
    compiledMap: { value: new Map() },
    clonedTensorsMap: { value: null, writable: true },
  }) as object;
}
