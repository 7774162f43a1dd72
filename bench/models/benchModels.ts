import type { GraphModel } from '@tensorflow/tfjs-converter';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Target } from '../../src/index.ts';
import { loadNsfwModel } from '../../test/support/nsfwjs.ts';
import { crepe } from './crepe.ts';
import { darknet } from './darknet.ts';
import { efficientnet } from './efficientnet.ts';
import { mobilenetGraph } from './mobilenetGraph.ts';
import { bidirectionalLstm, gru, text } from './recurrent.ts';
import { resnet50 } from './resnet50.ts';
import { squeezenet } from './squeezenet.ts';
import { transformer } from './transformer.ts';
import { unet } from './unet.ts';
import { vgg16 } from './vgg16.ts';
import { volumes } from './volumes.ts';

/** The models that the goals of the design name. */
const images = ['mobilenet_v2', 'inception_v3', 'resnet50', 'vgg16', 'mobilenet_v2_mid'] as const;

/** Networks of other shapes that people have. */
const shapes = [
  'crepe',
  'squeezenet',
  'darknet',
  'mobilenet_v1_unfused',
  'mobilenet_v1_norms',
  'efficientnet_b0',
  'unet',
  'bidirectional_lstm',
  'gru',
  'transformer',
  'volumes',
] as const;

export const modelNames = [...images, ...shapes] as const;

/** The models that are measured: those of nsfwjs as they come, and common shapes with seeded weights. */
export type ModelName = (typeof modelNames)[number];

/** Whether it is one of those of other shapes, which are measured one by one. */
export function isOtherShape(name: ModelName): boolean {
  return (shapes as readonly ModelName[]).includes(name);
}

/** How the tables call them. */
export const modelTitles: Readonly<Record<ModelName, string>> = {
  mobilenet_v2: 'MobileNetV2',
  inception_v3: 'InceptionV3',
  resnet50: 'ResNet50',
  vgg16: 'VGG16',
  mobilenet_v2_mid: 'MobileNetV2 (GraphModel)',
  crepe: '1-D convolutions (CREPE)',
  squeezenet: 'SqueezeNet 1.1',
  darknet: 'Darknet (LeakyReLU)',
  mobilenet_v1_unfused: 'MobileNet v1 (GraphModel, unfused)',
  mobilenet_v1_norms: 'MobileNet v1 (GraphModel, batch norms)',
  efficientnet_b0: 'EfficientNet-B0 (plain gradient)',
  unet: 'U-Net',
  bidirectional_lstm: 'bidirectional LSTM over an embedding',
  gru: 'GRU over an embedding',
  transformer: 'vision transformer (plain gradient)',
  volumes: '3-D convolutions',
};

/** A model, and what it takes. */
export interface BenchModel {
  readonly model: LayersModel | GraphModel;
  /** The shape of one sample. */
  readonly sample: readonly number[];
  /** Where `x` is integers, what they are below. */
  readonly below?: number;
  /** The layer whose output is explained, where it is not the input. */
  readonly wrt?: string;
  /** The target, where it is not one output unit. */
  readonly target?: Target;
  /** Whether it has no rectifier: then the plain gradient stands in place of guided backpropagation. */
  readonly isSmooth?: boolean;
}

/**
 * One of the models; whoever receives it disposes it.
 *
 * @param side Height and width of the image; those of nsfwjs take their own size only.
 */
export async function loadBenchModel(name: ModelName, side: number): Promise<BenchModel> {
  const image = [side, side, 3];
  const words = { sample: [text.length], below: text.words, wrt: 'embedding' };
  switch (name) {
    case 'resnet50':
      return { model: resnet50(side), sample: image };
    case 'vgg16':
      return { model: vgg16(side), sample: image };
    case 'crepe':
      return { model: crepe(), sample: [1024] };
    case 'squeezenet':
      return { model: squeezenet(side), sample: image };
    case 'darknet':
      return { model: darknet(side), sample: image };
    case 'mobilenet_v1_unfused':
    case 'mobilenet_v1_norms':
      return { model: mobilenetGraph(side, name === 'mobilenet_v1_norms'), sample: image };
    case 'efficientnet_b0':
      return { model: efficientnet(side), sample: image, isSmooth: true };
    case 'unet':
      return { model: unet(side), sample: image, target: { class: 2, at: [side / 2, side / 2] } };
    case 'bidirectional_lstm':
      return { model: bidirectionalLstm(), ...words };
    case 'gru':
      return { model: gru(), ...words };
    case 'transformer':
      return { model: transformer(side), sample: image, isSmooth: true };
    case 'volumes':
      return { model: volumes(), sample: [16, 64, 64, 1] };
    default:
      return { model: await loadNsfwModel(name), sample: image };
  }
}
