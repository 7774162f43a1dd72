import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Inputs } from '../inputs';
import type { GraphModelLike } from '../modelKinds';
import { NETWORK } from '../network';
import type { Network, Place } from '../network';
import { preparedNetwork } from './preparedNetwork';
import { isFresh, makeReady, weightsAreFresh } from './ready';
import type { Ready } from './ready';

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
   * The network that runs the program, in front of the model's own.
   *
   * @internal
   */
  [NETWORK](caller: string, network: Network): Network {
    return preparedNetwork(caller, this, network);
  }

  /**
   * The program for such inputs and places, made now if it is not there, or if a weight or the backend has
   * changed.
   *
   * @internal
   */
  readyFor(
    network: Network,
    backend: string,
    x: Inputs,
    tensors: readonly Tensor[],
    places: readonly Place[],
  ): Ready | undefined {
    const key = [
      ...tensors.map(({ shape, dtype }) => `${dtype}[${shape.join()}]`),
      ...places.map((place) => place.key),
    ].join(' ');
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
