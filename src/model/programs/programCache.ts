import { getBackend } from '@tensorflow/tfjs-core';
import type { Network, Run } from '../network';
import type { Pays } from './fusing/foldBatchNorms';
import { makeProgram } from './makeProgram';
import type { ModelProgram } from './makeProgram';
import { ProgramForms } from './programForms';

/** How many programs of a model are kept at once: for so many sets of input shapes, outputs and places. */
const MOST = 8;

interface Entry {
  /** None where the model cannot be run as a program. */
  readonly made: ModelProgram | undefined;
  /** What lasts of it. */
  readonly forms: ProgramForms | undefined;
  readonly backend: string;
  readonly structure: readonly unknown[];
}

/** The programs of one model, each made when it is first asked for, and anew once it is stale. */
export class ProgramCache {
  private readonly entries = new Map<string, Entry>();

  /** @param lasting Whether the tensors made of the weights are kept with the programs. */
  constructor(private readonly lasting: boolean) {}

  /**
   * The program for such inputs, outputs and places, with its tensors; undefined where the model has none.
   *
   * @param structure The network's, now.
   */
  find(
    network: Network,
    structure: readonly unknown[],
    run: Run,
  ): { made: ModelProgram; forms: ProgramForms } | undefined {
    const key = keyOf(run);
    let entry = this.entries.get(key);
    if (!entry || !this.isFresh(entry, structure)) {
      this.dropStale(structure);
      const made = makeProgram(network, run, this.lasting ? whereLasting : whereCheap);
      const forms = made && this.lasting ? new ProgramForms(true) : undefined;
      entry = { made, forms, backend: getBackend(), structure };
      this.entries.set(key, entry);
    }
    const { made, forms } = entry;
    return made && { made, forms: forms ?? new ProgramForms(false) };
  }

  /** Forgets all programs, and frees what was kept with them. */
  clear(): void {
    for (const key of [...this.entries.keys()]) this.drop(key);
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
      backend === getBackend() &&
      structure.length === now.length &&
      structure.every((part, i) => Object.is(part, now[i])) &&
      (made?.weights ?? []).every(
        ({ tensor, dataId }) => !tensor.isDisposed && (!this.lasting || tensor.dataId === dataId),
      )
    );
  }
}

/**
 * On a GPU nothing is folded: it saves little there, and a batch norm that subtracts the mean first is the
 * more exact. In networks of millions of rectifiers some are so near their kink that this decides.
 */
const whereLasting: Pays = () => ['cpu', 'wasm'].includes(getBackend());

/**
 * Whether a filter that is made with each call pays: a folded batch norm saves passes over the output, and
 * wasm packs each new filter for its loops, at about 2.5 times the price of such passes, number by number.
 */
const whereCheap: Pays = (filter, output) =>
  getBackend() === 'wasm' ? filter < 0.4 * output : getBackend() === 'cpu';

function keyOf({ tensors, outputs, places }: Run): string {
  const inputs = tensors.map(({ shape, dtype }) => `${dtype}[${shape.join()}]`);
  return [...inputs, outputs, ...places.map(({ key }) => key)].join(' ');
}
