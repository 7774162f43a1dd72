import { add, div, mul, neg, reshape, rsqrt, scalar, sub, util } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { savedOf } from '../../tape/tape';
import type { TapeNode, Value } from '../../tape/tape';

/*
 * What stands between a layer's weights and its activation: the bias, and a batch norm, as one kernel or as
 * graphs write it, one product and one sum. All of them are y = s z + t with a number s and t for each
 * channel, and so part of the layer: w′ = s w, b′ = t.
 */

/** `y = scale z + shift`, `[channels]` each, or `[1]`; undefined for 1 and 0. */
export interface Affine {
  readonly scale: Tensor | undefined;
  /** Or `[batch, channels]`, as of what a recurrent layer makes of its first state. */
  readonly shift: Tensor | undefined;
}

/**
 * What constants make of a value before anything else reads it.
 *
 * @param axis Which of its axes the channels are on.
 */
export function affineBehind(value: Value, axis: number, onPath: ReadonlySet<TapeNode>): Affine {
  let [scale, shift]: [Tensor | undefined, Tensor | undefined] = [undefined, undefined];
  for (let at: At | undefined = { value, axis }; at;) {
    const [reader, ...others]: TapeNode[] = [
      ...new Set(at.value.consumers.filter((node) => onPath.has(node))),
    ];
    if (!reader || others.length > 0 || Object.keys(reader.inputs).length !== 1) break;
    const step: Step | undefined = moved(reader, at) ?? affineStep(reader, at, value);
    if (!step) break;
    const { factor, offset } = step;
    if (factor) [scale, shift] = [scale ? mul(scale, factor) : factor, shift && mul(shift, factor)];
    if (offset) shift = shift ? add(shift, offset) : offset;
    at = { value: reader.outputs[0] as Value, axis: step.axis };
  }
  return { scale, shift };
}

/** A value, and the axis of its channels. */
interface At {
  readonly value: Value;
  readonly axis: number;
}

interface Step {
  readonly axis: number;
  readonly factor?: Tensor | undefined;
  readonly offset?: Tensor | undefined;
}

/** Channels that come to lie elsewhere; undefined where they do not stay together. */
function moved({ kernel, attrs, outputs }: TapeNode, { value: { shape }, axis }: At): Step | undefined {
  if (kernel === 'Transpose') return { axis: (attrs['perm'] as number[]).indexOf(axis) };
  if (!['Reshape', 'ExpandDims', 'Identity'].includes(kernel)) return undefined;
  const to = outputs[0]?.shape ?? [];
  const before = (of: readonly number[], i: number) => util.sizeFromShape(of.slice(0, i));
  const found = to.findIndex((size, i) => size === shape[axis] && before(to, i) === before(shape, axis));
  return found === -1 ? undefined : { axis: found };
}

/** @param start What the layer itself gave. */
function affineStep(node: TapeNode, at: At, start: Value): Step | undefined {
  const { kernel, inputs, shapes, outputs, attrs } = node;
  const [active] = Object.keys(inputs);
  const { axis } = at;
  if (!util.arraysEqual(outputs[0]?.shape ?? [], at.value.shape)) return undefined;
  const constant = (name: string) => (name in shapes ? perChannel(savedOf(node, name), at) : undefined);
  if (kernel === 'FusedBatchNorm')
    return active === 'x' ? ofBatchNorm(constant, shapes, attrs, axis) : undefined;
  if (kernel === 'BiasAdd') {
    const bias = savedOf(node, 'bias');
    const isFirst = attrs['dataFormat'] === 'NCHW' && bias.rank === 1 && axis === 1;
    const offset = isFirst ? bias : constant('bias');
    return offset && { axis, offset };
  }
  const name = active === 'a' ? 'b' : 'a';
  const isOffset = kernel === 'Add' || (kernel === 'Sub' && active === 'a');
  const ofEach = isOffset && name in shapes ? perSample(savedOf(node, name), at, start) : undefined;
  const other = constant(name) ?? ofEach;
  if (!other || (active !== 'a' && active !== 'b')) return undefined;
  if (kernel === 'Add') return { axis, offset: other };
  if (kernel === 'Multiply') return { axis, factor: other };
  if (kernel === 'RealDiv') return active === 'a' ? { axis, factor: div(1, other) } : undefined;
  if (kernel !== 'Sub') return undefined;
  return active === 'a'
    ? { axis, offset: neg(other) }
    : { axis, factor: reshape(scalar(-1), [1]), offset: other };
}

/** scale (z − mean) / √(variance + ε) + offset. */
function ofBatchNorm(
  constant: (name: string) => Tensor | undefined,
  shapes: TapeNode['shapes'],
  attrs: TapeNode['attrs'],
  axis: number,
): Step | undefined {
  const [mean, variance, scale, offset] = ['mean', 'variance', 'scale', 'offset'].map(constant);
  const isKnown = (name: string, found: Tensor | undefined) => found !== undefined || !(name in shapes);
  if (!mean || !variance || !isKnown('scale', scale) || !isKnown('offset', offset)) return undefined;
  const root = rsqrt(add(variance, Number(attrs['varianceEpsilon'] ?? 1e-3)));
  const factor = scale ? mul(scale, root) : root;
  const shift = neg(mul(mean, factor));
  return { axis, factor, offset: offset ? sub(offset, mul(mean, factor)) : shift };
}

/**
 * A constant as a number for each channel of a value, `[channels]`, or one for all; undefined where it is
 * more.
 */
function perChannel(constant: Tensor, { value: { shape }, axis }: At): Tensor | undefined {
  if (constant.size === 1) return reshape(constant, [1]);
  const ahead = shape.length - constant.rank;
  const isOfChannels = constant.shape.every((size, i) => size === 1 || i + ahead === axis);
  return ahead >= 0 && isOfChannels ? reshape(constant, [-1]) : undefined;
}

/**
 * A constant as a number for each sample and channel, `[batch, channels]`; undefined where it is not, or the
 * samples are not on the first axis of what the layer gave, but for axes of 1. Of a single sample it is
 * one for each channel.
 */
function perSample(constant: Tensor, { value: { shape }, axis }: At, start: Value): Tensor | undefined {
  const isOfBoth = constant.shape.every((size, i) => size === (i === 0 || i === axis ? shape[i] : 1));
  const isInPlace = util.arraysEqual(withoutLeading(shape), withoutLeading(start.shape));
  if (constant.rank !== shape.length || axis === 0 || !isOfBoth || !isInPlace) return undefined;
  return reshape(constant, [shape[0] as number, -1]);
}

/** A shape without axes of 1 in front. */
function withoutLeading(shape: readonly number[]): number[] {
  const first = shape.findIndex((size) => size !== 1);
  return first === -1 ? [] : shape.slice(first);
}
