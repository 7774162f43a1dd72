import { add, maximum, minimum, mul, sub } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { ours } from '../../errors/door';
import type { KernelCall } from '../../gradients/kernelGradient';
import type { Propagation } from '../../explanations/explainer/propagation';
import type { Recording } from '../../tape/recording/recording';
import type { Thunks } from '../../tape/back/backward';
import { runKernel } from '../../tape/runKernel';
import { nameOf } from '../../tape/tape';
import type { TapeNode } from '../../tape/tape';
import { undoBroadcast } from '../../tensors/undoBroadcast';
import { gradientThunks } from '../layers/gradientThunks';
import { gradientAt } from '../layers/layerAt';
import { multiplierKind } from './multiplierKinds';
import { ofLogSoftmax, ofNormalization, ofSoftmax } from './ofSeveralSteps';
import { asFloats, perChange } from './perChange';
import { twinsOf } from './twinsOf';
import type { Twins } from './twinsOf';

/*
 * DeepLIFT: what goes back is a multiplier, how much the target changes per change of a value between the
 * baseline and the input:  m_x = Σ_y m_y m(x → y),  with Σ_x m(x → y) Δx = Δy at each kernel. So the
 * contributions m_x Δx of the inputs sum to the change of the target.
 */

/** Takes multipliers back along a path, by what each kernel gave on the input and on the baseline. */
export const multipliersThrough: Propagation['through'] = ({ recording, reference }, path) => {
  const twins = twinsOf(recording, reference as Recording);
  const unknown = path.find((node) => multiplierKind(node) === undefined);
  if (unknown) {
    throw ours(
      new Error(
        `${nameOf(unknown)} has no multipliers: it is neither linear, element by element, a product nor a choice ` +
          `of the largest; explain ${instead(unknown)}`,
      ),
    );
  }
  return (node, call) => leaving(twins(node), call);
};

/** What can be explained of either side of a node: a function has no layers to name. */
function instead({ where }: TapeNode): string {
  return where === undefined
    ? 'a function that ends before it, or one of what it gives'
    : 'a layer before it as target, or one behind it as wrt';
}

function leaving(twins: Twins, call: KernelCall): Thunks {
  const { node } = twins;
  switch (multiplierKind(node)) {
    case 'halfWay':
      return halfWay(twins, call);
    case 'rescale':
      return rescaled(twins, call);
    case 'shapley':
      return shapley(twins, call);
    case 'largest':
      return ofChoice(twins, call, maximum);
    case 'smallest':
      return ofChoice(twins, call, minimum);
    case 'softmax':
      return ofSoftmax(twins, call);
    case 'logSoftmax':
      return ofLogSoftmax(twins, call);
    case 'normalization':
      return ofNormalization(twins, call);
    default:
      return gradientThunks(node, call);
  }
}

/**
 * Of a product the mean over the two orders in which its factors change: the gradient where both are half way
 * between the baseline and the input. Of a square it is the secant.
 */
function halfWay({ node, here, there }: Twins, call: KernelCall): Thunks {
  const between = Object.fromEntries(
    Object.keys(node.shapes).map((name) => [
      name,
      name in node.inputs ? mul(0.5, add(here(name), there(name))) : here(name),
    ]),
  );
  const [dy] = call.dys as [Tensor];
  return eachInput(node, (name) => gradientAt(node, call, name, dy, between));
}

/** The rescale rule: `m_x = m_y Δy / Δx`. */
function rescaled({ node, here, there }: Twins, call: KernelCall): Thunks {
  const [dy] = call.dys as [Tensor];
  const change = () => sub(asFloats(here('output')), asFloats(there('output')));
  return eachInput(node, (name) =>
    perChange(undoBroadcast(mul(dy, change()), node.shapes[name] as number[]), here(name), there(name), () =>
      gradientThunks(node, call)[name]?.(),
    ),
  );
}

/** `m_a = m_y ½ (f(a, b) − f(a′, b) + f(a, b′) − f(a′, b′)) / Δa`, and so with b. */
function shapley({ node, here, there }: Twins, call: KernelCall): Thunks {
  const [dy] = call.dys as [Tensor];
  const [first, second] = Object.keys(node.inputs) as [string, string];
  const mixed = (from: string): Tensor => {
    const inputs = Object.keys(node.shapes).map(
      (name) => [name, name === from ? here(name) : there(name)] as const,
    );
    return asFloats(runKernel(node, Object.fromEntries(inputs))[0] as Tensor);
  };
  const both = () => sub(asFloats(here('output')), asFloats(there('output')));
  return eachInput(node, (name) => {
    const apart = sub(mixed(name), mixed(name === first ? second : first));
    const change = mul(0.5, add(both(), apart));
    return perChange(
      undoBroadcast(mul(dy, change), node.shapes[name] as number[]),
      here(name),
      there(name),
      () => gradientThunks(node, call)[name]?.(),
    );
  });
}

/**
 * The cross-maximum rule: with `M = max(y, y′)`, `m (M − y′)` goes to the winner of the input, `m (y − M)` to
 * that of the baseline; over Δx.
 */
function ofChoice({ node, here, there }: Twins, call: KernelCall, choose: typeof maximum): Thunks {
  const [dy] = call.dys as [Tensor];
  return eachInput(node, (name) => {
    const [y, other] = [here('output'), there('output')];
    const chosen = choose(y, other);
    const forHere = gradientAt(node, call, name, mul(dy, sub(chosen, other)), {
      [name]: here(name),
      output: y,
    });
    const forThere = gradientAt(node, call, name, mul(dy, sub(y, chosen)), {
      [name]: there(name),
      output: other,
    });
    return perChange(add(forHere, forThere), here(name), there(name), () =>
      gradientThunks(node, call)[name]?.(),
    );
  });
}

function eachInput({ inputs }: Twins['node'], make: (name: string) => Tensor): Thunks {
  return Object.fromEntries(Object.keys(inputs).map((name) => [name, () => make(name)]));
}
