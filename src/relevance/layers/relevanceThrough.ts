import { div, mul, reshape, zeros } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { atWork, outputName } from '../../gradients/gradientOf';
import type { KernelCall } from '../../gradients/kernelGradient';
import type { Propagation } from '../../explanations/explainer/propagation';
import { applyRule } from '../../rules/applyRule';
import type { Thunks } from '../../tape/back/backward';
import type { TapeNode } from '../../tape/tape';
import { tidied } from '../../tensors/tidied';
import { undoBroadcast } from '../../tensors/undoBroadcast';
import type { Composite } from '../composites/composite';
import type { RelevanceAt, RelevanceRule } from '../rules/relevanceRule';
import { EPSILON, stabilized } from '../rules/sharedOut';
import { gradientThunks } from './gradientThunks';
import { plainLayerAt, weightedLayerAt } from './layerAt';
import type { LayerAt } from './layerAt';
import { planRelevance } from './planRelevance';
import type { Planned } from './planRelevance';
import { byTerm, sumAt } from './sumAt';

/** Takes relevance back along a path, by the rules of a composite. */
export function relevanceThrough(composite: Composite, ignoresBias: boolean): Propagation['through'] {
  return ({ nodeOfWeight }, path, wanted, note) => {
    const plan = planRelevance(path, wanted, composite, nodeOfWeight, note);
    const onPath = new Set(path);
    return (node, call) => leaving(node, call, plan.get(node) as Planned, onPath, ignoresBias);
  };
}

function leaving(
  node: TapeNode,
  call: KernelCall,
  { way, rule }: Planned,
  onPath: ReadonlySet<TapeNode>,
  ignoresBias: boolean,
): Thunks {
  const dy = call.dys[0] as Tensor;
  const names = Object.keys(node.inputs);
  const each = (make: (name: string) => Tensor): Thunks =>
    Object.fromEntries(names.map((name) => [name, () => make(name)]));
  switch (way.kind) {
    case 'pass':
      return each(() => dy);
    case 'toOne':
      return each((name) => {
        const shape = node.shapes[name] as number[];
        return name === way.input ? undoBroadcast(dy, shape) : zeros(shape);
      });
    case 'move':
      return gradientThunks(node, call);
    case 'proportion':
      return inProportion(node, call, way.share);
    case 'convolution':
    case 'dense':
      return each(() =>
        byRule(rule as RelevanceRule, call, ignoresBias, weightedLayerAt(node, call, way.weighted, onPath)),
      );
    case 'average':
      if (!rule) return inProportion(node, call, 1);
      return each(() => byRule(rule, call, ignoresBias, plainLayerAt(node, call)));
    case 'sum': {
      if (!rule) return inProportion(node, call, 1);
      const shares = tidied(() => byTerm(node, byRule(rule, call, ignoresBias, sumAt(node, call))));
      return each((name) => shares[name] as Tensor);
    }
  }
}

/** `R_x = share · x · back(R / y)`, of each input and all outputs. */
function inProportion(node: TapeNode, call: KernelCall, share: number): Thunks {
  const dys = () =>
    call.dys.map((dy, i) => div(dy, stabilized(call.saved(outputName(i) as 'output'), EPSILON)));
  return Object.fromEntries(
    Object.keys(node.inputs).map((name) => [
      name,
      () => {
        const thunk = gradientThunks(node, { ...call, dys: dys() })[name];
        if (!thunk) throw new Error(`internal: no gradient to "${name}"`);
        const shared = mul(call.saved(name), thunk());
        return share === 1 ? shared : mul(share, shared);
      },
    ]),
  );
}

/**
 * What a rule makes of a layer. TF.js runs a dense layer as a batch of one matrix, of which a rule sees
 * nothing.
 */
function byRule(rule: RelevanceRule, call: KernelCall, ignoresBias: boolean, layer: LayerAt): Tensor {
  const arriving = call.dys[0] as Tensor;
  const { x } = layer.inputs;
  const isLone = [x, layer.inputs.filter, arriving].every(({ rank, shape }) => rank === 3 && shape[0] === 1);
  const dy = isLone ? inner(arriving) : arriving;
  const { inputs, again, back } = isLone ? withoutBatch(layer) : layer;
  const sources = { dy, dx: () => back(dy), y: () => again({}), inputs: () => inputs, again };
  const shares = atWork(() =>
    applyRule(
      // what is computed when it is first read stays so: the getters are inherited
      (at) => rule(Object.assign(Object.create(at) as RelevanceAt, { again, back, ignoresBias })),
      sources,
      inputs.x.shape,
    ),
  );
  return isLone ? outer(shares) : shares;
}

const inner = (x: Tensor): Tensor => reshape(x, x.shape.slice(1));

const outer = (x: Tensor): Tensor => reshape(x, [1, ...x.shape]);

/** A layer with one axis less in front. */
function withoutBatch({ inputs, again, back }: LayerAt): LayerAt {
  const given = (others: Parameters<LayerAt['again']>[0]) =>
    Object.fromEntries(
      Object.entries(others).map(([name, x]) => [name, x && name !== 'bias' ? outer(x) : x]),
    );
  return {
    inputs: { ...inputs, x: inner(inputs.x), filter: inner(inputs.filter) },
    again: (others) => inner(again(given(others))),
    back: (arriving, others = {}) => inner(back(outer(arriving), given(others))),
  };
}
