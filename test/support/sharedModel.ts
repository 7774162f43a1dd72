import { io, tensor } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { readShared } from './files';

/** A LayersModel of the shared assets; whoever receives it disposes it. */
export async function loadSharedModel(name: string): Promise<LayersModel> {
  const folder = `models/${name}`;
  const json = JSON.parse(
    new TextDecoder().decode(await bytes(`assets/${folder}/model.json`)),
  ) as io.ModelJSON;
  const artifacts = await io.getModelArtifactsForJSON(json, async (manifest) => {
    const paths = manifest.flatMap(({ paths }) => paths);
    const shards = await Promise.all(paths.map((path) => bytes(`assets/${folder}/${path}`)));
    return [manifest.flatMap(({ weights }) => weights), io.CompositeArrayBuffer.join(shards)];
  });
  return loadLayersModel(io.fromMemory(artifacts));
}

/** The float32 numbers of a stored map or input. */
export async function readFloats(path: string): Promise<Float32Array> {
  return new Float32Array(await bytes(path));
}

/** A stored input as a tensor. */
export async function readTensor(path: string, shape: number[]): Promise<Tensor> {
  return tensor(await readFloats(path), shape);
}

async function bytes(path: string): Promise<ArrayBuffer> {
  const found = await readShared(path);
  if (!found) throw new Error(`sharedModel: no ${path}`);
  return found;
}
