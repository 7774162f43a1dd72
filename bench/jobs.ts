import { isOtherShape, type ModelName } from './models/benchModels.ts';
import type { BenchOptions } from './options.ts';
import type { BackendName, Job } from './results.ts';

/** A job whose time is not yet fixed, and its share of all the time. */
export interface PlannedJob extends Omit<Job, 'seconds'> {
  readonly share: number;
}

/** About what a forward pass takes, MobileNetV2's being 1. */
const work: Readonly<Partial<Record<ModelName, number>>> = {
  mobilenet_v2: 1,
  inception_v3: 9,
  resnet50: 7,
  vgg16: 40,
  mobilenet_v2_mid: 1,
  volumes: 60,
  unet: 8,
};

/** What is measured, in the order in which it is. */
export function planJobs({ backends, models, quick, gpu }: BenchOptions): PlannedJob[] {
  return backends.flatMap((backend) => {
    const isGpu = backend === 'webgl' || backend === 'webgpu';
    const isSoftware = isGpu && !gpu;
    // in software, a gradient of the smallest model takes seconds
    const able = isSoftware ? models.filter((model) => model === 'mobilenet_v2') : models;
    const batches = !quick && (backend === 'wasm' || (isGpu && gpu)) ? [1, 4, 16] : [1];
    return able.flatMap((model) =>
      (isOtherShape(model) ? [1] : batches).map((batch) => ({
        backend,
        model,
        batch,
        side: sideOf(model, backend),
        rounds: quick ? 1 : 30,
        share: shareOf(backend, model, batch, isSoftware),
      })),
    );
  });
}

const LARGE: ReadonlySet<ModelName> = new Set([
  'resnet50',
  'vgg16',
  'squeezenet',
  'darknet',
  'efficientnet_b0',
]);

/** On cpu a forward pass of the large ones at 224 takes up to a minute; a quarter of the pixels will do. */
function sideOf(model: ModelName, backend: BackendName): number {
  if (model === 'inception_v3') return 299;
  if (model === 'unet') return 128;
  return backend === 'cpu' && LARGE.has(model) ? 112 : 224;
}

/** Shares on cpu; MobileNetV2 needs room for two stock gradients, which take half a minute each. */
const onCpu: Readonly<Partial<Record<ModelName, number>>> = {
  mobilenet_v2: 6,
  inception_v3: 6,
  resnet50: 3,
  vgg16: 5,
  mobilenet_v2_mid: 6,
};

function shareOf(backend: BackendName, model: ModelName, batch: number, isSoftware: boolean): number {
  if (backend === 'cpu') return onCpu[model] ?? 4;
  return isSoftware ? 4 : 1 + ((work[model] ?? 2) * batch) / 50;
}
