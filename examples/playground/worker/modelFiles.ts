import { io } from '@tensorflow/tfjs-core';
import { unzip } from 'fflate';
import { bytesIn, isModelJson } from '../../demo/modelJson';
import type { RangeName } from '../settings';

/** A model as it lies in its files. */
export interface ModelFiles {
  readonly artifacts: io.ModelArtifacts;
  /** Names of the classes; empty where no file has them. */
  readonly labels: readonly string[];
  /** What black and white are, where a file says where the model is from. */
  readonly range: RangeName | null;
}

/** What files there are, by name. */
export type Files = ReadonlyMap<string, Uint8Array>;

/**
 * The model in some files that the user gave: model.json with its weights, or a zip of them, as Teachable
 * Machine exports it; and labels in a labels.txt, labels.json or metadata.json.
 *
 * @throws Error that says which file is missing or cannot be read, or that the model is one of sounds.
 */
export async function modelIn(given: readonly File[]): Promise<ModelFiles> {
  const files = new Map<string, Uint8Array>();
  for (const file of given) {
    const bytes = new Uint8Array(await bytesOf(file));
    const inside = /\.zip$/i.test(file.name) ? await unzipped(bytes) : { [file.name]: bytes };
    for (const [path, content] of Object.entries(inside)) files.set(baseName(path), content);
  }
  const { wordLabels } = Object(parsed(files.get('metadata.json'))) as { wordLabels?: unknown };
  if (wordLabels !== undefined) {
    throw new Error('this is a sound model of Teachable Machine; the page shows what models see in images');
  }
  const json = modelJsonOf(files);
  const weights = weightPaths(json).map((path) => {
    const shard = files.get(baseName(path));
    if (shard) return shard;
    throw new Error(`the weights "${path}" are missing; choose model.json and all its weight files together`);
  });
  return { artifacts: artifactsOf(json, weights), labels: labelsOf(files), range: rangeOf(files) };
}

/** Where the weights are, seen from model.json. */
export function weightPaths({ weightsManifest }: io.ModelJSON): string[] {
  return weightsManifest.flatMap((group) => group.paths);
}

/**
 * A model.json and its weights, in the order of their paths.
 *
 * @throws Error if a weight file is longer or shorter than model.json says.
 */
export function artifactsOf(json: io.ModelJSON, weights: readonly Uint8Array[]): io.ModelArtifacts {
  let next = 0;
  for (const group of json.weightsManifest) {
    const files = weights.slice(next, (next += group.paths.length));
    const size = files.reduce((sum, { length }) => sum + length, 0);
    const expected = bytesIn(group);
    if (expected === undefined || size === expected) continue;
    throw new Error(
      `the weights "${group.paths.join(', ')}" have ${size} bytes, not the ${expected} that model.json says; ` +
        'get them again, or take the model.json that belongs to them',
    );
  }
  const specs = io.getWeightSpecs(json.weightsManifest);
  return io.getModelArtifactsForJSONSync(json, specs, joined(weights));
}

/** A folder that is dropped on a page is a file that cannot be read. */
function bytesOf(file: File): Promise<ArrayBuffer> {
  return file.arrayBuffer().catch(() => {
    throw new Error(`"${file.name}" cannot be read; if it is a folder, give the files that are in it`);
  });
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

/** Names of classes, one a line or as JSON; Teachable Machine's metadata has them in `labels`. */
export function labelsOf(files: Files): string[] {
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

/** Teachable Machine's models of images take -1 to 1; their metadata says that they are such. */
export function rangeOf(files: Files): RangeName | null {
  const { packageName } = Object(parsed(files.get('metadata.json'))) as { packageName?: unknown };
  return packageName === '@teachablemachine/image' ? '-1,1' : null;
}

/** What a file says as JSON; undefined for what is none. */
export function parsed(bytes: Uint8Array | undefined): unknown {
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
