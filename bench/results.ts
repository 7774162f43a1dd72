import type { ModelName } from './models/benchModels.ts';
import type { Rounds, Summary } from './statistics.ts';

export const backendNames = [
  'cpu',
  'wasm',
  'wasm-threads-node',
  'tensorflow',
  'wasm-threads',
  'webgl',
  'webgpu',
] as const;

/** Where it runs: cpu, wasm and tensorflow in Node, the others in Chromium. */
export type BackendName = (typeof backendNames)[number];

export const measureNames = [
  'predict',
  'stockGradient',
  'saliency',
  'guidedBackprop',
  'preparedSaliency',
  'preparedGuidedBackprop',
  'fusedForward',
] as const;

/** What is timed. `fusedForward` is the forward pass of the prepared model alone. */
export type MeasureName = (typeof measureNames)[number];

/** How the tables call them. */
export const measureTitles: Readonly<Record<MeasureName, string>> = {
  predict: 'stock predict',
  stockGradient: 'stock tf.grad',
  saliency: 'saliency',
  guidedBackprop: 'guidedBackprop',
  preparedSaliency: 'prepared saliency',
  preparedGuidedBackprop: 'prepared guidedBackprop',
  fusedForward: 'fused forward',
};

/** One model on one backend with one batch size; measured in a process, or page, of its own. */
export interface Job {
  readonly backend: BackendName;
  readonly model: ModelName;
  readonly batch: number;
  /** Height and width of the image. */
  readonly side: number;
  /** The time that its measurements may take together. */
  readonly seconds: number;
  /** The most rounds of them. */
  readonly rounds: number;
}

/** What a job has found; sent whenever there is more of it. */
export interface Findings {
  /** Milliseconds, a value each round. */
  readonly times: Partial<Record<MeasureName, Rounds>>;
  /** Why something could not be measured. */
  readonly failures: Partial<Record<MeasureName, string>>;
  /** The most bytes that TF.js held at once, weights included. */
  readonly peaks: Partial<Record<MeasureName, number>>;
  /** Bytes of the weights. */
  readonly weights: number;
  /** Milliseconds of the first explanation in the process, after one `predict`. */
  readonly firstCall: number | null;
  /** Milliseconds of the first explanation of another copy, by when all code is compiled. */
  readonly firstCallOfAnother: number | null;
  /** How many shaders the first one compiled; null where the backend has none. */
  readonly firstShaders: number | null;
  /** Milliseconds of the very first `predict`. */
  readonly firstPredict: number | null;
  /** What `overrideActivations` costs. */
  readonly clone: Clone | null;
  /** What computes: a GPU's name, a number of threads, or TensorFlow's version. */
  readonly device: string | null;
}

/** The cost of a copy of a model. */
export interface Clone {
  readonly milliseconds: Summary;
  readonly bytes: number;
  readonly tensors: number;
}

/** A job with what it found. */
export interface Row extends Findings {
  readonly job: Job;
}

/** What a job tells while it runs. */
export type News = { readonly doing: MeasureName } | { readonly found: Findings };

/** Whether a renderer computes on the CPU: its times say nothing about a GPU. */
export function isSoftware(device: string | null): boolean {
  return /swiftshader|llvmpipe|softpipe|basic render/i.test(device ?? '');
}
