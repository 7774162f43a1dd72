import { add, reshape, tidy, zeros } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { checkGradient, unknownGradient } from './checkGradient';
import { isOwnedByScope } from '../backends/engine';
import { positivePart } from '../gradients/rectifiers/gate';
import type { KernelCall } from '../gradients/kernelGradient';
import { weightOf } from '../gradients/weight';
import { missingKernel } from '../backends/missingKernel';
import { pathBetween } from './pathBetween';
import type { Recording } from './recording';
import { isFused, rectify } from './rectify';
import { nameOf, savedOf } from './tape';
import type { TapeNode, Value } from './tape';

/** What goes back from one value: `dy`, of its shape. */
export interface Seed {
  readonly value: Value;
  readonly dy: Tensor;
}

/**
 * The gradients with respect to `wrt`, going back from the seeds; null where no path leads there.
 *
 * Must be called inside `tidy`. The seeds stay the caller's, who also disposes the results.
 *
 * @param isLast Whether this uses the recording up: what was kept for a kernel is then let go as soon as the
 *   kernel's gradient is computed.
 */
export function backward(
  recording: Recording,
  seeds: readonly Seed[],
  wrt: readonly Value[],
  isLast = true,
): (Tensor | null)[] {
  const arriving = new Arriving();
  for (const { value, dy } of seeds) arriving.add(value, sharing(dy));
  const path = pathBetween(
    recording.nodes,
    wrt,
    seeds.map(({ value }) => value),
  );
  unwind(path, arriving, new Set(wrt), (value) => {
    if (isLast) recording.release(value);
  });
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
      checkGradient(node, name, dx);
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

/** The ordinary gradient through an op made of several kernels. */
function throughInner(node: TapeNode, dy: Tensor): Tensor {
  const [y] = node.outputs as [Value];
  const x = node.inputs['x'] as Value;
  const arriving = new Arriving();
  arriving.add(y, sharing(dy));
  unwind(pathBetween(node.inner ?? [], [x], [y]), arriving, new Set([x]), () => undefined);
  return arriving.at(x) as Tensor;
}

/** Through a clip whose shape may be another than that of its rectifier, which `dy` has. */
function throughClip(clip: TapeNode, dy: Tensor): Tensor {
  const [name] = Object.keys(clip.inputs) as [string];
  const arriving = reshape(dy, (clip.outputs[0] as Value).shape);
  const thunk = clip.gradient?.backward(arriving, callOf(clip, [arriving]))[name];
  if (!thunk) throw new Error(`internal: ${clip.kernel} has no gradient`);
  return reshape(thunk(), dy.shape);
}

function callOf(node: TapeNode, dys: readonly (Tensor | null)[]): KernelCall {
  const saved = (name: string) => savedOf(node, name);
  const call: KernelCall = {
    kernel: node.kernel,
    attrs: node.attrs,
    shapes: node.shapes,
    active: new Set(Object.keys(node.inputs)),
    outputShapes: node.outputs.map(({ shape }) => shape),
    dys: dys.map((dy, i) => dy ?? zeros((node.outputs[i] as Value).shape)),
    saved,
    weight: (input, ...others) =>
      weightOf(
        node.forms,
        node.shapes[input] as number[],
        () => saved(input),
        ...others.map((name) => () => saved(name)),
      ),
    rectify: (dy, ordinary, y) => rectify(node, dy, ordinary, y, throughClip),
  };
  return call;
}

/** A second handle on the data of a tensor. */
function sharing(tensor: Tensor): Tensor {
  return reshape(tensor, tensor.shape);
}
