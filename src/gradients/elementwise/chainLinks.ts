/*
 * The links of a chain, forward and back. Each works on registers: rows of numbers, all of as many rows, one
 * after the other. On the way back each register has another one for the gradient that arrives at it.
 */

/** One kernel of a chain, which reads and writes registers by their numbers. */
export type Link =
  | { readonly op: 'Add' | 'Sub' | 'Multiply'; readonly a: number; readonly b: number; readonly y: number }
  | { readonly op: 'Scale' | 'Shift'; readonly x: number; readonly by: number; readonly y: number }
  | { readonly op: 'Sigmoid' | 'Tanh' | 'Neg'; readonly x: number; readonly y: number }
  | {
      readonly op: 'ClipByValue';
      readonly x: number;
      readonly min: number;
      readonly max: number;
      readonly y: number;
    }
  | { readonly op: 'SplitV'; readonly x: number; readonly ys: readonly number[] };

/** Runs a link. */
export function forward(link: Link, at: readonly Float32Array[], rows: number): void {
  if (link.op === 'SplitV') {
    eachPart(link, at, rows, (x, from, y, to) => {
      y[to] = x[from]!;
    });
    return;
  }
  const y = at[link.y]!;
  if ('b' in link) {
    const a = at[link.a]!;
    const b = at[link.b]!;
    if (link.op === 'Add') for (let i = 0; i < y.length; i++) y[i] = a[i]! + b[i]!;
    else if (link.op === 'Sub') for (let i = 0; i < y.length; i++) y[i] = a[i]! - b[i]!;
    else for (let i = 0; i < y.length; i++) y[i] = a[i]! * b[i]!;
    return;
  }
  const x = at[link.x]!;
  switch (link.op) {
    case 'Scale':
      for (let i = 0; i < y.length; i++) y[i] = x[i]! * link.by;
      return;
    case 'Shift':
      for (let i = 0; i < y.length; i++) y[i] = x[i]! + link.by;
      return;
    case 'Neg':
      for (let i = 0; i < y.length; i++) y[i] = -x[i]!;
      return;
    case 'Sigmoid':
      for (let i = 0; i < y.length; i++) y[i] = 1 / (1 + Math.exp(-x[i]!));
      return;
    case 'Tanh':
      for (let i = 0; i < y.length; i++) y[i] = Math.tanh(x[i]!);
      return;
    case 'ClipByValue':
      for (let i = 0; i < y.length; i++) y[i] = Math.min(Math.max(x[i]!, link.min), link.max);
  }
}

/**
 * Adds to the gradients at what a link read, from that at what it wrote.
 *
 * @param at The numbers.
 * @param to The gradients.
 */
export function back(
  link: Link,
  at: readonly Float32Array[],
  to: readonly Float32Array[],
  rows: number,
): void {
  if (link.op === 'SplitV') {
    eachPart(link, to, rows, (dx, into, dy, from) => {
      dx[into]! += dy[from]!;
    });
    return;
  }
  const dy = to[link.y]!;
  if ('b' in link) {
    backOfTwo(link, dy, at, to);
    return;
  }
  const x = at[link.x]!;
  const y = at[link.y]!;
  const dx = to[link.x]!;
  switch (link.op) {
    case 'Scale':
      for (let i = 0; i < dx.length; i++) dx[i]! += dy[i]! * link.by;
      return;
    case 'Shift':
      for (let i = 0; i < dx.length; i++) dx[i]! += dy[i]!;
      return;
    case 'Neg':
      for (let i = 0; i < dx.length; i++) dx[i]! -= dy[i]!;
      return;
    case 'Sigmoid':
      // the difference to 1 is exact enough but near 1, and quicker
      for (let i = 0; i < dx.length; i++) {
        dx[i]! += dy[i]! * y[i]! * (y[i]! > 0.9 ? 1 / (1 + Math.exp(x[i]!)) : 1 - y[i]!);
      }
      return;
    case 'Tanh':
      for (let i = 0; i < dx.length; i++) dx[i]! += dy[i]! * (1 - y[i]! * y[i]!);
      return;
    case 'ClipByValue':
      // NaN passes, as it is neither above nor below
      for (let i = 0; i < dx.length; i++) dx[i]! += x[i]! > link.max || x[i]! < link.min ? 0 : dy[i]!;
  }
}

function backOfTwo(
  { op, a, b }: Extract<Link, { readonly b: number }>,
  dy: Float32Array,
  at: readonly Float32Array[],
  to: readonly Float32Array[],
): void {
  const da = to[a]!;
  const db = to[b]!;
  if (op === 'Multiply') {
    // both before either is added to: they may be one
    for (let i = 0; i < dy.length; i++) {
      const toB = dy[i]! * at[a]![i]!;
      da[i]! += dy[i]! * at[b]![i]!;
      db[i]! += toB;
    }
    return;
  }
  const sign = op === 'Sub' ? -1 : 1;
  for (let i = 0; i < dy.length; i++) {
    da[i]! += dy[i]!;
    db[i]! += sign * dy[i]!;
  }
}

/** Goes over the numbers of a register and of the parts that it is split into, side by side. */
function eachPart(
  { x, ys }: Link & { readonly op: 'SplitV' },
  at: readonly Float32Array[],
  rows: number,
  visit: (whole: Float32Array, i: number, part: Float32Array, j: number) => void,
): void {
  const whole = at[x]!;
  const width = whole.length / rows;
  let before = 0;
  for (const y of ys) {
    const part = at[y]!;
    const own = part.length / rows;
    for (let row = 0; row < rows; row++) {
      for (let i = 0; i < own; i++) visit(whole, row * width + before + i, part, row * own + i);
    }
    before += own;
  }
}

/** The registers that a link reads. */
export function readBy(link: Link): readonly number[] {
  return 'b' in link ? [link.a, link.b] : [link.x];
}

/** The registers that a link writes. */
export function writtenBy(link: Link): readonly number[] {
  return 'ys' in link ? link.ys : [link.y];
}

/** Whether a link writes no negative number, given which registers hold none. */
export function givesNoneNegative(link: Link, isNone: (register: number) => boolean): boolean {
  switch (link.op) {
    case 'Sigmoid':
      return true;
    case 'ClipByValue':
      return link.min >= 0 || isNone(link.x);
    case 'Scale':
    case 'Shift':
      return link.by >= 0 && isNone(link.x);
    case 'Add':
    case 'Multiply':
    case 'SplitV':
      return readBy(link).every(isNone);
    default:
      return false;
  }
}
