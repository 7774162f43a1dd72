import { tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { Arriving } from './arriving';
import { checkGradient, unknownGradient } from './checkGradient';
import { isOwnedByScope } from '../../backends/engine';
import { secondHandle } from '../../backends/secondHandle';
import type { KernelCall } from '../../gradients/kernelGradient';
import { weightOf } from '../../gradients/weight';
import { ours } from '../../errors/door';
import { missingKernel } from '../../errors/missingKernel';
import { pathBetween } from './pathBetween';
import type { Recording } from '../recording/recording';
import { throughRule } from './throughRule';
import { holdsIntegers, nameOf, savedOf, zerosFor } from '../tape';
import type { TapeNode, Value } from '../tape';

/** What goes back from one value: `dy`, of its shape. */
export interface Seed {
  readonly value: Value;
  readonly dy: Tensor;
}

/** What leaves a node to each of its inputs; those that are not asked for cost nothing. */
export type Thunks = Readonly<Record<string, () => Tensor>>;

/** What leaves a node, whose call tells what arrived at its outputs. */
export type Leaving = (node: TapeNode, call: KernelCall) => Thunks;

/**
 * The gradients with respect to `wrt`, going back from the seeds; null where no path leads there.
 *
 * Must be called inside `tidy`. The seeds stay the caller's, who also disposes the results.
 *
 * @param isLast Whether this uses the recording up: what was kept for a kernel is then let go as soon as the
 *   kernel's gradient is computed.
 * @param path What lies between, where that is known.
 * @param leavingOf What goes back in place of the gradients and the rules.
 */
export function backward(
  recording: Recording,
  seeds: readonly Seed[],
  wrt: readonly Value[],
  isLast = true,
  path: readonly TapeNode[] = pathBetween(
    recording.nodes,
    wrt,
    seeds.map(({ value }) => value),
  ),
  leavingOf: Leaving = thunksOf,
): (Tensor | null)[] {
  const arriving = new Arriving();
  for (const { value, dy } of seeds) arriving.add(value, secondHandle(dy));
  const ends = seeds.map(({ value }) => value);
  const isBeside = () => pathBetween(path.map(withoutIntegers), wrt, ends).length > 0;
  const release = (value: Value) => {
    if (isLast) recording.release(value);
  };
  recording.quickly(() => unwind(path, arriving, new Set(wrt), isBeside, release, leavingOf));
  return wrt.map((value) => arriving.at(value));
}

/**
 * Walks a path back, node by node.
 *
 * @param isBeside Whether a way of floats leads to the end, too: then what passes integers that have no
 *   gradient is nothing, as in TensorFlow, and no reason to refuse the rest.
 */
function unwind(
  path: readonly TapeNode[],
  arriving: Arriving,
  wrt: ReadonlySet<Value>,
  isBeside: () => boolean,
  release: (value: Value) => void,
  leavingOf: Leaving = thunksOf,
): void {
  const wanted = new Set(wrt);
  const onPath = new Set(path);
  for (const node of path) for (const value of node.outputs) wanted.add(value);

  for (let i = path.length - 1; i >= 0; i--) {
    const node = path[i] as TapeNode;
    const dys = node.outputs.map((value) => arriving.at(value));
    if (dys.some((dy) => dy !== null)) {
      const asked = Object.keys(node.inputs).filter((name) => wanted.has(node.inputs[name] as Value));
      const usedUp = dys.filter((_, j) => !wrt.has(node.outputs[j] as Value));
      const leaving = tidy('backward', () => gradientsOf(node, dys, usedUp, asked, isBeside, leavingOf));
      for (const value of node.outputs) if (!wrt.has(value)) arriving.drop(value, leaving);
      for (const name of asked) arriving.add(node.inputs[name] as Value, leaving[name] as Tensor);
    }
    for (const value of node.outputs) release(value);
    // what is inside of it, unless a kernel on the path made it, and will need it
    for (const { outputs } of node.inner ?? []) {
      for (const value of outputs) if (!value.producer || !onPath.has(value.producer)) release(value);
    }
  }
}

/**
 * The gradients of one node to the inputs named, each owned by the scope it is called in, or handed on.
 *
 * @param usedUp Those of `dys` that nobody needs after it.
 */
function gradientsOf(
  node: TapeNode,
  dys: readonly (Tensor | null)[],
  usedUp: readonly (Tensor | null)[],
  names: readonly string[],
  isBeside: () => boolean,
  leavingOf: Leaving,
): Record<string, Tensor> {
  const isOfIntegers = (name: string) => holdsIntegers(node.inputs[name] as Value);
  const isKnown = node.gradient !== undefined || node.inner !== undefined || !names.every(isOfIntegers);
  // of a result without numbers nothing comes back
  const isOfNothing = dys.every((dy) => !dy?.size);
  const thunks = !isOfNothing && (isKnown || !isBeside()) ? leavingOf(node, callOf(node, dys)) : {};
  const seen = new Set<Tensor>();
  return Object.fromEntries(
    names.map((name) => {
      const thunk = thunks[name];
      if (isOfNothing || (!thunk && isOfIntegers(name) && isBeside())) {
        return [name, zerosFor(node.inputs[name] as Value)];
      }
      if (!thunk) throw ours(new Error(unknownGradient(node, name)));
      const dx = computed(node, thunk);
      checkGradient(node, name, dx);
      const isFree = (isOwnedByScope(dx) || usedUp.includes(dx)) && !seen.has(dx);
      const result = isFree ? dx : secondHandle(dx);
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

function thunksOf(node: TapeNode, call: KernelCall): Thunks {
  const { rule, ruled } = node;
  const dy = call.dys[0] as Tensor;
  const thunks = ordinaryThunks(node, call);
  if (!rule) return thunks;
  const ordinary = (d: Tensor): Tensor => {
    const thunk = (d === dy ? thunks : ordinaryThunks(node, { ...call, dys: [d] }))[ruled];
    if (!thunk) throw ours(new Error(unknownGradient(node, ruled)));
    return thunk();
  };
  return { ...thunks, [ruled]: () => throughRule(node, rule, dy, ordinary) };
}

/** The gradients of a node, whatever rule is at it. */
export function ordinaryThunks(node: TapeNode, call: KernelCall): Thunks {
  const dy = call.dys[0] as Tensor;
  if (node.inner) return { x: () => throughInner(node, dy) };
  if (node.gradient) return node.gradient.backward(dy, call);
  throw ours(
    new Error(`${nameOf(node)}: the kernel has no gradient, neither in TF.js nor in guided-saliency`),
  );
}

/** The ordinary gradient through several kernels, whatever rules are at them. */
function throughInner(node: TapeNode, dy: Tensor): Tensor {
  const [y] = node.outputs as [Value];
  const x = node.inputs['x'] as Value;
  const inner = (node.inner ?? []).map((part) => (part.rule ? { ...part, rule: undefined } : part));
  const arriving = new Arriving();
  arriving.add(y, secondHandle(dy));
  unwind(
    pathBetween(inner, [x], [y]),
    arriving,
    new Set([x]),
    () => false,
    () => undefined,
  );
  return arriving.at(x) as Tensor;
}

function callOf(node: TapeNode, dys: readonly (Tensor | null)[]): KernelCall {
  const saved = (name: string) => savedOf(node, name);
  const call: KernelCall = {
    kernel: node.kernel,
    attrs: node.attrs,
    shapes: node.shapes,
    active: new Set(Object.keys(node.inputs)),
    outputShapes: node.outputs.map(({ shape }) => shape),
    dys: dys.map((dy, i) => dy ?? zerosFor(node.outputs[i] as Value)),
    saved,
    weight: (input, ...others) =>
      weightOf(
        node.forms,
        node.shapes[input] as number[],
        () => saved(input),
        ...others.map((name) => () => saved(name)),
      ),
  };
  return call;
}

/** A node as the ways of floats pass it. */
function withoutIntegers(node: TapeNode): TapeNode {
  const floats = Object.entries(node.inputs).filter(([, value]) => !holdsIntegers(value));
  return { ...node, inputs: Object.fromEntries(floats) };
}
