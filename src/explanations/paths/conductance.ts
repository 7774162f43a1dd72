import { add, concat, keep, mul, reshape, sub, tensor } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Inputs } from '../../model/inputs';
import { samplesOf } from '../explainer/chunks';
import type { Explainer, Seen } from '../explainer/explainer';
import { sampled } from '../passes/passes';
import type { Estimate, PassControl } from '../passes/passes';
import type { stepsOf } from './quadrature';
import { atPoints, waysTo } from './straightPath';
import type { WayPoint, Ways } from './straightPath';

/** What was seen at a place, at some points of the ways, `[points, batch, ...]`. */
type SeenThere = Pick<Seen, 'y' | 'dy'>;

/**
 * Conductance of the places that an explainer looks at: over steps along the ways in the input, the sum of
 * the gradient there times the change of their output; averaged over the ways.
 *
 * @param later How much the gradient at the end of a step counts, the rest being that at its beginning.
 * @param isList Whether maps are a list.
 */
export async function* conductance(
  explainer: Explainer,
  ways: Ways,
  { points, later }: ReturnType<typeof stepsOf>,
  control: PassControl,
  isList: boolean,
): AsyncGenerator<Estimate<Inputs>> {
  const all = Array.from({ length: ways.starts }, (_, start) =>
    points.map((alpha) => ({ start, alpha })),
  ).flat();
  const total = all.length - 1;
  // from the end of one way to the beginning of the next there is no step
  const weights = Array.from({ length: total }, (_, i) =>
    (i + 1) % points.length === 0 ? 0 : total / ways.starts,
  );
  let last: SeenThere[] = []; // where the next step begins
  const forget = () => {
    for (const { y, dy } of last) for (const one of [y, dy]) one.dispose();
    last = [];
  };
  const keepLast = (seen: readonly SeenThere[], nth: number) => {
    forget();
    last = seen.map(({ y, dy }) => ({ y: keep(samplesOf(y, nth, 1)), dy: keep(samplesOf(dy, nth, 1)) }));
  };
  const seenAt = (some: readonly WayPoint[]): SeenThere[] =>
    explainer
      .explain(atPoints(ways.x, waysTo(ways, some), some))
      .at.map(({ y, dy }) => ({ y: perPoint(y, some.length), dy: perPoint(dy, some.length) }));
  try {
    yield* sampled(total, control, (first, count) => {
      if (last.length === 0) keepLast(seenAt(all.slice(0, 1)), 0);
      const next = seenAt(all.slice(first + 1, first + count + 1));
      const seen = next.map(({ y, dy }, i) => {
        const before = last[i] as SeenThere;
        return { y: concat([before.y, y]), dy: concat([before.dy, dy]) };
      });
      keepLast(seen, count);
      const maps = seen.map(({ y, dy }) => {
        const factors = tensor(weights.slice(first, first + count), [
          count,
          ...y.shape.slice(1).map(() => 1),
        ]);
        const change = mul(sub(samplesOf(y, 1, count), samplesOf(y, 0, count)), factors);
        const slope = add(mul(samplesOf(dy, 0, count), 1 - later), mul(samplesOf(dy, 1, count), later));
        return reshape(mul(slope, change), [-1, ...y.shape.slice(2)]);
      });
      return isList ? maps : (maps[0] as Tensor);
    });
  } finally {
    forget();
  }
}

function perPoint(x: Tensor, points: number): Tensor {
  return reshape(x, [points, (x.shape[0] ?? 1) / points, ...x.shape.slice(1)]);
}
