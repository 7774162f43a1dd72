import { loadGraphModel, type GraphModel } from '@tensorflow/tfjs-converter';
import { io, type Tensor } from '@tensorflow/tfjs-core';
import { loadLayersModel, type LayersModel } from '@tensorflow/tfjs-layers';
import { layersOf, type LayerInfo } from 'guided-saliency';
import type { ModelFacts } from '../messages';
import type { ModelFiles } from './modelFiles';

/** A LayersModel or GraphModel of the files, on the backend that is current. */
export async function loadModel({ artifacts }: ModelFiles): Promise<LayersModel | GraphModel> {
  const handler = io.fromMemory(artifacts);
  try {
    return await (isGraph(artifacts) ? loadGraphModel(handler) : loadLayersModel(handler));
  } catch (error) {
    throw new Error(`TensorFlow.js cannot make a model of these files: ${(error as Error).message}`);
  }
}

function isGraph({ modelTopology }: io.ModelArtifacts): boolean {
  return modelTopology !== undefined && 'node' in modelTopology;
}

/**
 * What the page has to know of a model.
 *
 * @throws Error if it does not take one image, or gives something else than a score for each class; if the
 *   names of the classes are those of another model.
 */
export function factsOf(
  model: LayersModel | GraphModel,
  { labels, range }: Pick<ModelFiles, 'labels' | 'range'>,
): ModelFacts {
  const [input, ...others] = model.inputs;
  const [, height, width, channels] = input?.shape ?? [];
  if (others.length > 0 || input?.shape?.length !== 4 || (channels !== 3 && channels !== 1)) {
    throw new Error(
      `the page shows models that take one image, [batch, height, width, 1 or 3]; this takes ${shapesOf(model.inputs)}`,
    );
  }
  if (input.dtype !== 'float32') {
    throw new Error(
      `the page shows models that take images of floats; this takes integers (${input.dtype}), which have no gradient`,
    );
  }
  const [output, ...more] = model.outputs;
  // a graph may not say what it gives
  if ('layers' in model && (more.length > 0 || output?.shape?.length !== 2)) {
    throw wrongOutput(shapesOf(model.outputs));
  }
  const classes = output?.shape?.at(-1);
  if (labels.length > 0 && isSize(classes) && classes !== labels.length) {
    throw new Error(
      `the model has ${classes} classes, and ${labels.length} names came with it; give the file of names that ` +
        'belongs to it, or the model alone',
    );
  }
  return {
    kind: 'layers' in model ? 'LayersModel' : 'GraphModel',
    height: isSize(height) ? height : ANY,
    width: isSize(width) ? width : ANY,
    hasSize: isSize(height) && isSize(width),
    layers: camLayersOf(model).map(nameOf),
    labels,
    range,
  };
}

/** A model that takes images of any size gets this one. */
const ANY = 224;

function isSize(length: number | null | undefined): length is number {
  return typeof length === 'number' && length > 0;
}

/** The layers whose output has space, or may have. */
function camLayersOf(model: LayersModel | GraphModel): LayerInfo[] {
  return layersOf(model).filter(({ spatial, layerClass }) => spatial !== false && !NO_SPACE.has(layerClass));
}

const NO_SPACE = new Set([
  'MatMul',
  '_FusedMatMul',
  'Softmax',
  'Reshape',
  'Squeeze',
  'Mean',
  'Functional',
  'Model',
]);

/** A layer as the page calls it. */
export function nameOf({ path }: { readonly path: readonly string[] }): string {
  return path.join(' › ');
}

/** The scores of an image as the model gives them. */
export async function scoresOf(model: LayersModel | GraphModel, x: Tensor): Promise<Float32Array> {
  const output = model.predict(x) as Tensor | Tensor[];
  const outputs = Array.isArray(output) ? output : [output];
  try {
    const [scores] = outputs;
    if (outputs.length === 1 && scores?.rank === 2) return (await scores.data()) as Float32Array;
    throw wrongOutput(shapesOf(outputs));
  } finally {
    for (const one of outputs) one.dispose();
  }
}

function wrongOutput(got: string): Error {
  return new Error(
    `the page shows models that give one score for each class, [batch, classes]; this gives ${got}`,
  );
}

/** The shapes of tensors, or of what will be some: `[any,8,8,3] and [any,4]`. */
function shapesOf(tensors: readonly { readonly shape?: readonly (number | null)[] | undefined }[]): string {
  const sizeOf = (size: number | null) => (size === null || size < 0 ? 'any' : size);
  return tensors.map(({ shape }) => `[${shape?.map(sizeOf).join(',') ?? 'any'}]`).join(' and ');
}
