import type { LoadedModel } from '../modelKinds';
import { NETWORK } from '../network';
import type { Network } from '../network';
import { LastingPrograms } from './lastingPrograms';
import { programNetwork } from './programNetwork';
import { ours } from '../../errors/door';

/**
 * A model made ready to be explained over and over: what `prepare` returns.
 *
 * Taken wherever a model is taken. It holds tensors made of the weights; `dispose` frees them.
 */
export class PreparedModel {
  private readonly programs = new LastingPrograms();
  private disposed = false;

  /** Made by `prepare`. */
  constructor(
    /** The model that was prepared, which stays the user's. */
    readonly model: LoadedModel,
  ) {}

  /** Whether `dispose` was called. */
  get isDisposed(): boolean {
    return this.disposed;
  }

  /** Frees what the preparation made; the model stays as it is. Calling it again does nothing. */
  dispose(): void {
    this.disposed = true;
    this.programs.clear();
  }

  /**
   * The network that runs the programs, in front of the model's own.
   *
   * @internal
   */
  [NETWORK](network: Network): Network {
    if (this.disposed) throw ours(new Error(`the prepared model is disposed; prepare the model again`));
    return programNetwork(network, this.programs);
  }

  /**
   * Runs `body` while this model's kept tensors are others, which hold no numbers and are freed after it.
   *
   * @internal
   */
  apart(body: () => void): void {
    this.programs.apart(body);
  }
}
