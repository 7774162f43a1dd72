import { add, div, exp, log, max, maximum, mul, neg, rsqrt, square, sub, sum } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { KernelCall } from '../../gradients/kernelGradient';
import type { Thunks } from '../../tape/back/backward';
import { undoBroadcast } from '../../tensors/undoBroadcast';
import { perChange } from './perChange';
import type { Twins } from './twinsOf';

/*
 * Kernels that are made of steps which each have a rule: a logarithm's softmax and its exponential; an
 * exponential, its sum and a logarithm; a difference, a root and a product.
 */

/**
 * `y = exp(log softmax(x))`: no number on the way is larger than what arrives, however far the logits of
 * input and baseline lie apart.
 */
export function ofSoftmax({ here, there }: Twins, call: KernelCall): Thunks {
  const [dy] = call.dys as [Tensor];
  return {
    logits: () => {
      const [at, from] = [logitsOf(here), logitsOf(there)];
      const y = here('output');
      const change = mul(dy, sub(y, there('output')));
      return throughLogSoftmax(
        perChange(change, logarithm(at), logarithm(from), () => mul(dy, y)),
        at,
        from,
      );
    },
  };
}

/** `y = x − log Σe`, `e = exp(x)`. */
export function ofLogSoftmax({ here, there }: Twins, call: KernelCall): Thunks {
  const [dy] = call.dys as [Tensor];
  return { logits: () => throughLogSoftmax(dy, logitsOf(here), logitsOf(there)) };
}

/** Logits, and `log Σe` in two parts, whose differences are taken apart: the largest, and what is left. */
interface Logits {
  readonly x: Tensor;
  readonly largest: Tensor;
  readonly rest: Tensor;
}

function logitsOf(of: Twins['here']): Logits {
  const x = of('logits');
  const largest = max(x, -1, true);
  return { x, largest, rest: log(sum(exp(sub(x, largest)), -1, true)) };
}

/** Of the softmax. */
function logarithm({ x, largest, rest }: Logits): Tensor {
  return sub(sub(x, largest), rest);
}

function throughLogSoftmax(dy: Tensor, at: Logits, from: Logits): Tensor {
  const largest = maximum(at.largest, from.largest);
  const [e, other] = [exp(sub(at.x, largest)), exp(sub(from.x, largest))];
  const [total, otherTotal] = [sum(e, -1, true), sum(other, -1, true)];
  const arriving = neg(sum(dy, -1, true));
  const change = mul(arriving, add(sub(at.largest, from.largest), sub(at.rest, from.rest)));
  const toTotal = perChange(change, total, otherTotal, () => div(arriving, total));
  return add(
    dy,
    perChange(mul(toTotal, sub(e, other)), at.x, from.x, () => mul(toTotal, e)),
  );
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
