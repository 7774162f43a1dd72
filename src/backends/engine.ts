import { engine } from '@tensorflow/tfjs-core';
import type { NamedAttrMap, Tensor } from '@tensorflow/tfjs-core';

/**
 * A kernel that TF.js is about to run. `inputs` is a record by name, or a list (`Concat`, `Pack`, `AddN`).
 */
export interface KernelInvocation {
  readonly kernelName: string;
  readonly inputs: Readonly<Record<string, Tensor | undefined | null>>;
  readonly attrs?: NamedAttrMap;
  /** The kernel of the model that this one, of ours, is run in the place of. */
  readonly standsFor?: KernelInvocation;
}

type Saver = (tensors: Tensor[]) => void;

/** A `tf.customGrad` that TF.js is about to run. */
export interface CustomGradInvocation {
  readonly kernelName?: undefined;
  readonly forwardFunc: (backend: unknown, save: Saver) => Tensor;
  readonly backwardsFunc: (dy: Tensor, saved: Tensor[]) => Record<string, () => Tensor>;
  readonly inputs: Readonly<Record<string, Tensor>>;
}

/**
 * What TF.js's engine hands every kernel and every `tf.customGrad` to: one function, which a recording stands
 * in front of.
 */
export type RunKernelFunc = (invocation: KernelInvocation | CustomGradInvocation) => Tensor | Tensor[];

/** `tf.grad`, `tf.grads`, `tf.valueAndGrad`, `tf.variableGrads` and the optimizers all end here. */
export type Gradients = (
  f: () => Tensor,
  xs: Tensor[],
  dy?: Tensor | null,
  allowNoGradients?: boolean,
) => { value: Tensor; grads: (Tensor | null)[] };

/** A backend of TF.js that holds tensors; those for WebGL and WebGPU tell where. */
interface Home {
  getDataInfo?(dataId: object): { readonly texture?: object | null };
  readonly tensorMap?: {
    get(dataId: object): { readonly resource?: object | null; readonly values?: object | null };
  };
}

/**
 * The part of TF.js's engine that we use. It is one object a page, whatever number of TF.js copies is loaded.
 */
export interface Engine {
  readonly state: {
    /** Of each tensor in use, by its data id. */
    readonly tensorInfo: WeakMap<object, { readonly backend: Home }>;
    readonly gradientDepth: number;
    readonly activeScope: { readonly name: string; readonly id: number } | null;
    /** From the outermost to the active one. TF.js's way back runs in one named `backward`, as ours does. */
    readonly scopeStack: readonly { readonly name: string }[];
  };
  runKernelFunc: RunKernelFunc;
  gradients: Gradients;
  keep<T extends Tensor>(tensor: T): T;
  /** What `dataSync` and its relatives end in. */
  readSync(dataId: object): unknown;
  /** The id of a tensor to come; those of all later ones are above it. */
  nextTensorId(): number;
}

/** TF.js's engine, seen with the members that its types hide. */
export function tfEngine(): Engine {
  return engine() as unknown as Engine;
}

/** The backend that holds a tensor in use; none for one of another realm, or of a second engine there. */
export function homeOf({ dataId }: Tensor): Home | undefined {
  return tfEngine().state.tensorInfo.get(dataId)?.backend;
}

/** Whether a tensor's numbers are on a GPU, and nowhere else: what was not uploaded yet, or was read, is. */
export function isOnGpuAlone({ dataId }: Tensor, home: Home): boolean {
  if (home.getDataInfo) return !!home.getDataInfo(dataId).texture;
  const data = home.tensorMap?.get(dataId);
  return !!data?.resource && !data.values;
}

/**
 * Runs `body` with `front` before the engine's one door for kernels, which is open again however it ends.
 *
 * @param front Is given each invocation, and the way on.
 */
export function inFrontOfKernels<T>(
  front: (invocation: KernelInvocation | CustomGradInvocation, pass: RunKernelFunc) => Tensor | Tensor[],
  body: () => T,
): T {
  const engine = tfEngine();
  const hadOwn = Object.prototype.hasOwnProperty.call(engine, 'runKernelFunc');
  const before = engine.runKernelFunc;
  const pass: RunKernelFunc = (invocation) => before.call(engine, invocation);
  engine.runKernelFunc = (invocation) => front(invocation, pass);
  try {
    return body();
  } finally {
    if (hadOwn) engine.runKernelFunc = before;
    else delete (engine as Partial<typeof engine>).runKernelFunc;
  }
}

/**
 * Whether a tensor was made in the innermost scope, or handed up to it, and may be disposed once it is used
 * up.
 */
export function isOwnedByScope(tensor: Tensor): boolean {
  const { activeScope } = tfEngine().state;
  return !tensor.kept && (tensor as Tensor & { scopeId?: number }).scopeId === activeScope?.id;
}
