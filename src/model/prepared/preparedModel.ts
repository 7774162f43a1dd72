import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { tidied } from '../../gradients/tidied';
import type { Inputs } from '../inputs';
import { isTensor } from '../inputs';
import type { GraphModelLike } from '../modelKinds';
import type { Network, Outputs, Place } from '../network';
import { KeptForms } from './forms';
import { fuseKernels } from './fuseKernels';
import type { Program } from './program';
import { NotTraceable, traceKernels } from './traceKernels';
import type { Trace } from './traceKernels';

/** A program with the tensors that it runs on. */
export interface Ready {
  readonly program: Program;
  readonly trace: Trace;
  readonly forms: KeptForms;
  readonly backend: string;
  /** The outputs in the structure in which `predict` gives them. */
  readonly rebuild: (tensors: readonly Tensor[]) => Outputs;
  readonly outputs: number;
}

/** How many sets of input shapes and places are kept ready at once. */
const MOST = 4;

/**
 * A model made ready to be explained over and over: what `prepare` returns.
 *
 * Taken wherever a model is taken. It holds tensors made of the weights; `dispose` frees them.
 */
export class PreparedModel {
  private readonly ready = new Map<string, Ready>();
  private disposed = false;

  /** Made by `prepare`. */
  constructor(
    /** The model that was prepared, which stays the user's. */
    readonly model: LayersModel | GraphModelLike,
  ) {}

  /** Whether `dispose` was called. */
  get isDisposed(): boolean {
    return this.disposed;
  }

  /** Frees what the preparation made; the model stays as it is. Calling it again does nothing. */
  dispose(): void {
    this.disposed = true;
    for (const key of [...this.ready.keys()]) this.drop(key);
  }

  /**
   * The program for such inputs and places, made now if it is not there, or if a weight or the backend has changed.
   *
   * @internal
   */
  readyFor(network: Network, backend: string, x: Inputs, tensors: readonly Tensor[], places: readonly Place[]): Ready | undefined {
    const key = [...tensors.map(({ shape, dtype }) => `${dtype}[${shape.join()}]`), ...places.map((place) => place.key)].join(' ');
    const known = this.ready.get(key);
    if (known && isFresh(known, backend)) return known;
    this.drop(key);
    for (const [old, { trace }] of this.ready) if (!weightsAreFresh(trace)) this.drop(old);
    const [oldest] = this.ready.keys();
    if (oldest !== undefined && this.ready.size >= MOST) this.drop(oldest);
    const made = makeReady(network, backend, x, tensors, places);
    if (made) this.ready.set(key, made);
    return made;
  }

  private drop(key: string): void {
    const ready = this.ready.get(key);
    ready?.forms.dispose();
    for (const handle of ready?.trace.handles ?? []) handle.dispose();
    this.ready.delete(key);
  }
}

function isFresh({ trace, backend }: Ready, now: string): boolean {
  return backend === now && weightsAreFresh(trace);
}

function weightsAreFresh({ weights }: Trace): boolean {
  return weights.every(({ variable, dataId }) => !variable.isDisposed && variable.dataId === dataId);
}

function makeReady(
  network: Network,
  backend: string,
  x: Inputs,
  tensors: readonly Tensor[],
  places: readonly Place[],
): Ready | undefined {
  let rebuild: Ready['rebuild'] = ([y]) => y as Tensor;
  let count = 1;
  try {
    return tidied(() => {
      const trace = traceKernels(tensors, () => {
        const { outputs, found } = network.run(x, tensors, places);
        const list = listOf(outputs);
        count = list.length;
        rebuild = rebuilder(outputs);
        return [...list, ...found];
      });
      const forms = new KeptForms();
      return { program: fuseKernels(trace.program), trace, forms, backend, rebuild, outputs: count };
    });
  } catch (error) {
    if (error instanceof NotTraceable) return undefined;
    throw error;
  }
}

function listOf(outputs: Outputs): Tensor[] {
  return isTensor(outputs) ? [outputs] : Array.isArray(outputs) ? outputs : Object.values(outputs);
}

function rebuilder(outputs: Outputs): Ready['rebuild'] {
  if (isTensor(outputs)) return ([y]) => y as Tensor;
  if (Array.isArray(outputs)) return (tensors) => [...tensors];
  const names = Object.keys(outputs);
  return (tensors) => Object.fromEntries(names.map((name, i) => [name, tensors[i] as Tensor]));
}
