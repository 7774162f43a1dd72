import { add, mul, reshape, scalar } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { outputName } from '../../gradients/gradientOf';
import type { KernelCall } from '../../gradients/kernelGradient';
import { weightOf } from '../../gradients/weight';
import { runKernel } from '../../tape/runKernel';
import type { TapeNode, Value } from '../../tape/tape';
import type { RelevanceAt, RelevanceInputs } from '../rules/relevanceRule';
import { affineBehind } from './affineBehind';
import { gradientThunks } from './gradientThunks';
import type { WeightedKernel } from './weightedKernels';

/** A layer that a rule may run again: what goes in, and what it makes of that. */
export type LayerAt = Pick<RelevanceAt, 'inputs' | 'again' | 'back'>;

/** A layer with weights, and with the bias and the batch norm behind it. */
export function weightedLayerAt(
  node: TapeNode,
  call: KernelCall,
  { x, filter, channelAxis, perChannel }: WeightedKernel,
  onPath: ReadonlySet<TapeNode>,
): LayerAt {
  const y = node.outputs[0] as Value;
  const { scale, shift } = affineBehind(y, channelAxis, onPath);
  const shaped = (numbers: Tensor, shape: number[]) =>
    numbers.size === 1 ? reshape(numbers, []) : reshape(numbers, shape);
  const weights = call.saved(filter);
  const inputs: RelevanceInputs = {
    x: call.saved(x),
    filter: scale ? mul(weights, shaped(scale, perChannel(scale.size))) : weights,
    ...(shift && { bias: biasFrom(shift, y.shape, channelAxis) }),
  };
  const named = (given: Given) => ({ [x]: given.x ?? inputs.x, [filter]: given.filter ?? inputs.filter });
  return {
    inputs,
    again: (given: Given) => {
      const z = first(runKernel(node, ordered(node, named(given))));
      const bias = given.bias === undefined ? inputs.bias : given.bias;
      return bias ? add(z, bias) : z;
    },
    back: (arriving, given: Given = {}) => gradientAt(node, call, x, arriving, named(given)),
  };
}

/** A number for each channel, perhaps for each sample, in a shape that broadcasts against the output. */
function biasFrom(shift: Tensor, shape: readonly number[], channelAxis: number): Tensor {
  if (shift.size === 1) return reshape(shift, []);
  const behind = shape.slice(channelAxis + 1).map(() => 1);
  const channels = shift.shape[shift.rank - 1] as number;
  if (shift.rank === 1) return reshape(shift, [channels, ...behind]);
  const samples = shape.findIndex((size) => size !== 1);
  const between = shape.slice(samples + 1, channelAxis).map(() => 1);
  return reshape(shift, [shift.shape[0], ...between, channels, ...behind]);
}

/** A kernel without weights, of one input that depends on what is explained. */
export function plainLayerAt(node: TapeNode, call: KernelCall): LayerAt {
  const [name] = Object.keys(node.inputs) as [string];
  const inputs: RelevanceInputs = { x: call.saved(name), filter: scalar(1) };
  const others = Object.keys(node.shapes).filter((other) => other !== name);
  const named = ({ x = inputs.x, filter }: Given) => ({
    ...Object.fromEntries(others.map((other) => [other, call.saved(other)])),
    [name]: filter ? mul(x as Tensor, filter) : (x as Tensor),
  });
  return {
    inputs,
    again: (given: Given) => first(runKernel(node, ordered(node, named(given)))),
    back: (arriving, given: Given = {}) => {
      const dx = gradientAt(node, call, name, arriving, named(given));
      return given.filter ? mul(dx, given.filter) : dx;
    },
  };
}

/** What a layer is given in place of its own. */
interface Given {
  readonly x?: Tensor | null;
  readonly filter?: Tensor | null;
  readonly bias?: Tensor | null;
}

/** The inputs of a node in its own order, which a list of them depends on. */
function ordered(node: TapeNode, named: Readonly<Record<string, Tensor | null>>): Record<string, Tensor> {
  return Object.fromEntries(Object.keys(node.shapes).map((name) => [name, named[name] as Tensor]));
}

/** The ordinary gradient of a node to one input, had it run on other ones. */
export function gradientAt(
  node: TapeNode,
  call: KernelCall,
  to: string,
  arriving: Tensor,
  inputs: Readonly<Record<string, Tensor | null>>,
): Tensor {
  const saved = (name: string): Tensor => {
    const given = inputs[name];
    if (given) return given;
    return name === outputName(0) ? first(runKernel(node, ordered(node, inputs))) : call.saved(name);
  };
  const weight: KernelCall['weight'] = (name, ...others) =>
    weightOf(
      undefined,
      node.shapes[name] as number[],
      () => saved(name),
      ...others.map((one) => () => saved(one)),
    );
  const thunk = gradientThunks(node, { ...call, dys: [arriving], saved, weight })[to];
  if (!thunk) throw new Error(`internal: ${node.kernel} has no gradient to "${to}"`);
  return thunk();
}

const first = ([y]: readonly Tensor[]): Tensor => y as Tensor;
