import { add, concat, mul, neg, reshape, scalar, split, sum, zeros } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { KernelCall } from '../../gradients/kernelGradient';
import type { TapeNode, Value } from '../../tape/tape';
import { undoBroadcast } from '../../tensors/undoBroadcast';
import type { RelevanceInputs } from '../rules/relevanceRule';
import type { LayerAt } from './layerAt';

/** The terms of a sum that depend on what is explained, along a first axis of their own. */
export function sumAt(node: TapeNode, call: KernelCall): LayerAt {
  const { shape } = node.outputs[0] as Value;
  const whole = (name: string): Tensor => {
    const term = call.saved(name);
    const isTakenOff = node.kernel === 'Sub' && name === 'b';
    const signed = isTakenOff ? neg(term) : term;
    const isWhole = String(term.shape) === String(shape);
    return reshape(isWhole ? signed : add(signed, zeros(shape)), [1, ...shape]);
  };
  const names = Object.keys(node.inputs);
  const constants = Object.keys(node.shapes).filter((name) => !names.includes(name));
  const inputs: RelevanceInputs = {
    x: concat(names.map(whole), 0),
    filter: scalar(1),
    ...(constants.length > 0 && { bias: sum(concat(constants.map(whole), 0), 0) }),
  };
  return {
    inputs,
    again: ({ x = inputs.x, filter, bias = inputs.bias ?? null }) => {
      const total = sum(filter ? mul(x as Tensor, filter) : (x as Tensor), 0);
      return bias ? add(total, bias) : total;
    },
    back: (arriving, { filter } = {}) => {
      const each = filter ? mul(arriving, filter) : arriving;
      const one = reshape(each, [1, ...shape]);
      return concat(
        names.map(() => one),
        0,
      );
    },
  };
}

/** What terms have along that first axis, for each term by its name. */
export function byTerm(node: TapeNode, shares: Tensor): Readonly<Record<string, Tensor>> {
  const { shape } = node.outputs[0] as Value;
  const names = Object.keys(node.inputs);
  const parts = names.length === 1 ? [shares] : split(shares, names.length);
  return Object.fromEntries(
    names.map((name, i) => [
      name,
      undoBroadcast(reshape(parts[i] as Tensor, shape), (node.inputs[name] as Value).shape),
    ]),
  );
}
