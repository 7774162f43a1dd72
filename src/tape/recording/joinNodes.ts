import { util } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { isReplaced, ownGradientOf } from '../../gradients/gradientOf';
import type { KernelGradient } from '../../gradients/kernelGradient';
import { findActivation } from '../../rules/findActivation';
import type { ReadKernel, Source } from '../../rules/readKernel';
import { readsOf } from '../../rules/readsOf';
import { rectifierOfKernel } from '../../rules/rectifierKinds';
import type { KeptValues } from './keptValues';
import type { RecordingOptions } from './recordingOptions';
import type { TapeNode, Value } from '../tape';

/**
 * One node for the activation of several kernels that ends at a node, where it is under a rule as a whole, or
 * its gradient is another than that of its parts.
 *
 * @param y The output of the last of them.
 * @param isOrdinary Whether it is inside of one of our ops, whose rule is in force.
 */
export function joinedAt(
  last: TapeNode,
  y: Tensor,
  { reach, rules }: RecordingOptions,
  isOrdinary: boolean,
  values: KeptValues,
): TapeNode | undefined {
  const found =
    reach === undefined || reach === 'kernels' ? undefined : findActivation(last, readNode, reach);
  if (!found) return undefined;
  const inner = found.parts;
  const ruleOf = (activation: string | undefined) =>
    activation === undefined || isOrdinary ? undefined : rules?.(activation);
  // a scope's rule is for the kernel as it stands, a copy's for that one rectifier
  const isForeign = inner.some((node) => node.rule && node.rule !== ruleOf(rectifierOfKernel(node.kernel)));
  const input = inner[0]?.inputs[found.input];
  if (isForeign || !input || util.sizeFromShape(input.shape) !== y.size) return undefined;
  const rule = ruleOf(found.activation);
  const isRelu6 = isLayersRelu6(last, inner);
  if (!isRelu6 && inner.every((node) => node.rule === rule)) return undefined;
  const saved = new Map<string, Tensor | Value>();
  if (isRelu6 || (rule && readsOf(rule) !== 'gradients')) saved.set('output', values.keep(y));
  const gradient = isRelu6 ? ownGradientOf('Relu6') : undefined;
  return joinedNode({
    inner,
    input,
    output: last.outputs[0] as Value,
    where: last.where,
    rule,
    saved,
    gradient,
  });
}

/**
 * Whether a clip makes a ReLU6 of a layer's Relu, at whose upper bound nothing goes back, as in Keras: a
 * graph's clip lets pass there what arrives, as in TensorFlow.
 */
function isLayersRelu6({ kernel, attrs, where }: TapeNode, inner: readonly TapeNode[]): boolean {
  return (
    kernel === 'ClipByValue' &&
    attrs['clipValueMax'] === 6 &&
    attrs['clipValueMin'] === 0 &&
    inner.length === 2 &&
    where !== undefined &&
    // a gradient of the user's own is for the kernel as it stands
    !isReplaced('Relu') &&
    !isReplaced('ClipByValue')
  );
}

/** How the finder of activations reads a node of the tape: most by their kernel's name alone. */
export function readNode(node: TapeNode): ReadKernel<TapeNode> {
  const { kernel, attrs, where, numbers } = node;
  return {
    kernel,
    attrs,
    where,
    get inputs() {
      const sources: Record<string, Source<TapeNode>> = {};
      for (const [name, value] of Object.entries(node.inputs)) {
        sources[name] = { value, producer: value.producer ?? undefined };
      }
      return sources;
    },
    number: (name) => numbers[name],
  };
}

/** What is known of an activation made of several kernels. */
export interface Joined extends Pick<TapeNode, 'inner' | 'where' | 'rule' | 'saved'> {
  readonly inner: readonly TapeNode[];
  readonly input: Value;
  readonly output: Value;
  /** The gradient of a kernel that it comes to. */
  readonly gradient?: KernelGradient | undefined;
  /** One of our ops, which can be run again. */
  readonly op?: (x: Tensor) => Tensor;
}

/** One node for an activation made of several kernels. */
export function joinedNode({ input, output, inner, gradient, op, ...rest }: Joined): TapeNode {
  return {
    ...rest,
    kernel: gradient?.kernel ?? 'activation',
    attrs: {},
    list: false,
    shapes: { x: input.shape },
    inputs: { x: input },
    outputs: [output],
    gradient,
    ruled: 'x',
    // whether each number comes from one is not known of somebody's op, but of what the finder finds
    isElementwise: op === undefined || inner.every(({ isElementwise }) => isElementwise),
    inner: gradient ? undefined : inner,
    numbers: {},
    forms: undefined,
    fusedIn: undefined,
    op,
  };
}
