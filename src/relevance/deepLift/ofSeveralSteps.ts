import { add, div, exp, log, max, maximum, mul, neg, rsqrt, square, sub, sum } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { KernelCall } from '../../gradients/kernelGradient';
import type { Thunks } from '../../tape/backward';
import { undoBroadcast } from '../../tensors/undoBroadcast';
import { perChange } from './perChange';
import type { Twins } from './twinsOf';

/*
 * Kernels that are made of steps which each have a rule: the exponential, its sum and a quotient; a
 * difference, a root and a product.
 */

/** `y = e / Σe`, `e = exp(x)`. */
export function ofSoftmax({ here, there }: Twins, call: KernelCall): Thunks {
  const [dy] = call.dys as [Tensor];
  return {
    logits: () => {
      const { e, other, total, otherTotal, throughExp } = exponentials(here('logits'), there('logits'));
      const toE = mul(dy, mul(0.5, add(div(1, total), div(1, otherTotal))));
      const toTotal = neg(div(sum(mul(dy, mul(0.5, add(e, other))), -1, true), mul(total, otherTotal)));
      return throughExp(add(toE, toTotal));
    },
  };
}

/** `y = x − log Σe`. */
export function ofLogSoftmax({ here, there }: Twins, call: KernelCall): Thunks {
  const [dy] = call.dys as [Tensor];
  return {
    logits: () => {
      const { total, otherTotal, throughExp } = exponentials(here('logits'), there('logits'));
      const arriving = neg(sum(dy, -1, true));
      const change = mul(arriving, sub(log(total), log(otherTotal)));
      const toTotal = perChange(change, total, otherTotal, () => div(arriving, total));
      return add(dy, throughExp(toTotal));
    },
  };
}

/** The exponentials on both inputs, less the largest of both; and the way back through them. */
function exponentials(x: Tensor, baseline: Tensor) {
  const largest = max(maximum(x, baseline), -1, true);
  const [e, other] = [exp(sub(x, largest)), exp(sub(baseline, largest))];
  return {
    e,
    other,
    total: sum(e, -1, true),
    otherTotal: sum(other, -1, true),
    throughExp: (m: Tensor) => perChange(mul(m, sub(e, other)), x, baseline, () => mul(m, e)),
  };
}

/** `y = d r scale + offset`, `d = x − mean`, `r = 1 / √(variance + ε)`. */
export function ofNormalization({ node, here, there }: Twins, call: KernelCall): Thunks {
  const [dy] = call.dys as [Tensor];
  const epsilon = Number(node.attrs['varianceEpsilon'] ?? 1e-3);
  const root = (of: Twins['here']) => rsqrt(add(of('variance'), epsilon));
  const centred = (of: Twins['here']) => sub(of('x'), of('mean'));
  const scaled = () => ('scale' in node.shapes ? mul(dy, here('scale')) : dy);
  const toCentred = () => mul(scaled(), mul(0.5, add(root(here), root(there))));
  const inShapeOf = (name: string, m: Tensor) => undoBroadcast(m, node.shapes[name] as number[]);
  return {
    x: () => toCentred(),
    mean: () => inShapeOf('mean', neg(toCentred())),
    offset: () => inShapeOf('offset', dy),
    variance: () => {
      const toRoot = inShapeOf('variance', mul(scaled(), mul(0.5, add(centred(here), centred(there)))));
      const change = mul(toRoot, sub(root(here), root(there)));
      const slope = () => mul(toRoot, mul(-0.5, mul(root(here), square(root(here)))));
      return perChange(change, here('variance'), there('variance'), slope);
    },
  };
}
