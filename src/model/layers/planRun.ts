import type { LayersModel } from '@tensorflow/tfjs-layers';
import { isMethodOf } from '../isMethodOf';
import { callsOf, isContainer, isInput } from './layerGraph';
import type { Layer, LayerCall } from './layerGraph';
import { facesOf, isOfCopy, withoutFaces } from './runsItsClass';

/** A call whose outputs are asked for. */
export interface Tap {
  /** The calls from the outer model to it. */
  readonly chain: readonly LayerCall[];
  /** Which of its outputs; left out, all. */
  readonly output?: number | undefined;
}

/** What is run of a model: what leads to what is asked for, and no more. */
export interface Plan {
  readonly model: LayersModel;
  /** The calls to run, each after those that it needs; the plan of its inside where it is a model. */
  readonly calls: ReadonlyMap<LayerCall, Plan | undefined>;
  /** The numbers of the model's outputs that are asked for. */
  readonly outputs: ReadonlySet<number>;
  /** The numbers of the model's inputs that are needed. */
  readonly inputs: ReadonlySet<number>;
}

/** Plans a run of a model, from its end to its beginning. */
export function planRun(model: LayersModel, outputs: ReadonlySet<number>, taps: readonly Tap[]): Plan {
  const needed = new Set([...outputs].map((i) => model.outputs[i]?.id));
  const calls: [LayerCall, Plan | undefined][] = [];
  for (const call of callsOf(model).reverse()) {
    const here = taps.filter(({ chain }) => chain[0] === call);
    const ids = call.outputTensors.map(({ id }) => id);
    for (const i of askedOf(here, ids.length)) needed.add(ids[i]);
    if (here.length === 0 && !ids.some((id) => needed.has(id))) continue;
    const inside = isInput(call) ? undefined : insideOf(call, here, needed);
    call.inputTensors.forEach(({ id }, i) => {
      if (!inside || inside.inputs.has(i)) needed.add(id);
    });
    calls.push([call, inside]);
  }
  const inputs = model.inputs.flatMap(({ id }, i) => (needed.has(id) ? [i] : []));
  return { model, calls: new Map(calls.reverse()), outputs, inputs: new Set(inputs) };
}

/** The plan of a nested model; undefined for any other layer, which runs as a whole. */
function insideOf(
  { outboundLayer: layer, outputTensors }: LayerCall,
  here: readonly Tap[],
  needed: ReadonlySet<number | undefined>,
): Plan | undefined {
  if (!isContainer(layer) || !isPlain(layer)) return undefined;
  const outputs = outputTensors.flatMap(({ id }, i) => (needed.has(id) ? [i] : []));
  const inner = here.flatMap(({ chain, output }) =>
    chain.length > 1 ? [{ chain: chain.slice(1), output }] : [],
  );
  return planRun(layer, new Set(outputs), inner);
}

/** Which outputs of a call are asked for by themselves; all where one is that it does not have. */
function askedOf(here: readonly Tap[], count: number): number[] {
  const all = Array.from({ length: count }, (_, i) => i);
  return here.flatMap(({ chain, output }) => {
    if (chain.length > 1) return [];
    return output !== undefined && all.includes(output) ? [output] : all;
  });
}

/** Whether a nested model runs as its layers say: it, or a subclass, may have a `call` of its own. */
export function isPlain(model: Layer): boolean {
  const itself = withoutFaces(model);
  return (
    ['Functional', 'Model', 'LayersModel', 'Sequential'].includes(model.getClassName()) &&
    facesOf(model).every((face) => isOfCopy(face, 'call')) &&
    (isMethodOf(itself, 'call', ['computeMask']) || isMethodOf(itself, 'call', ['pop'])) &&
    isMethodOf(itself, 'apply', ['addWeight']) &&
    isMethodOf(itself, 'computeMask', ['call'])
  );
}
