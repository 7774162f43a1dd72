import { keep, tensor } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { isTensor } from '../../backends/isTensor';
import { cellsOf } from '../../explanations/passes/readBack';

/** What tensors hold, to be put on another backend. */
export class HeldTensors {
  private readonly values = new Map<Tensor, Float32Array>();

  /** Reads tensors back; each once, and none of text or complex numbers, which stay where they are. */
  async hold(tensors: Iterable<Tensor>): Promise<void> {
    for (const each of tensors) {
      if (this.values.has(each) || each.dtype === 'string' || each.dtype === 'complex64') continue;
      this.values.set(each, await cellsOf(each));
    }
  }

  /** The same numbers on the backend at work; whoever gets it disposes it. Undefined for what is not held. */
  there(given: Tensor): Tensor | undefined {
    const values = this.values.get(given);
    // a copy: a backend may take the list as its own
    return values && keep(tensor(values.slice(), given.shape, given.dtype));
  }
}

/** How deep in options tensors may be, as in a list of baselines by name; a list may hold itself. */
const DEPTH = 4;

/** The tensors in a value, in lists and plain objects as well. */
export function tensorsWithin(value: unknown, depth = DEPTH): Tensor[] {
  if (isTensor(value)) return [value];
  if (depth === 0 || !isPlain(value)) return [];
  return Object.values(value).flatMap((each) => tensorsWithin(each, depth - 1));
}

/** The same value with other tensors in it. */
export function withTensors(value: unknown, other: (tensor: Tensor) => Tensor, depth = DEPTH): unknown {
  if (isTensor(value)) return other(value);
  if (depth === 0 || !isPlain(value)) return value;
  const inside = (each: unknown) => withTensors(each, other, depth - 1);
  if (Array.isArray(value)) return value.map(inside);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, inside(each)]));
}

function isPlain(value: unknown): value is object {
  if (Array.isArray(value)) return true;
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
