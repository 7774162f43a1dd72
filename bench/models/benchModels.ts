import type { GraphModel } from '@tensorflow/tfjs-converter';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { loadNsfwModel } from '../../test/support/nsfwjs.ts';
import { resnet50 } from './resnet50.ts';
import { vgg16 } from './vgg16.ts';

export const modelNames = ['mobilenet_v2', 'inception_v3', 'resnet50', 'vgg16', 'mobilenet_v2_mid'] as const;

/** The models that are measured: those of nsfwjs as they come, and two common shapes with seeded weights. */
export type ModelName = (typeof modelNames)[number];

/** How the tables call them. */
export const modelTitles: Readonly<Record<ModelName, string>> = {
  mobilenet_v2: 'MobileNetV2',
  inception_v3: 'InceptionV3',
  resnet50: 'ResNet50',
  vgg16: 'VGG16',
  mobilenet_v2_mid: 'MobileNetV2 (GraphModel)',
};

/**
 * One of the models; whoever receives it disposes it.
 *
 * @param side Height and width of the image; those of nsfwjs take their own size only.
 */
export async function loadBenchModel(name: ModelName, side: number): Promise<LayersModel | GraphModel> {
  if (name === 'resnet50') return resnet50(side);
  if (name === 'vgg16') return vgg16(side);
  return loadNsfwModel(name);
}
