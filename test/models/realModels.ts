import { add, matMul, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { GraphModel } from '@tensorflow/tfjs-converter';
import { model as layersModel } from '@tensorflow/tfjs-layers';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { loadNsfwModel, type NsfwModel } from '../support/nsfwjs';

/** A network that people use, and what of it is explained on the photo of a cat. */
export interface RealModel {
  readonly name: NsfwModel;
  /** Height and width of its image. */
  readonly size: number;
  /** The class that it sees in the photo. */
  readonly target: number;
  /** The seeds of two directions along which its score rises or falls steeply enough to tell by how much. */
  readonly seeds: readonly [number, number];
  /**
   * The share of cells in which float32 is off by more than 1e-4 of the largest from float64, on the backend
   * where it is largest: a few of millions of rectifiers fall the other way, and each is seen by many cells.
   */
  readonly flipped: { readonly plain: number; readonly guided: number };
}

/** With ReLU6 layers; of fused kernels; with average pooling that pads, and batch norm without a scale. */
export const realModels: readonly RealModel[] = [
  { name: 'mobilenet_v2', size: 224, target: 2, seeds: [1, 3], flipped: { plain: 0.012, guided: 0 } },
  {
    name: 'mobilenet_v2_mid',
    size: 224,
    target: 0,
    seeds: [1, 2],
    flipped: { plain: 0.122, guided: 0.0007 },
  },
  { name: 'inception_v3', size: 299, target: 2, seeds: [3, 5], flipped: { plain: 0.055, guided: 0.001 } },
];

/** Where the graph of `mobilenet_v2_mid` has the scores that its softmax gets. */
const SCORES_NODE = 'StatefulPartitionedCall/sequential/dense/BiasAdd';

/** A network, with its scores before the softmax by TF.js alone. */
export interface LoadedModel {
  readonly model: LayersModel | GraphModel;
  readonly scores: (x: Tensor4D) => Tensor;
}

/** Whoever receives it disposes its `model`. */
export async function loadRealModel(name: NsfwModel): Promise<LoadedModel> {
  if (name === 'mobilenet_v2_mid') {
    const graph = await loadNsfwModel(name);
    return { model: graph, scores: (x) => graph.execute(x, SCORES_NODE) as Tensor };
  }
  const model = await loadNsfwModel(name);
  const last = model.layers.at(-1)!; // dense, with its softmax
  const features = layersModel({ inputs: model.inputs, outputs: last.input });
  const [weights, bias] = last.getWeights() as [Tensor2D, Tensor];
  return {
    model,
    scores: (x) => tidy(() => add(matMul(features.predict(x) as Tensor2D, weights), bias)),
  };
}
