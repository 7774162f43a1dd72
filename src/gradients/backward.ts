import { add, reshape, tidy, util, zeros } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { deconv } from '../rules/deconv';
import { guided } from '../rules/guided';
import type { GradientRule } from '../rules/rule';
import { isOwnedByScope } from './engine';
import { positivePart } from './gate';
import type { KernelCall, Through } from './kernelGradient';
import { missingKernel } from './missingKernel';
import { CLIPS, RECTIFIERS } from './recording';
import type { Recording, TapeNode, Value } from './recording';

/** What goes back from one value: `dy`, of its shape. */
export interface Seed {
  readonly value: Value;
  readonly dy: Tensor;
}

/** The nodes between what is watched and what is explained, in the order they ran. */
export function pathBetween(
  nodes: readonly TapeNode[],
  from: readonly Value[],
  to: readonly Value[],
): TapeNode[] {
  const reached = new Set(from);
  const forward = nodes.filter((node) => {
    const active = Object.values(node.inputs).some((value) => reached.has(value));
    if (active) for (const value of node.outputs) reached.add(value);
    return active;
  });
  const leading = new Set(to);
  const path = forward.reverse().filter((node) => {
    const leads = node.outputs.some((value) => leading.has(value));
    if (leads) for (const value of Object.values(node.inputs)) if (reached.has(value)) leading.add(value);
    return leads;
  });
  return path.reverse();
}

/**
 * The gradients with respect to `wrt`, going back from the seeds; null where no path leads there.
 *
 * Uses the recording up: what was kept for a kernel is let go as soon as the kernel's gradient is computed.
 * Must be called inside `tidy`. The seeds stay the caller's, who also disposes the results.
 */
export function backward(
  recording: Recording,
  seeds: readonly Seed[],
  wrt: readonly Value[],
): (Tensor | null)[] {
  const arriving = new Arriving();
  for (const { value, dy } of seeds) arriving.add(value, sharing(dy));
  const path = pathBetween(
    recording.nodes,
    wrt,
    seeds.map(({ value }) => value),
  );
  unwind(path, arriving, new Set(wrt), (value) => recording.release(value));
  return wrt.map((value) => arriving.at(value));
}

/** What has arrived so far, summed over the ways it came. */
class Arriving {
  private readonly sums = new Map<Value, Tensor>();

  at(value: Value): Tensor | null {
    return this.sums.get(value) ?? null;
  }

  /** Takes `dy` over. */
  add(value: Value, dy: Tensor): void {
    const before = this.sums.get(value);
    if (!before) {
      this.sums.set(value, dy);
      return;
    }
    this.sums.set(value, add(before, dy));
    before.dispose();
    dy.dispose();
  }

  drop(value: Value): void {
    this.sums.get(value)?.dispose();
    this.sums.delete(value);
  }
}

/** Walks a path back, node by node. */
function unwind(
  path: readonly TapeNode[],
  arriving: Arriving,
  wrt: ReadonlySet<Value>,
  release: (value: Value) => void,
): void {
  const wanted = new Set(wrt);
  for (const node of path) for (const value of node.outputs) wanted.add(value);

  for (const node of [...path].reverse()) {
    const dys = node.outputs.map((value) => arriving.at(value));
    if (dys.some((dy) => dy !== null)) {
      const asked = Object.keys(node.inputs).filter((name) => wanted.has(node.inputs[name] as Value));
      const leaving = tidy(() => gradientsOf(node, dys, asked));
      for (const name of asked) arriving.add(node.inputs[name] as Value, leaving[name] as Tensor);
    }
    for (const value of node.outputs) if (!wrt.has(value)) arriving.drop(value);
    for (const done of finished(node)) for (const value of done.outputs) release(value);
  }
}

/** The nodes whose outputs are of no more use once `node` is done: a clip waits for its rectifier. */
function finished(node: TapeNode): readonly TapeNode[] {
  if (node.clips) return [];
  const parts = [node, ...(node.inner ?? [])];
  for (
    let behind = node.clippedBy;
    behind && behind !== node;
    behind = Object.values(behind.inputs)[0]?.producer ?? undefined
  ) {
    parts.push(behind);
  }
  return parts;
}

/** The gradients of one node to the inputs named, each owned by the scope it is called in. */
function gradientsOf(
  node: TapeNode,
  dys: readonly (Tensor | null)[],
  names: readonly string[],
): Record<string, Tensor> {
  const call = callOf(node, dys);
  const dy = call.dys[0] as Tensor;
  const thunks =
    node.clips?.clippedBy === node
      ? { [node.clips.ruled]: () => dy, x: () => dy, a: () => dy, b: () => dy }
      : thunksOf(node, dy, call);
  const seen = new Set<Tensor>();
  return Object.fromEntries(
    names.map((name) => {
      const thunk = thunks[name];
      if (!thunk) throw new Error(unknownGradient(node, name));
      const dx = computed(node, thunk);
      check(node, name, dx);
      const result = isOwnedByScope(dx) && !seen.has(dx) ? dx : sharing(dx);
      seen.add(result);
      return [name, result];
    }),
  );
}

function computed(node: TapeNode, thunk: () => Tensor): Tensor {
  try {
    return tidy(thunk);
  } catch (error) {
    throw missingKernel(error, `the gradient of ${nameOf(node)}`);
  }
}

function thunksOf(node: TapeNode, dy: Tensor, call: KernelCall): Readonly<Record<string, () => Tensor>> {
  const y = () => call.saved('output');
  if (node.inner) {
    return { x: () => call.rectify(dy, (d, cut) => throughInner(node, cut ? positivePart(d) : d), y) };
  }
  if (!node.gradient) {
    throw new Error(`${nameOf(node)}: the kernel has no gradient, neither in TF.js nor in guided-saliency`);
  }
  const ordinary = node.gradient;
  const thunks = ordinary.backward(dy, call);
  if (!node.rule || isFused(node)) return thunks;
  const { ruled } = node;
  const toInput = (d: Tensor, cut: boolean): Tensor => {
    if (cut) return ordinary.cut?.(d, call) ?? toInput(positivePart(d), false);
    const thunk = (d === dy ? thunks : ordinary.backward(d, { ...call, dys: [d] }))[ruled];
    if (!thunk) throw new Error(`${nameOf(node)}: no gradient with respect to its input "${ruled}" is known`);
    return thunk();
  };
  return { ...thunks, [ruled]: () => call.rectify(dy, toInput, y) };
}

function isFused(node: TapeNode): boolean {
  return 'activation' in node.attrs && node.kernel !== 'rectifier';
}

/** The ordinary gradient through an op made of several kernels. */
function throughInner(node: TapeNode, dy: Tensor): Tensor {
  const [y] = node.outputs as [Value];
  const x = node.inputs['x'] as Value;
  const arriving = new Arriving();
  arriving.add(y, sharing(dy));
  unwind(pathBetween(node.inner ?? [], [x], [y]), arriving, new Set([x]), () => undefined);
  return arriving.at(x) as Tensor;
}

function callOf(node: TapeNode, dys: readonly (Tensor | null)[]): KernelCall {
  const call: KernelCall = {
    kernel: node.kernel,
    attrs: node.attrs,
    shapes: node.shapes,
    active: new Set(Object.keys(node.inputs)),
    outputShapes: node.outputs.map(({ shape }) => shape),
    dys: dys.map((dy, i) => dy ?? zeros((node.outputs[i] as Value).shape)),
    forms: node.forms,
    saved: (name) => savedOf(node, name),
    rectify: (dy, ordinary, y) => rectify(node, dy, ordinary, y),
  };
  return call;
}

function savedOf(node: TapeNode, name: string): Tensor {
  const kept = node.saved.get(name);
  const tensor = kept && 'consumers' in kept ? kept.alias : kept;
  if (!tensor) throw new Error(`internal: ${node.kernel} did not keep "${name}"`);
  return tensor;
}

/** What leaves a rectifier: under the rule in force there, with the clip behind it taken as part of it. */
function rectify(node: TapeNode, dy: Tensor, ordinary: Through, y: () => Tensor): Tensor {
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

/** Through a clip whose shape may be another than that of its rectifier, which `dy` has. */
function throughClip(clip: TapeNode, dy: Tensor): Tensor {
  const [name] = Object.keys(clip.inputs) as [string];
  const arriving = reshape(dy, (clip.outputs[0] as Value).shape);
  const thunk = clip.gradient?.backward(arriving, callOf(clip, [arriving]))[name];
  if (!thunk) throw new Error(`internal: ${clip.kernel} has no gradient`);
  return reshape(thunk(), dy.shape);
}

/** @param at `dx` and `y` are computed when the rule first reads them. */
function applyRule(
  rule: GradientRule,
  { dy, dx, y }: { dy: Tensor; dx: () => Tensor; y: () => Tensor },
  shape: number[],
): Tensor {
  let ordinary: Tensor | undefined;
  let output: Tensor | undefined;
  const result: unknown = rule({
    dy,
    get dx() {
      return (ordinary ??= dx());
    },
    get y() {
      return (output ??= y());
    },
  });
  const got = (result as Tensor | undefined)?.shape;
  if (Array.isArray(got) && util.arraysEqual(got, shape)) return result as Tensor;
  const wanted = util.arraysEqual(shape, dy.shape) ? 'the shape of dy' : 'the shape of x';
  throw new TypeError(
    `rule: expected a tensor of ${wanted}, [${shape.join(', ')}], ` +
      `got ${Array.isArray(got) ? `a tensor of shape [${got.join(', ')}]` : String(result)}`,
  );
}

function check(node: TapeNode, name: string, dx: Tensor): void {
  const { shape } = node.inputs[name] as Value;
  if (util.arraysEqual(dx.shape, shape) && dx.dtype === 'float32') return;
  throw new Error(
    `${nameOf(node)}: expected its gradient with respect to "${name}" to be float32 of shape [${shape.join(', ')}], ` +
      `got ${dx.dtype} of shape [${dx.shape.join(', ')}]`,
  );
}

function unknownGradient(node: TapeNode, name: string): string {
  const { dtype } = node.inputs[name] as Value;
  if (dtype === 'float32') return `${nameOf(node)}: no gradient with respect to its input "${name}" is known`;
  const layer = node.where?.split(' > ').pop();
  return (
    `${nameOf(node)}: its input "${name}" holds integers (${dtype}), which have no gradient; explain what they are ` +
    `made into instead, ${layer === undefined ? 'with wrt' : `e.g. { wrt: "${layer}" }`}`
  );
}

/** How errors call a node. */
export function nameOf(node: TapeNode): string {
  return node.where === undefined
    ? `kernel ${node.kernel}`
    : `kernel ${node.kernel} in layer "${node.where}"`;
}

/** A second handle on the data of a tensor. */
function sharing(tensor: Tensor): Tensor {
  return reshape(tensor, tensor.shape);
}
