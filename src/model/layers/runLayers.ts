import { tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { isOwnedByScope } from '../../backends/engine';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { isInput } from './layerGraph';
import type { LayerCall } from './layerGraph';
import { planRun } from './planRun';
import type { Plan, Tap } from './planRun';
import { runLayer } from './runLayer';
import type { Mask } from './runLayer';

/** What a run of a model gave. */
export interface LayerRun {
  /** In the order of `model.outputs`; undefined where an output is not asked for. */
  readonly outputs: (Tensor | undefined)[];
  /** For each tap, the outputs of that call; undefined where an output is not asked for. */
  readonly tapped: (Tensor | undefined)[][];
}

/**
 * Runs of a LayersModel, in inference mode, what leads to the outputs and to the layers asked for, however
 * deep inside.
 *
 * The same calls with the same arguments as `predict` makes; but `predict` runs all of the model, cannot be
 * asked for what a layer inside a nested model gave, disposes what it goes by, and moves the state of a
 * stateful RNN on.
 *
 * @param outputs The numbers of the model's outputs that are asked for.
 * @param inSequences Whether RNNs may take all their steps in one kernel.
 */
export function runLayers(
  model: LayersModel,
  inputs: readonly Tensor[],
  outputs: ReadonlySet<number>,
  taps: readonly Tap[],
  inSequences = false,
): LayerRun {
  const tapped: (Tensor | undefined)[][] = taps.map(() => []);
  const requests = taps.map(({ chain }, i) => ({ chain, found: (given: Given) => (tapped[i] = given) }));
  // the tapped tensors leave the scope with the outputs
  return tidy(() => {
    const plan = planRun(model, outputs, taps);
    const masks = inputs.map(() => null);
    return { outputs: runPlan(plan, inputs, masks, requests, '', inSequences).outputs, tapped };
  });
}

type Given = (Tensor | undefined)[];

interface Request {
  readonly chain: Tap['chain'];
  readonly found: (outputs: Given) => void;
}

function runPlan(
  plan: Plan,
  inputs: readonly (Tensor | undefined)[],
  masks: readonly Mask[],
  requests: readonly Request[],
  path: string,
  inSequences: boolean,
): { outputs: Given; masks: Mask[] } {
  const { model } = plan;
  const uses = countUses(plan);
  const values = new Map<number, Tensor>();
  const maskOf = new Map<number, Mask>();
  // counted by tensor: a nested model may give the same one under two names
  const usesLeft = new Map<Tensor, number>();
  const set = (id: number, x: Tensor | undefined, mask: Mask) => {
    if (!x) return; // nobody asked for it
    values.set(id, x);
    maskOf.set(id, mask);
    usesLeft.set(x, (usesLeft.get(x) ?? 0) + (uses.get(id) ?? 0));
  };
  model.inputs.forEach(({ id }, i) => set(id, inputs[i], masks[i] ?? null));
  const asked = new Set<Tensor | undefined>(inputs);

  for (const [call, inside] of plan.calls) {
    const here = requests.filter(({ chain }) => chain[0] === call);
    const report = (outputs: Given) => {
      for (const { chain, found } of here) {
        if (chain.length > 1) continue;
        found(outputs);
        for (const y of outputs) asked.add(y);
      }
    };
    if (isInput(call)) {
      report(call.outputTensors.map(({ id }) => values.get(id)));
      continue;
    }
    const layer = call.outboundLayer;
    const where = path === '' ? layer.name : `${path} > ${layer.name}`;
    const xs = call.inputTensors.map(({ id }) => values.get(id));
    const xMasks = call.inputTensors.map(({ id }) => maskOf.get(id) ?? null);
    const inner = here.flatMap(({ chain, found }) =>
      chain.length > 1 ? [{ chain: chain.slice(1), found: collect(found, asked) }] : [],
    );
    const result = inside
      ? runPlan(inside, xs, xMasks, inner, where, inSequences)
      : runLayer(layer, xs as Tensor[], xMasks, where, inSequences);
    call.outputTensors.forEach(({ id }, i) => set(id, result.outputs[i], result.masks[i] ?? null));
    report(result.outputs);
    for (const x of readBy(call, inside).map((id) => values.get(id) as Tensor)) {
      const left = (usesLeft.get(x) ?? 0) - 1;
      usesLeft.set(x, left);
      if (left === 0 && !asked.has(x) && isOwnedByScope(x)) x.dispose();
    }
  }
  const wanted = <T>(of: (id: number) => T) =>
    model.outputs.map(({ id }, i) => (plan.outputs.has(i) ? of(id) : undefined));
  return {
    outputs: wanted((id) => values.get(id)),
    masks: wanted((id) => maskOf.get(id)).map((mask) => mask ?? null),
  };
}

/** Passes outputs on, and spares them from being disposed when the last layer has read them. */
function collect(found: Request['found'], asked: Set<Tensor | undefined>): Request['found'] {
  return (outputs) => {
    for (const y of outputs) asked.add(y);
    found(outputs);
  };
}

/** The symbolic tensors that a call reads: of a nested model's inputs those that its plan needs. */
function readBy({ inputTensors }: LayerCall, inside: Plan | undefined): number[] {
  return inputTensors.filter((_, i) => !inside || inside.inputs.has(i)).map(({ id }) => id);
}

function countUses({ model, calls, outputs }: Plan): Map<number, number> {
  const uses = new Map<number, number>();
  const use = (id: number) => uses.set(id, (uses.get(id) ?? 0) + 1);
  for (const [call, inside] of calls) if (!isInput(call)) readBy(call, inside).forEach(use);
  model.outputs.forEach(({ id }, i) => outputs.has(i) && use(id));
  return uses;
}
