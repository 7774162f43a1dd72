import { reshape, util } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { atWork } from '../../gradients/gradientOf';
import { gate, positivePart } from '../../gradients/rectifiers/gate';
import { applyRule } from '../../rules/applyRule';
import { deconv } from '../../rules/deconv';
import { guided } from '../../rules/guided';
import type { GradientRule } from '../../rules/rule';
import { runKernel } from '../runKernel';
import { savedOf } from '../tape';
import type { TapeNode, Value } from '../tape';

/**
 * What leaves a node under a rule.
 *
 * @param ordinary The ordinary gradient to the input that the rule acts on, from one arriving at the output.
 */
export function throughRule(
  node: TapeNode,
  rule: GradientRule,
  dy: Tensor,
  ordinary: (dy: Tensor) => Tensor,
): Tensor {
  const to = (node.inputs[node.ruled] as Value).shape;
  // our own rules in one pass, where that can be: dx where dy > 0 is the gradient of what is positive
  if (rule === deconv) return inShape(positivePart(dy), to);
  if (rule === guided && node.isElementwise) {
    const limits = node.gradient?.gate;
    if (limits) return gate(dy, savedOf(node, 'output'), { ...limits, cut: true });
    return ordinary(positivePart(dy));
  }
  const inputs = () => inputsOf(node);
  const again = (others: Readonly<Record<string, Tensor>>) => runAgain(node, { ...inputs(), ...others });
  const sources = { dy, dx: () => ordinary(dy), y: () => outputOf(node), inputs, again };
  if (!node.isElementwise) return atWork(() => applyRule(rule, sources, to));
  // what a rule sees has one shape, also where kernels inside of the rectifier change it
  const seen = shapeSeen(node.inner?.[0] ?? node) ?? to;
  const asSeen = {
    ...sources,
    dy: inShape(dy, seen),
    dx: () => inShape(sources.dx(), seen),
    y: () => inShape(sources.y(), seen),
  };
  return inShape(
    atWork(() => applyRule(rule, asSeen, seen)),
    to,
  );
}

function outputOf(node: TapeNode): Tensor {
  // inside of a fused kernel none was given out
  return node.saved.has('output') ? savedOf(node, 'output') : runAgain(node, inputsOf(node));
}

function inputsOf(node: TapeNode): Record<string, Tensor> {
  return Object.fromEntries(Object.keys(node.shapes).map((name) => [name, inputOf(node, name)]));
}

/** What went into a node; into its first kernel, where it is made of several. */
function inputOf(node: TapeNode, name: string): Tensor {
  const kept = node.saved.get(name);
  if (kept && (!('consumers' in kept) || kept.alias)) return savedOf(node, name);
  const [first] = node.inner ?? [];
  const inside = first && Object.entries(first.inputs).find(([, value]) => value === node.inputs[name]);
  if (first && inside) return inputOf(first, inside[0]);
  throw new Error(
    `rule: the input "${name}" of the ${node.fusedIn ?? node.kernel} is not kept, as it is made and used up in one ` +
      'piece; read dy, dx or y',
  );
}

function runAgain(node: TapeNode, inputs: Readonly<Record<string, Tensor>>): Tensor {
  if (node.op) return node.op(inputs['x'] as Tensor);
  if (!node.inner) return runKernel(node, inputs)[0] as Tensor;
  const made = new Map<Value, Tensor>([[node.inputs['x'] as Value, inputs['x'] as Tensor]]);
  let y = inputs['x'] as Tensor;
  for (const part of node.inner) {
    const given = Object.keys(part.shapes).map((name) => {
      const value = part.inputs[name];
      return [name, (value && made.get(value)) ?? inputOf(part, name)] as const;
    });
    [y] = runKernel(part, Object.fromEntries(given)) as [Tensor];
    made.set(part.outputs[0]!, y);
  }
  return y;
}

/**
 * The shape that TF.js's `matMul` makes of a product with an activation, which it runs with one axis more in
 * front.
 */
function shapeSeen(node: TapeNode): number[] | undefined {
  const isOfProduct =
    node.fusedIn === '_FusedMatMul' || node.inputs[node.ruled]?.producer?.fusedIn === '_FusedMatMul';
  if (!isOfProduct) return undefined;
  return node.outputs[0]?.consumers.find(({ kernel }) => kernel === 'Reshape')?.outputs[0]?.shape;
}

function inShape(x: Tensor, shape: readonly number[]): Tensor {
  return util.arraysEqual(x.shape, [...shape]) ? x : reshape(x, [...shape]);
}
