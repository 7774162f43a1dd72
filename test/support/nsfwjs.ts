import { io } from '@tensorflow/tfjs-core';
import { loadGraphModel, type GraphModel } from '@tensorflow/tfjs-converter';
import { loadLayersModel, type LayersModel } from '@tensorflow/tfjs-layers';
import { readProject } from './files';

/** The networks that nsfwjs carries: input [batch, 224, 224, 3] (inception_v3: 299) in 0...1, 5 classes. */
export type NsfwModel = 'mobilenet_v2' | 'inception_v3' | 'mobilenet_v2_mid';

const shards: Record<NsfwModel, number> = { mobilenet_v2: 1, inception_v3: 6, mobilenet_v2_mid: 2 };

/**
 * One of those networks, in Node and in a browser; whoever receives it disposes it.
 *
 * `mobilenet_v2_mid` is a GraphModel, the other two are LayersModels.
 */
export async function loadNsfwModel(name: 'mobilenet_v2_mid'): Promise<GraphModel>;
export async function loadNsfwModel(name: 'mobilenet_v2' | 'inception_v3'): Promise<LayersModel>;
export async function loadNsfwModel(name: NsfwModel): Promise<GraphModel | LayersModel>;
export async function loadNsfwModel(name: NsfwModel): Promise<GraphModel | LayersModel> {
  const json = (await evaluate(`${name}/model.min.js`)) as io.ModelJSON;
  const parts: Uint8Array[] = [];
  for (let i = 1; i <= shards[name]; i++) {
    parts.push(fromBase64((await evaluate(`${name}/group1-shard${i}of${shards[name]}.min.js`)) as string));
  }
  const specs = json.weightsManifest.flatMap((group) => group.weights);
  const handler = io.fromMemory(io.getModelArtifactsForJSONSync(json, specs, joined(parts)));
  return name === 'mobilenet_v2_mid' ? loadGraphModel(handler) : loadLayersModel(handler);
}

/** What a CommonJS file of the package exports. Run from its text: a bundler chokes on 30 MB of base64. */
async function evaluate(file: string): Promise<unknown> {
  const text = new TextDecoder().decode(await readProject(`node_modules/nsfwjs/dist/models/${file}`));
  const module = { exports: {} as unknown };
  // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call
  new Function('module', 'exports', text)(module, module.exports);
  return module.exports;
}

function fromBase64(text: string): Uint8Array {
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
  return bytes;
}

function joined(parts: Uint8Array[]): ArrayBuffer {
  return io.CompositeArrayBuffer.join(parts.map((part) => part.slice().buffer));
}
