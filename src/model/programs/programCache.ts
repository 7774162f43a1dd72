import { tidy } from '@tensorflow/tfjs-core';
import { currentBackend } from '../../backends/backend';
import type { Recording } from '../../tape/recording/recording';
import type { Found, Network, Run } from '../network';
import type { Pays } from './fusing/foldBatchNorms';
import type { LastingForms } from './lastingForms';
import { makeProgram } from './makeProgram';
import type { ModelProgram } from './makeProgram';
import { ProgramForms } from './programForms';

/** How many programs of a model are kept at once: for so many sets of input shapes, outputs and places. */
const MOST = 8;

/** A program, and what it was made for. */
export interface Entry {
  /** None where the model cannot be run as a program. */
  readonly made: ModelProgram | undefined;
  /** What lasts of it. */
  readonly forms: LastingForms | undefined;
  readonly backend: string;
  readonly structure: readonly unknown[];
}

/** The programs of one model, each made when it is first asked for, and anew once it is stale. */
export class ProgramCache {
  private readonly entries = new Map<string, Entry>();
  /** Whether the tensors made of the weights are kept with the programs. */
  protected readonly lasting: boolean = false;
  /** A filter that is made with each call pays where it saves passes over the output. */
  protected readonly pays: Pays = (filter, output) => filter < currentBackend().foldsUpTo * output;

  /**
   * The program for such inputs, outputs and places, with its tensors; undefined where none was made.
   *
   * @param structure The network's, now.
   */
  find(
    network: Network,
    structure: readonly unknown[],
    run: Run,
  ): { made: ModelProgram; forms: ProgramForms } | undefined {
    const entry = this.entries.get(keyOf(network, run));
    if (!entry?.made || !this.isFresh(entry, structure)) return undefined;
    return { made: entry.made, forms: this.formsOf(entry) };
  }

  /** Runs a model that has no program yet, and keeps the one that is made of what ran. */
  run(network: Network, structure: readonly unknown[], run: Run, recording: Recording): Found {
    // one that has none is not tried again
    if (this.isTried(network, structure, run)) return network.run(run, recording);
    return this.make(network, structure, run, recording);
  }

  /** Runs a model for nothing but its program, if it has none yet. */
  write(network: Network, structure: readonly unknown[], run: Run): void {
    if (this.isTried(network, structure, run)) return;
    tidy(() => {
      this.make(network, structure, run);
    });
  }

  private isTried(network: Network, structure: readonly unknown[], run: Run): boolean {
    const known = this.entries.get(keyOf(network, run));
    return known !== undefined && this.isFresh(known, structure);
  }

  private make(network: Network, structure: readonly unknown[], run: Run, recording?: Recording): Found {
    this.dropStale(structure);
    const { ran, made } = makeProgram(network, { ...run, inSequences: true }, recording, this.pays);
    const forms = made && this.newForms();
    this.entries.set(keyOf(network, run), { made, forms, backend: currentBackend().name, structure });
    return ran;
  }

  /** Forgets all programs, and frees what was kept with them. */
  clear(): void {
    for (const key of [...this.entries.keys()]) this.drop(key);
  }

  /** The tensors that a program is run with. */
  protected formsOf({ forms }: Entry): ProgramForms {
    return forms ?? new ProgramForms();
  }

  /** Those that last. */
  protected newForms(): LastingForms | undefined {
    return undefined;
  }

  private dropStale(structure: readonly unknown[]): void {
    for (const [key, entry] of [...this.entries]) if (!this.isFresh(entry, structure)) this.drop(key);
    const [oldest] = this.entries.keys();
    if (oldest !== undefined && this.entries.size >= MOST) this.drop(oldest);
  }

  private drop(key: string): void {
    this.entries.get(key)?.forms?.dispose();
    this.entries.delete(key);
  }

  /** What is made of the weights with each call need not know that they have changed. */
  private isFresh({ made, backend, structure }: Entry, now: readonly unknown[]): boolean {
    return (
      backend === currentBackend().name &&
      structure.length === now.length &&
      structure.every((part, i) => Object.is(part, now[i])) &&
      (made?.weights ?? []).every(
        ({ tensor, dataId }) => !tensor.isDisposed && (!this.lasting || tensor.dataId === dataId),
      )
    );
  }
}

function keyOf({ from = '' }: Network, { tensors, outputs, places }: Run): string {
  const inputs = tensors.map(({ shape, dtype }) => `${dtype}[${shape.join()}]`);
  return [from, ...inputs, outputs, ...places.map(({ key }) => key)].join(' ');
}
