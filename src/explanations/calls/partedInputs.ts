import { tile } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { isTensor } from '../../backends/isTensor';
import { ours } from '../../errors/door';
import { listInputs } from '../../model/inputs';
import type { Inputs } from '../../model/inputs';
import type { Network } from '../../model/network';
import { isInteger } from '../explainer/findEnds';
import type { Leading } from '../explainer/leadingIn';
import { mapTensors, partAt, sampleCount, tensorsIn, without } from '../inputs/structure';

/** An input of which some tensors are changed in each pass, while others, of integers, stay as they are. */
export interface PartedInputs {
  /** All of it, by name in the model's order, in which maps come. */
  readonly whole: Inputs;
  /** The numbers of the tensors that stay. */
  readonly held: ReadonlySet<number>;
  /** Those that are changed: of a list with holes where others stay. */
  readonly x: Inputs;
}

/** Refuses an input of integers alone where it is to be changed: between two of them is nothing. */
export function checkChangeable(network: Network): void {
  const infos = network.inputs ?? [];
  if (infos.length > 0 && infos.every((_, i) => isInteger(network, i))) {
    throw ours(new Error(nothingBetween(network, 0)));
  }
}

/**
 * Parts an input: what the model says are integers stays.
 *
 * @param leading How each of several leads to the target: where a gradient is what is asked for, what leads
 *   there as integers alone, such as words to an embedding, stays as well.
 */
export function partedInputs(x: Inputs, network: Network, leading?: readonly Leading[]): PartedInputs {
  const list = listInputs(x, network.inputs);
  const whole = list.rebuild(list.tensors);
  const numbers = list.tensors.map((_, i) => i);
  const stay = numbers.filter((i) => isInteger(network, i) || leading?.[i] === 'integers');
  const held = new Set(stay.length === numbers.length ? [] : stay);
  if (held.size === 0) return { whole, held, x: whole };
  const isMoved = numbers.some((i) => !held.has(i) && leading?.[i] === 'floats');
  const read = stay.find((i) => leading?.[i] !== 'none');
  if (network.inputs && leading && !isMoved && read !== undefined) {
    throw ours(new Error(`the target depends on no input of floats, and ${nothingBetween(network, read)}`));
  }
  return { whole, held, x: without(whole, held) };
}

/** Copies of what is changed, all samples of one after those of another, with what stays beside them. */
export function besideHeld({ whole, held, x }: PartedInputs, copies: Inputs): Inputs {
  if (held.size === 0) return copies;
  const times = sampleCount(copies) / sampleCount(x);
  return mapTensors(whole, (one, i) => {
    if (!held.has(i)) return partAt(copies, whole, i) as Tensor;
    return times === 1 ? one : tile(one, [times, ...one.shape.slice(1).map(() => 1)]);
  });
}

/** Refuses options that have something for what stays, as it would come to nothing. */
export function checkLeftOut({ whole, held }: PartedInputs, options: object): void {
  for (const [name, option] of Object.entries(options) as [string, unknown][]) {
    for (const structure of [option, ...(Array.isArray(option) ? (option as unknown[]) : [])]) {
      tensorsIn(whole).forEach((one, i) => {
        const given = held.has(i) && !isTensor(structure) ? partAt(structure, whole, i) : undefined;
        if (!isTensor(given) || given === one) return;
        const key = Object.keys(whole)[i] as string;
        throw ours(
          new RangeError(
            `expected ${name} to leave out x[${Array.isArray(whole) ? key : `"${key}"`}], which stays as it is, ` +
              `got a tensor of shape [${given.shape.join(', ')}]`,
          ),
        );
      });
    }
  }
}

function nothingBetween(network: Network, input: number): string {
  const { name = '', dtype = '' } = network.inputs?.[input] ?? {};
  const after = network.afterIntegers(input) ?? name;
  const instead =
    network.kind === 'graph'
      ? `explain what they are made into instead, with what stands there as x: { from: "${after}" }`
      : `explain a model that begins behind "${after}"`;
  const what = isInteger(network, input) ? `holds integers (${dtype})` : 'is read as integers';
  return `input "${name}" ${what}, and there is nothing between two of them; ${instead}`;
}
