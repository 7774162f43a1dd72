import { reshape, util } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { deconv } from '../rules/deconv';
import { guided } from '../rules/guided';
import { applyRule } from '../rules/applyRule';
import { positivePart } from '../gradients/rectifiers/gate';
import type { Through } from '../gradients/kernelGradient';
import { CLIPS, RECTIFIERS } from '../rules/rectifierKinds';
import { savedOf } from './tape';
import type { TapeNode, Value } from './tape';

/**
 * What leaves a rectifier: under the rule in force there, with the clip behind it taken as part of it.
 *
 * @param throughClip The ordinary gradient through that clip.
 */
export function rectify(
  node: TapeNode,
  dy: Tensor,
  ordinary: Through,
  y: () => Tensor,
  throughClip: (clip: TapeNode, dy: Tensor) => Tensor,
): Tensor {
  const { rule, clippedBy: clip } = node;
  const plain: Through = clip
    ? (d, cut) => ordinary(throughClip(clip, cut ? positivePart(d) : d), false)
    : ordinary;
  if (!rule) return plain(dy, false);
  // the library's own rules in one pass, where that can be: dx where dy > 0 is the gradient of what is
  // positive
  if (rule === guided && isElementwise(node)) return plain(dy, true);
  if (rule === deconv) return positivePart(dy);
  const shape = shapeSeen(node) ?? dy.shape;
  const at = {
    dy: reshape(dy, shape),
    dx: () => inShape(plain(dy, false), dy.shape, shape),
    y: () => inShape(clip ? savedOf(clip, 'output') : y(), dy.shape, shape),
  };
  // a rule in scope may be put at any kernel, also at one that changes the shape
  const input = isFused(node) ? dy.shape : (node.inputs[node.ruled] as Value).shape;
  return inShape(applyRule(rule, at, util.arraysEqual(input, dy.shape) ? shape : input), shape, dy.shape);
}

/**
 * Whether each value of the output comes from one value of the input, as a rule of our own may take for
 * granted.
 */
function isElementwise(node: TapeNode): boolean {
  const kernels = node.inner ?? [node];
  return kernels.every((inner) => RECTIFIERS.has(inner.kernel) || CLIPS.has(inner.kernel) || isFused(inner));
}

/**
 * The shape that TF.js's `matMul` makes of a product with an activation, which it runs with one axis more in
 * front.
 */
function shapeSeen(node: TapeNode): number[] | undefined {
  const product = node.kernel === '_FusedMatMul' ? node : node.inputs[node.ruled]?.producer;
  if (product?.kernel !== '_FusedMatMul') return undefined;
  return node.outputs[0]?.consumers.find(({ kernel }) => kernel === 'Reshape')?.outputs[0]?.shape;
}

/** `x` in the shape `to`, where it has the shape `from`; left alone where it has another. */
function inShape(x: Tensor, from: number[], to: number[]): Tensor {
  return util.arraysEqual(x.shape, from) ? reshape(x, to) : x;
}

/** Whether a node is a kernel with an activation in it. */
export function isFused(node: TapeNode): boolean {
  return 'activation' in node.attrs && node.kernel !== 'rectifier';
}
