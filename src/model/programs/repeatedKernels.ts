import { keep } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { secondHandle } from '../../backends/secondHandle';
import { listOf } from '../../tape/runKernel';

/** From how many numbers on it takes less to hold what a kernel gave than to run it again. */
const FROM = 1 << 12;

/**
 * Kernels of weights alone that a model runs over and over: each step of a GRU splits the same matrix anew,
 * for which TF.js's cpu backend takes forty times as long as for all else. What they gave is held from the
 * second time on: what runs but once, as a filter that is unpacked, takes no memory for longer than it did.
 */
export class RepeatedKernels {
  private readonly seen = new Set<string>();
  private readonly held = new Map<string, Tensor | Tensor[]>();

  /** What a kernel gives: what it gave before, where that is held. */
  once(key: string, run: () => Tensor | Tensor[], hidden: <T>(body: () => T) => T): Tensor | Tensor[] {
    const before = this.held.get(key);
    // whoever runs the model may dispose what it is given
    if (before) return hidden(() => each(before, secondHandle));
    const outputs = run();
    const isLarge = listOf(outputs).some(({ size }) => size >= FROM);
    if (isLarge && this.seen.has(key)) {
      const held = hidden(() => each(outputs, (y) => keep(secondHandle(y))));
      this.held.set(key, held);
    }
    this.seen.add(key);
    return outputs;
  }

  /** Frees what is held. */
  dispose(): void {
    for (const outputs of this.held.values()) for (const y of listOf(outputs)) y.dispose();
    this.held.clear();
  }
}

function each(outputs: Tensor | Tensor[], make: (y: Tensor) => Tensor): Tensor | Tensor[] {
  return Array.isArray(outputs) ? outputs.map(make) : make(outputs);
}
