/*
 * Relevance rules, one contribution at a time: a slow reference written from the formulas, on a layer as a
 * matrix `weights[input][output]`, with what each output reads besides: a convolution has weights of 0 that
 * are read.
 */

/** A linear layer. */
export interface LoopLayer {
  readonly weights: readonly (readonly number[])[];
  readonly isRead: readonly (readonly boolean[])[];
  readonly bias: readonly number[];
}

/** What input and weight contribute to an output, and what its bias does. */
export interface LoopRule {
  readonly of: (x: number, w: number) => number;
  readonly ofBias: (b: number) => number;
  readonly epsilon?: number;
}

const positive = (value: number) => Math.max(value, 0);
const negative = (value: number) => Math.min(value, 0);
const nothing = () => 0;

export const loopRules = {
  epsilon: (epsilon: number): LoopRule => ({ of: (x, w) => x * w, ofBias: (b) => b, epsilon }),
  zPlus: { of: (x, w) => positive(x * w), ofBias: positive },
  zMinus: { of: (x, w) => negative(x * w), ofBias: negative },
  flat: { of: () => 1, ofBias: nothing },
  wSquare: { of: (_, w) => w * w, ofBias: (b) => b * b },
  zBox: (low: number, high: number): LoopRule => ({
    of: (x, w) => x * w - low * positive(w) - high * negative(w),
    ofBias: nothing,
  }),
} satisfies Record<string, LoopRule | ((...bounds: number[]) => LoopRule)>;

/** The same without the bias. */
export const withoutBias = (rule: LoopRule): LoopRule => ({ ...rule, ofBias: nothing });

/** What arrives at the outputs, shared out among the inputs. */
export function loopShare(
  { weights, isRead, bias }: LoopLayer,
  x: readonly number[],
  arriving: readonly number[],
  { of, ofBias, epsilon = 1e-6 }: LoopRule,
): number[] {
  const shares = x.map(() => 0);
  arriving.forEach((relevance, o) => {
    const each = x.map((value, i) => (isRead[i]![o] ? of(value, weights[i]![o]!) : 0));
    const z = each.reduce((sum, one) => sum + one, ofBias(bias[o]!));
    each.forEach((one, i) => {
      shares[i]! += (one / (z + (z < 0 ? -epsilon : epsilon))) * relevance;
    });
  });
  return shares;
}

/** What is computed before any activation. */
export function loopOutput({ weights, bias }: LoopLayer, x: readonly number[]): number[] {
  return bias.map((b, o) => x.reduce((sum, value, i) => sum + value * weights[i]![o]!, b));
}

/** Alpha-beta: what is for an output, and what is against it, apart. */
export function loopAlphaBeta(
  layer: LoopLayer,
  x: readonly number[],
  arriving: readonly number[],
  alpha: number,
  beta: number,
  change: (rule: LoopRule) => LoopRule = (rule) => rule,
): number[] {
  const forIt = loopShare(layer, x, arriving, change(loopRules.zPlus));
  const against = loopShare(layer, x, arriving, change(loopRules.zMinus));
  return forIt.map((value, i) => alpha * value - beta * against[i]!);
}

/** Gamma: with more weight on what has the sign of the output. */
export function loopGamma(
  layer: LoopLayer,
  x: readonly number[],
  arriving: readonly number[],
  gamma: number,
  change: (rule: LoopRule) => LoopRule = (rule) => rule,
): number[] {
  const y = loopOutput(layer, x);
  const more = (part: (value: number) => number): LoopRule =>
    change({ of: (value, w) => value * w + gamma * part(value * w), ofBias: (b) => b + gamma * part(b) });
  const above = arriving.map((value, o) => (y[o]! > 0 ? value : 0));
  const below = arriving.map((value, o) => (y[o]! < 0 ? value : 0));
  const shares = loopShare(layer, x, above, more(positive));
  return loopShare(layer, x, below, more(negative)).map((value, i) => value + shares[i]!);
}
