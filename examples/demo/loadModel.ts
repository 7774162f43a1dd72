import { dirname } from 'node:path';
import { loadGraphModel, type GraphModel } from '@tensorflow/tfjs-converter';
import { io } from '@tensorflow/tfjs-core';
import { loadLayersModel, type LayersModel } from '@tensorflow/tfjs-layers';
import { bytesOf, fileInside, jsonOf } from './files';
import { bytesIn, isModelJson } from './modelJson';

/** More weights than this are not read. */
const MOST_BYTES = 2 ** 30;

/** A model.json, and the bytes of its weight files in their order. */
export interface ModelFiles {
  readonly json: io.ModelJSON;
  readonly weights: Uint8Array[];
}

/**
 * A LayersModel or GraphModel from disk, the weights in the files beside model.json that it names.
 *
 * @throws Error if a file is missing, `path` holds no model, or TensorFlow.js cannot make one of it.
 */
export async function loadModel(path: string): Promise<LayersModel | GraphModel> {
  return modelOf(path, await readModelFiles(path));
}

/**
 * Reads what a model is made of.
 *
 * @throws Error if a file is missing, or `path` holds no model.
 */
export async function readModelFiles(path: string): Promise<ModelFiles> {
  const json = await jsonOf(path, '--model');
  if (!isModelJson(json)) throw new Error(`--model: expected "${path}" to be a model.json with weights`);
  const named = `--model: weights of "${path}"`;
  const weights: Uint8Array[] = [];
  let total = 0;
  for (const group of json.weightsManifest) {
    const files = await Promise.all(group.paths.map((name) => fileInside(dirname(path), name, named)));
    const size = files.reduce((sum, file) => sum + file.size, 0);
    const expected = bytesIn(group);
    if (expected !== undefined && size !== expected) {
      throw new Error(`${named}: expected ${expected} bytes in ${group.paths.join(', ')}, got ${size}`);
    }
    total += size;
    if (total > MOST_BYTES) throw new Error(`${named}: expected at most ${MOST_BYTES} bytes, got ${total}`);
    for (const file of files) weights.push(await bytesOf(file.path, named));
  }
  return { json, weights };
}

/**
 * The model that the files from `path` make.
 *
 * @throws Error if TensorFlow.js cannot make one of them.
 */
export async function modelOf(
  path: string,
  { json, weights }: ModelFiles,
): Promise<LayersModel | GraphModel> {
  try {
    return await assemble(json, weights);
  } catch (error) {
    throw new Error(`--model: cannot load "${path}": ${(error as Error).message}`);
  }
}

/** The model that a model.json and the bytes of its weight files make. */
export async function assemble(json: io.ModelJSON, weights: Uint8Array[]): Promise<LayersModel | GraphModel> {
  const artifacts = await io.getModelArtifactsForJSON(json, (manifest) => {
    const { buffer, byteOffset, byteLength } = Buffer.concat(weights);
    return Promise.resolve([io.getWeightSpecs(manifest), buffer.slice(byteOffset, byteOffset + byteLength)]);
  });
  const handler = io.fromMemory(artifacts);
  return 'node' in json.modelTopology ? loadGraphModel(handler) : loadLayersModel(handler);
}
