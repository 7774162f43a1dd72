import { io } from '@tensorflow/tfjs-core';
import { unzip } from 'fflate';

/** A model as it lies in its files. */
export interface ModelFiles {
  readonly artifacts: io.ModelArtifacts;
  /** Names of the classes; empty where no file has them. */
  readonly labels: readonly string[];
}

/** What files are to be had by name. */
type Files = ReadonlyMap<string, Uint8Array>;

/** The model whose model.json is at an address, the weights beside it. */
export async function modelAt(address: string, labels: readonly string[]): Promise<ModelFiles> {
  const handler = io.http(address);
  const artifacts = await handler.load!();
  return { artifacts, labels };
}

/**
 * The model in some files that the user gave: model.json with its weights, or a zip of them, as Teachable
 * Machine exports it; and labels in a labels.txt, labels.json or metadata.json.
 *
 * @throws Error that says which file is missing.
 */
export async function modelIn(given: readonly File[]): Promise<ModelFiles> {
  const files = new Map<string, Uint8Array>();
  for (const file of given) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const inside = /\.zip$/i.test(file.name) ? await unzipped(bytes) : { [file.name]: bytes };
    for (const [path, content] of Object.entries(inside)) files.set(baseName(path), content);
  }
  const json = modelJsonOf(files);
  const paths = json.weightsManifest.flatMap((group) => group.paths);
  const weights = paths.map((path) => {
    const shard = files.get(baseName(path));
    if (shard) return shard;
    throw new Error(`the weights "${path}" are missing; choose model.json and all its weight files together`);
  });
  const specs = io.getWeightSpecs(json.weightsManifest);
  const artifacts = io.getModelArtifactsForJSONSync(json, specs, joined(weights));
  return { artifacts, labels: labelsOf(files) };
}

function modelJsonOf(files: Files): io.ModelJSON {
  const names = [...files.keys()].filter((name) => name.endsWith('.json'));
  const found = names.map((name) => parsed(files.get(name))).find(isModelJson);
  if (found) return found;
  throw new Error(
    `no model.json of TensorFlow.js among ${names.join(', ') || 'the files'}; ` +
      'choose model.json and its weight files together, or a zip of them',
  );
}

function isModelJson(json: unknown): json is io.ModelJSON {
  const { modelTopology, weightsManifest } = (json ?? {}) as Record<string, unknown>;
  return typeof modelTopology === 'object' && modelTopology !== null && Array.isArray(weightsManifest);
}

/** Texts, one a line or as JSON; Teachable Machine's metadata has them in `labels`. */
function labelsOf(files: Files): string[] {
  const text = files.get('labels.txt');
  if (text) {
    const lines = new TextDecoder().decode(text).split(/\r?\n/);
    return lines.map((line) => line.trim()).filter((line) => line !== '');
  }
  for (const name of ['metadata.json', 'labels.json']) {
    const json = parsed(files.get(name));
    const labels: unknown = Array.isArray(json) ? json : (json as { labels?: unknown } | undefined)?.labels;
    if (Array.isArray(labels) && labels.every((label) => typeof label === 'string')) return labels;
  }
  return [];
}

function parsed(bytes: Uint8Array | undefined): unknown {
  try {
    return bytes && (JSON.parse(new TextDecoder().decode(bytes)) as unknown);
  } catch {
    return undefined;
  }
}

function unzipped(bytes: Uint8Array): Promise<Record<string, Uint8Array>> {
  return new Promise((resolve, reject) => {
    unzip(bytes, (error, files) => {
      if (error) reject(new Error(`the zip cannot be read: ${error.message}`));
      else resolve(files);
    });
  });
}

function joined(parts: readonly Uint8Array[]): ArrayBuffer {
  return io.CompositeArrayBuffer.join(parts.map((part) => part.slice().buffer));
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
