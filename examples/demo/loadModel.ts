import { dirname, join } from 'node:path';
import { loadGraphModel, type GraphModel } from '@tensorflow/tfjs-converter';
import { io } from '@tensorflow/tfjs-core';
import { loadLayersModel, type LayersModel } from '@tensorflow/tfjs-layers';
import { bytesOf, jsonOf } from './files';

/**
 * A LayersModel or GraphModel from disk, the weights in the files beside model.json that it names.
 *
 * @throws Error if a file is missing, `path` holds no model, or TensorFlow.js cannot make one of it.
 */
export async function loadModel(path: string): Promise<LayersModel | GraphModel> {
  const json = await jsonOf(path, '--model');
  if (!isModelJson(json)) throw new Error(`--model: expected "${path}" to be a model.json with weights`);
  const shards = json.weightsManifest.flatMap(({ paths }) => paths);
  const weights = await Promise.all(
    shards.map((shard) => bytesOf(join(dirname(path), shard), `--model: weights of "${path}"`)),
  );
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

function isModelJson(json: unknown): json is io.ModelJSON {
  const { modelTopology, weightsManifest } = (json ?? {}) as Record<string, unknown>;
  return typeof modelTopology === 'object' && modelTopology !== null && Array.isArray(weightsManifest);
}
