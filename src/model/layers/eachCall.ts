import type { LayersModel } from '@tensorflow/tfjs-layers';
import { callsOf, isContainer, isInput } from './layerGraph';
import type { LayerCall } from './layerGraph';
import { isPlain } from './planRun';
import type { Plan } from './planRun';

/** A call of a layer, with the way to it. */
export interface CallAt {
  /** The calls from the outer model to it. */
  readonly chain: readonly LayerCall[];
  /** Their layers' names. */
  readonly path: readonly string[];
  /** Which call each is of its layer; undefined where each layer is called once. */
  readonly node: readonly number[] | undefined;
}

/**
 * The calls of a model in the order in which they run, those in a nested model after the model that they are
 * in; without input layers.
 *
 * @param plan Leaves out what it does not run.
 */
export function eachCall(model: LayersModel, plan?: Plan): CallAt[] {
  return callsWithin(model, plan, { chain: [], path: [], node: [], isRepeated: false });
}

/** Where a model is within another. */
interface Around {
  readonly chain: readonly LayerCall[];
  readonly path: readonly string[];
  readonly node: readonly number[];
  /** Whether a layer on the path is called more than once. */
  readonly isRepeated: boolean;
}

function callsWithin(model: LayersModel, plan: Plan | undefined, around: Around): CallAt[] {
  const calls = callsOf(model).filter((call) => !isInput(call));
  return calls.flatMap((call) => {
    if (plan && !plan.calls.has(call)) return [];
    const layer = call.outboundLayer;
    const same = calls.filter(({ outboundLayer }) => outboundLayer === layer);
    const earlier = same.filter((other) => numberOf(other) < numberOf(call));
    const here: Around = {
      chain: [...around.chain, call],
      path: [...around.path, layer.name],
      node: [...around.node, earlier.length],
      isRepeated: around.isRepeated || same.length > 1,
    };
    const { chain, path, node, isRepeated } = here;
    const own: CallAt = { chain, path, node: isRepeated ? node : undefined };
    if (!isContainer(layer) || !isPlain(layer)) return [own];
    return [own, ...callsWithin(layer, plan?.calls.get(call), here)];
  });
}

/** Which call of its layer it is, in the order in which they were made. */
function numberOf(call: LayerCall): number {
  return call.outboundLayer.inboundNodes.indexOf(call);
}
