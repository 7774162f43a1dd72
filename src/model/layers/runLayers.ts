import { clone, dispose, keep, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { isOwnedByScope } from '../../backends/engine';
import { currentFollower } from '../../tape/followKernels';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { callsOf, isContainer, isInput } from './layerGraph';
import type { Layer, LayerCall } from './layerGraph';

/** A call whose outputs are asked for, as the calls from the outer model to it. */
export type Tap = readonly LayerCall[];

/** What a run of a model gave. */
export interface LayerRun {
  /** The outputs, in the order of `model.outputs`. */
  readonly outputs: Tensor[];
  /** For each tap, the outputs of that call. */
  readonly tapped: Tensor[][];
}

/**
 * Runs a LayersModel in inference mode, with a look at the layers inside, however deep.
 *
 * The same calls with the same arguments as `predict` makes; but `predict` cannot be asked for what a layer
 * inside a nested model gave, disposes what it goes by, and moves the state of a stateful RNN on.
 */
export function runLayers(model: LayersModel, inputs: readonly Tensor[], taps: readonly Tap[]): LayerRun {
  const tapped: Tensor[][] = taps.map(() => []);
  const requests = taps.map((chain, i) => ({ chain, found: (outputs: Tensor[]) => (tapped[i] = outputs) }));
  // the tapped tensors leave the scope with the outputs
  const leaving = tidy((): { outputs: Tensor[]; tapped: Tensor[][] } => {
    const { outputs } = runContainer(
      model,
      inputs,
      inputs.map(() => null),
      requests,
      '',
    );
    return { outputs, tapped };
  });
  return leaving;
}

interface Request {
  readonly chain: Tap;
  readonly found: (outputs: Tensor[]) => void;
}

type Mask = Tensor | null;

function runContainer(
  model: LayersModel,
  inputs: readonly Tensor[],
  masks: readonly Mask[],
  requests: readonly Request[],
  path: string,
): { outputs: Tensor[]; masks: Mask[] } {
  const calls = callsOf(model);
  const uses = countUses(calls, model);
  const values = new Map<number, Tensor>();
  const maskOf = new Map<number, Mask>();
  // counted by tensor: a nested model may give the same one under two names
  const usesLeft = new Map<Tensor, number>();
  const set = (id: number, x: Tensor, mask: Mask) => {
    values.set(id, x);
    maskOf.set(id, mask);
    usesLeft.set(x, (usesLeft.get(x) ?? 0) + (uses.get(id) ?? 0));
  };
  model.inputs.forEach(({ id }, i) => set(id, inputs[i] as Tensor, masks[i] ?? null));
  const asked = new Set<Tensor>(inputs);

  for (const call of calls) {
    const here = requests.filter(({ chain }) => chain[0] === call);
    const report = (outputs: Tensor[]) => {
      for (const { chain, found } of here) {
        if (chain.length > 1) continue;
        found(outputs);
        for (const y of outputs) asked.add(y);
      }
    };
    if (isInput(call)) {
      report(call.outputTensors.map(({ id }) => values.get(id) as Tensor));
      continue;
    }
    const layer = call.outboundLayer;
    const where = path === '' ? layer.name : `${path} > ${layer.name}`;
    const xs = call.inputTensors.map(({ id }) => values.get(id) as Tensor);
    const xMasks = call.inputTensors.map(({ id }) => maskOf.get(id) ?? null);
    const inner = here.flatMap(({ chain, found }) =>
      chain.length > 1 ? [{ chain: chain.slice(1), found }] : [],
    );
    const result =
      isContainer(layer) && isPlain(layer)
        ? runContainer(
            layer,
            xs,
            xMasks,
            inner.map((request) => ({ ...request, found: collect(request.found, asked) })),
            where,
          )
        : runLayer(layer, xs, xMasks, where);
    call.outputTensors.forEach(({ id }, i) => set(id, result.outputs[i] as Tensor, result.masks[i] ?? null));
    report(result.outputs);
    for (const x of xs) {
      const left = (usesLeft.get(x) ?? 0) - 1;
      usesLeft.set(x, left);
      if (left === 0 && !asked.has(x) && isOwnedByScope(x)) x.dispose();
    }
  }
  return {
    outputs: model.outputs.map(({ id }) => values.get(id) as Tensor),
    masks: model.outputs.map(({ id }) => maskOf.get(id) ?? null),
  };
}

/** Passes outputs on, and spares them from being disposed when the last layer has read them. */
function collect(found: Request['found'], asked: Set<Tensor>): Request['found'] {
  return (outputs) => {
    for (const y of outputs) asked.add(y);
    found(outputs);
  };
}

/** Whether a nested model runs as its layers say: a subclass may have a `call` of its own. */
function isPlain(model: LayersModel): boolean {
  return ['Functional', 'Model', 'LayersModel', 'Sequential'].includes(model.getClassName());
}

function countUses(calls: readonly LayerCall[], model: LayersModel): Map<number, number> {
  const uses = new Map<number, number>();
  const use = (id: number) => uses.set(id, (uses.get(id) ?? 0) + 1);
  for (const call of calls) if (!isInput(call)) for (const { id } of call.inputTensors) use(id);
  for (const { id } of model.outputs) use(id);
  return uses;
}

function runLayer(
  layer: Layer,
  inputs: readonly Tensor[],
  masks: readonly Mask[],
  where: string,
): { outputs: Tensor[]; masks: Mask[] } {
  const recording = currentFollower();
  const run = () => {
    // a fresh object each time: layers write into it
    const kwargs: Record<string, unknown> = { training: false };
    if (masks.some((mask) => mask !== null)) kwargs['mask'] = masks[0];
    const outputs = listOf(
      withoutState(layer, (stateless) => stateless.apply([...inputs], kwargs) as Tensor | Tensor[]),
    );
    const mask = layer.supportsMasking
      ? (layer.computeMask([...inputs], [...masks] as Tensor[]) as Tensor | (Tensor | null)[] | null)
      : null;
    return { outputs, masks: outputs.map((_, i) => (Array.isArray(mask) ? (mask[i] ?? null) : mask)) };
  };
  return recording ? recording.at(where, run) : run();
}

/** Runs a stateful RNN on a copy of its state: an explanation does not move the user's model on. */
function withoutState<T>(layer: Layer, run: (layer: Layer) => T): T {
  const shadows: Stateful[] = [];
  try {
    return run(onCopiedState(layer, shadows));
  } finally {
    for (const shadow of shadows) dispose(shadow.states_ as Tensor[]);
  }
}

/** The members of an RNN, and of a Bidirectional around two, that its types hide. */
interface Stateful extends Layer {
  states_?: Tensor[] | null;
  forwardLayer?: Layer;
  backwardLayer?: Layer;
}

/** The layer where it has no state; else one on top of it, whose state is a copy. */
function onCopiedState(layer: Layer, shadows: Stateful[]): Layer {
  const { stateful, states_: states, forwardLayer, backwardLayer } = layer as Stateful;
  if (!stateful || !(states ?? forwardLayer)) return layer;
  const shadow = Object.create(layer) as Stateful;
  if (forwardLayer) shadow.forwardLayer = onCopiedState(forwardLayer, shadows);
  if (backwardLayer) shadow.backwardLayer = onCopiedState(backwardLayer, shadows);
  if (states) {
    shadow.states_ = states.map((state) => keep(clone(state)));
    shadows.push(shadow);
  }
  return shadow;
}

function listOf(tensors: Tensor | Tensor[]): Tensor[] {
  return Array.isArray(tensors) ? tensors : [tensors];
}
