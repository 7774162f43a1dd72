import { mapped, volume, type Step, type Volume } from './volume';

/** A function of one number: its value, its slope, and how near the number is to a kink. */
export interface Curve {
  readonly value: (x: number, i: number) => number;
  readonly slope: (x: number, i: number) => number;
  readonly kinks: readonly number[];
  /** Whether rules act on it. */
  readonly rectifies: boolean;
}

const rectifier = (value: Curve['value'], slope: Curve['slope'], ...kinks: number[]): Curve => ({
  value,
  slope,
  kinks,
  rectifies: true,
});
const smooth = (value: Curve['value'], slope: Curve['slope']): Curve => ({
  value,
  slope,
  kinks: [],
  rectifies: false,
});

const SELU_SCALE = 1.0507009873554805;
const SELU_ALPHA = 1.6732632423543772;
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

export const curves = {
  linear: smooth(
    (x) => x,
    () => 1,
  ),
  tanh: smooth(Math.tanh, (x) => 1 - Math.tanh(x) ** 2),
  sigmoid: smooth(sigmoid, (x) => sigmoid(x) * (1 - sigmoid(x))),
  swish: smooth(
    (x) => x * sigmoid(x),
    (x) => sigmoid(x) * (1 + x * (1 - sigmoid(x))),
  ),
  relu: rectifier(
    (x) => Math.max(0, x),
    (x) => (x > 0 ? 1 : 0),
    0,
  ),
  relu6: rectifier(
    (x) => Math.min(6, Math.max(0, x)),
    (x) => (x > 0 && x < 6 ? 1 : 0),
    0,
    6,
  ),
  elu: rectifier(
    (x) => (x > 0 ? x : Math.exp(x) - 1),
    (x) => (x > 0 ? 1 : Math.exp(x)),
    0,
  ),
  selu: rectifier(
    (x) => SELU_SCALE * (x > 0 ? x : SELU_ALPHA * (Math.exp(x) - 1)),
    (x) => SELU_SCALE * (x > 0 ? 1 : SELU_ALPHA * Math.exp(x)),
    0,
  ),
} satisfies Record<string, Curve>;

export type CurveName = keyof typeof curves;

export const clipped = (highest: number): Curve =>
  rectifier(
    (x) => Math.min(highest, Math.max(0, x)),
    (x) => (x > 0 && x < highest ? 1 : 0),
    0,
    highest,
  );

export const leaky = (alpha: number): Curve =>
  rectifier(
    (x) => (x > 0 ? x : alpha * x),
    (x) => (x > 0 ? 1 : alpha),
    0,
  );

export const thresholded = (theta: number): Curve =>
  rectifier(
    (x) => (x > theta ? x : 0),
    (x) => (x > theta ? 1 : 0),
    theta,
  );

/** A slope of its own for each place of a sample. */
export const parametric = (alpha: Volume): Curve => {
  const at = (i: number) => alpha.data[i % alpha.data.length] as number;
  return rectifier(
    (x, i) => (x > 0 ? x : at(i) * x),
    (x, i) => (x > 0 ? 1 : at(i)),
    0,
  );
};

/** A curve on every number. */
export function slowCurve(x: Volume, curve: Curve): Step {
  const distances = Array.from(x.data).flatMap((value) => curve.kinks.map((kink) => Math.abs(value - kink)));
  return {
    y: mapped(x, curve.value),
    // exactly at a kink is the same everywhere: a dead unit's 0, a saturated one's 6
    margin: Math.min(Infinity, ...distances.filter((distance) => distance !== 0)),
    back: (dy, rule) => [
      mapped(dy, (value, i) => {
        const slope = curve.slope(x.data[i] as number, i);
        return curve.rectifies ? rule(value, slope) : value * slope;
      }),
    ],
  };
}

/** Batch normalisation in inference: one scale and one shift a channel. */
export function slowBatchNorm(
  x: Volume,
  {
    gamma,
    beta,
    mean,
    variance,
  }: { gamma?: Volume | undefined; beta?: Volume | undefined; mean: Volume; variance: Volume },
): Step {
  const scale = variance.data.map((v, i) => (gamma?.data[i] ?? 1) / Math.sqrt(v + 1e-3));
  const at = (i: number) => i % scale.length;
  return {
    y: mapped(x, (value, i) => (value - mean.data[at(i)]!) * scale[at(i)]! + (beta?.data[at(i)] ?? 0)),
    back: (dy) => [mapped(dy, (value, i) => value * scale[at(i)]!)],
  };
}

/** The sum, or the mean. */
export function slowSum(xs: readonly Volume[], weight = 1): Step {
  const [first] = xs as [Volume];
  return {
    y: mapped(first, (_, i) => weight * xs.reduce((sum, x) => sum + x.data[i]!, 0)),
    back: (dy) => xs.map(() => mapped(dy, (value) => weight * value)),
  };
}

export function slowProduct(a: Volume, b: Volume): Step {
  return {
    y: mapped(a, (value, i) => value * b.data[i]!),
    back: (dy) => [
      mapped(dy, (value, i) => value * b.data[i]!),
      mapped(dy, (value, i) => value * a.data[i]!),
    ],
  };
}

/** One after the other along the last axis. */
export function slowConcat(xs: readonly Volume[]): Step {
  const sizes = xs.map(({ shape }) => shape[shape.length - 1] as number);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const [first] = xs as [Volume];
  const y = volume([...first.shape.slice(0, -1), total]);
  const each = (visit: (source: number, atX: number, atY: number) => void) => {
    let start = 0;
    sizes.forEach((size, source) => {
      for (let i = 0; i < (xs[source] as Volume).data.length; i++)
        visit(source, i, Math.floor(i / size) * total + start + (i % size));
      start += size;
    });
  };
  each((source, atX, atY) => (y.data[atY] = xs[source]!.data[atX]!));
  return {
    y,
    back: (dy) => {
      const dxs = xs.map(({ shape }) => volume(shape));
      each((source, atX, atY) => (dxs[source]!.data[atX] = dy.data[atY]!));
      return dxs;
    },
  };
}

/** The same numbers under another shape. */
export function slowReshape(x: Volume, shape: readonly number[]): Step {
  return { y: volume(shape, x.data), back: (dy) => [volume(x.shape, dy.data)] };
}
