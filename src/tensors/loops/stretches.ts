/** Axes of a result taken together, and how far each operand steps along them. */
export interface Stretch {
  readonly size: number;
  /** 0 where the operand stays where it is. */
  readonly steps: readonly number[];
}

/** One number, of one operand or two. */
const ONE: Stretch = { size: 1, steps: [0, 0] };

/** Takes axes together along which all operands step evenly: the innermost first, as they are given. */
export function stretchesOf(axes: readonly Stretch[]): Stretch[] {
  const found: Stretch[] = [];
  for (const axis of axes) {
    if (axis.size === 1) continue;
    const inner = found[found.length - 1];
    if (inner && axis.steps.every((step, i) => step === inner.steps[i]! * inner.size)) {
      found[found.length - 1] = { ...inner, size: inner.size * axis.size };
    } else {
      found.push(axis);
    }
  }
  return found.length > 0 ? found : [ONE];
}

/**
 * Goes over a result, a run of its innermost stretch at a time.
 *
 * @param visit Told where in the result the run begins, and where each operand is there.
 */
export function eachRun(
  [inner, ...outer]: readonly Stretch[],
  size: number,
  visit: (to: number, from: readonly number[], inner: Stretch) => void,
): void {
  if (!inner) return;
  const from = inner.steps.map(() => 0);
  for (let to = 0; to < size; to += inner.size) {
    from.fill(0);
    let row = to / inner.size;
    for (const { size: length, steps } of outer) {
      const at = row % length;
      row = (row - at) / length;
      for (let i = 0; i < from.length; i++) from[i]! += at * steps[i]!;
    }
    visit(to, from, inner);
  }
}

/** How far a tensor steps along each of its axes, the innermost first; not at all along one of length 1. */
export function stepsOf(shape: readonly number[]): number[] {
  let size = 1;
  return [...shape].reverse().map((length) => {
    const step = length === 1 ? 0 : size;
    size *= length;
    return step;
  });
}
