import { util } from '@tensorflow/tfjs-core';
import type { GradientRule } from '../rules/rule';
import { CLIPS, RESHAPES } from '../rules/rectifierKinds';
import type { TapeNode, Value } from './tape';

/**
 * Finds the rectifiers that are made of several kernels, and marks them as one.
 *
 * - A Relu, also a fused one, and a clip at a constant behind it: a ReLU6, or a ReLU layer with `maxValue`.
 * - `x · [x > theta]`: the ThresholdedReLU layer.
 *
 * A rule that looks at `dy` alone must see the gradient that arrives behind the clip, not the one that the
 * clip lets through. Called for models only: in a plain function each kernel stands alone.
 *
 * @param path The nodes between input and target, recorded under `rule`.
 */
export function pairRectifiers(path: readonly TapeNode[], rule: GradientRule): void {
  const onPath = new Set(path);
  for (const node of path) {
    const [relu, ...between] = reluBefore(node, onPath);
    if (relu && relu.rule === rule && relu.where === node.where) {
      relu.clippedBy = node;
      for (const part of [...between, node]) part.clips = relu;
    }
    const thresholded = thresholdedInput(node);
    if (thresholded !== undefined) {
      node.rule = rule;
      node.ruled = thresholded;
      node.inputs = { [thresholded]: node.inputs[thresholded] as Value };
    }
  }
}

/**
 * The Relu that this clip follows, as nothing else on the path does, and what changes the shape between the
 * two.
 */
function reluBefore(clip: TapeNode, onPath: ReadonlySet<TapeNode>): TapeNode[] {
  const [value, ...others] = Object.values(clip.inputs);
  if (!CLIPS.has(clip.kernel) || !value || others.length > 0) return [];
  if (!util.arraysEqual(value.shape, (clip.outputs[0] as Value).shape)) return [];
  const nodes: TapeNode[] = [];
  for (let before: Value | undefined = value; before;) {
    const { producer, consumers }: Value = before;
    if (!producer || !onPath.has(producer) || consumers.filter((node) => onPath.has(node)).length > 1)
      return [];
    nodes.unshift(producer);
    if (producer.kernel === 'Relu' || producer.attrs['activation'] === 'relu') return nodes;
    before = RESHAPES.has(producer.kernel) ? Object.values(producer.inputs)[0] : undefined;
  }
  return [];
}

/** The input `x` of a product `x · [x > theta]`, by its name. */
function thresholdedInput({ kernel, inputs }: TapeNode): string | undefined {
  if (kernel !== 'Multiply') return undefined;
  for (const [name, other] of [
    ['a', 'b'],
    ['b', 'a'],
  ] as const) {
    const cast = inputs[other]?.producer;
    const comparison = cast?.kernel === 'Cast' ? cast.inputs['x']?.producer : undefined;
    if (comparison?.kernel !== 'Greater' || Object.keys(comparison.inputs).length !== 1) continue;
    if (inputs[name] && comparison.inputs['a'] === inputs[name]) return name;
  }
  return undefined;
}
