import { randomUniform, zeros, type Rank, type Tensor4D } from '@tensorflow/tfjs-core';
import { prepare } from 'guided-saliency';
import { encodePng, imageInput, toPixels, type DecodedImage } from 'guided-saliency/image';
import { defaultLabels } from '../demo/defaultModel';
import { explainWith } from '../demo/explainWith';
import { imageSizeOf, scoresOf } from '../demo/imageModel';
import { readLabels } from '../demo/labels';
import { assemble, modelOf } from '../demo/loadModel';
import { methodOf } from '../demo/methods';
import { named } from '../demo/named';
import { showMap } from '../demo/showMap';
import { startBackend } from '../demo/startBackend';
import { modelFilesOf, modelHashOf } from './modelFiles';
import type { BatchSettings } from './settings';

/** The picture of a map, and what it explains. */
export interface Explained {
  readonly png: Uint8Array;
  readonly class: number;
  readonly value: number;
  readonly label?: string;
}

export type Explainer = (photo: DecodedImage) => Promise<Explained>;

/**
 * Loads the model, and makes a map to see that it can be explained so.
 *
 * @throws Error that names the option at fault.
 */
export async function openExplainer(settings: BatchSettings): Promise<Explainer> {
  const { model: path, method, target, passes, backend } = settings;
  const [low, high] = settings.inputRange;
  await startBackend(backend);
  const files = await modelFilesOf(path);
  if (modelHashOf(files) !== settings.modelHash) {
    throw new Error(`--model: expected "${path}" to be the model that the run began with, got another`);
  }
  const model = path === undefined ? await assemble(files.json, files.weights) : await modelOf(path, files);
  const { height, width, channels } = imageSizeOf(model);
  const shape: [number, number, number, number] = [1, height, width, channels];
  const noise = randomUniform<Rank.R4>(shape, low, high, 'float32', 1);
  const prepared = prepare(model);

  const mapOf = async (x: Tensor4D) => {
    const given = { x, noise, range: [low, high] as const };
    const { map, chosen, value } = await explainWith(method, { model: prepared, given, target, passes });
    try {
      const picture = await showMap(map, methodOf(method).shows, await toPixels(x, { range: [low, high] }));
      return { png: encodePng(picture), class: chosen, value };
    } finally {
      map.dispose();
    }
  };

  const blank = zeros<Rank.R4>(shape);
  const { length } = await named('--model', () => scoresOf(model, blank));
  if (target !== undefined && target >= length) {
    throw new Error(`--target: expected a class from 0 to ${length - 1}, got ${target}`);
  }
  const labels = await labelsFor(settings, length);
  await named('--method', () => mapOf(blank));
  blank.dispose();

  return async (photo) => {
    const input = { inputs: [{ shape: [null, height, width, channels] }] };
    const x = imageInput(photo, input, { range: [low, high] });
    try {
      const explained = await mapOf(x);
      const label = labels?.[explained.class];
      return label === undefined ? explained : { ...explained, label };
    } finally {
      x.dispose();
    }
  };
}

async function labelsFor({ labels, model }: BatchSettings, classes: number): Promise<string[] | undefined> {
  if (labels !== undefined) return readLabels(labels, classes);
  return model === undefined ? defaultLabels : undefined;
}
