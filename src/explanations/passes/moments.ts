import {
  add,
  div,
  fill,
  log,
  maximum,
  mean,
  mul,
  reshape,
  square,
  sqrt,
  sub,
  sum,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** What many values come to, worked out as they come. */
export interface Statistic {
  /**
   * What is known after some more values; call it inside `tidy`.
   *
   * @param more `[count, ...]`.
   * @param before What was known after `done` of them; undefined for the first.
   */
  takeIn(more: Tensor, before: readonly Tensor[] | undefined, done: number): readonly Tensor[];
  /** What it comes to after `done` of them. */
  estimate(known: readonly Tensor[], done: number): { readonly map: Tensor; readonly standardError: Tensor };
}

/**
 * The mean, by Chan's form of Welford's algorithm, which subtracts no two large numbers: kept are the mean
 * and the sum of squared distances from it. Its standard error is `√(spread / (n − 1) / n)`, NaN for one.
 */
export const meanOf: Statistic = {
  takeIn: (more, [before, spreadBefore] = [], done) => {
    const count = more.shape[0] ?? 1;
    const theirs = meanIn(more);
    const isOne = count === 1;
    if (!before || !spreadBefore) return [theirs, isOne ? zerosLike(theirs) : spreadOf(more, theirs)];
    const all = done + count;
    const apart = sub(theirs, before);
    const within = isOne ? spreadBefore : add(spreadBefore, spreadOf(more, theirs));
    return [add(before, mul(apart, count / all)), add(within, mul(square(apart), (done * count) / all))];
  },
  estimate: ([map, spread], done) => ({
    map: map as Tensor,
    standardError:
      done === 1 ? unknown(spread as Tensor) : sqrt(mul(spread as Tensor, 1 / (done * (done - 1)))),
  }),
};

/** The same mean alone; its standard error is not known. */
export const meanAlone: Statistic = {
  takeIn: (more, [before] = [], done) => {
    const count = more.shape[0] ?? 1;
    const theirs = meanIn(more);
    return [before ? add(before, mul(sub(theirs, before), count / (done + count))) : theirs];
  },
  estimate: ([map]) => ({ map: map as Tensor, standardError: unknown(map as Tensor) }),
};

/**
 * The variance of what the values are drawn from, `spread / (n − 1)`, by Pébay's formulas for what parts come
 * to together: kept are the mean, and the sums of second, third and fourth powers of distances from it. Its
 * standard error is `√((m₄ − s⁴ (n − 3) / (n − 1)) / n)`.
 */
export const varianceOf: Statistic = {
  takeIn: (more, before, done) => {
    const count = more.shape[0] ?? 1;
    const theirs = mean(more, 0);
    const apart = sub(more, theirs);
    const squares = square(apart);
    const [second, third, fourth] = [squares, mul(squares, apart), square(squares)].map((x) => sum(x, 0)) as [
      Tensor,
      Tensor,
      Tensor,
    ];
    if (!before) return [theirs, second, third, fourth];
    return together(before as Powers, done, [theirs, second, third, fourth], count);
  },
  estimate: ([, second, , fourth], n) => {
    if (n === 1) return { map: unknown(second as Tensor), standardError: unknown(second as Tensor) };
    const map = div(second as Tensor, n - 1);
    const share = (n - 3) / (n - 1);
    const of = maximum(sub(div(fourth as Tensor, n), mul(square(map), share)), 0);
    return { map, standardError: sqrt(div(of, n)) };
  },
};

/** The mean of values; one is its own mean: where a model is large, passes come one at a time. */
function meanIn(more: Tensor): Tensor {
  return more.shape[0] === 1 ? reshape(more, more.shape.slice(1)) : mean(more, 0);
}

/** The sum of squared distances from the mean. */
function spreadOf(more: Tensor, theirs: Tensor): Tensor {
  return sum(square(sub(more, theirs)), 0);
}

/** NaN everywhere, made of numbers by a kernel: TF.js in debug mode uploads none that is not finite. */
function unknown({ shape }: Tensor): Tensor {
  return log(fill(shape, -1));
}

type Powers = readonly [mean: Tensor, second: Tensor, third: Tensor, fourth: Tensor];

function together(a: Powers, m: number, b: Powers, n: number): Powers {
  const all = m + n;
  const d = sub(b[0], a[0]);
  const d2 = square(d);
  const terms = (...each: readonly Tensor[]) => each.reduce((x, y) => add(x, y));
  return [
    add(a[0], mul(d, n / all)),
    terms(a[1], b[1], mul(d2, (m * n) / all)),
    terms(
      a[2],
      b[2],
      mul(mul(d2, d), (m * n * (m - n)) / all ** 2),
      mul(mul(d, 3 / all), sub(mul(b[1], m), mul(a[1], n))),
    ),
    terms(
      a[3],
      b[3],
      mul(square(d2), (m * n * (m * m - m * n + n * n)) / all ** 3),
      mul(mul(d2, 6 / all ** 2), add(mul(b[1], m * m), mul(a[1], n * n))),
      mul(mul(d, 4 / all), sub(mul(b[2], m), mul(a[2], n))),
    ),
  ];
}
