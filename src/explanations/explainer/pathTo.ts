import { ours } from '../../errors/door';
import type { Network } from '../../model/network';
import { pathBetween } from '../../tape/back/pathBetween';
import type { Recording } from '../../tape/recording/recording';
import type { TapeNode, Value } from '../../tape/tape';
import type { TargetSeed } from '../../targets/targetSeed';
import { noMapOfIntegers } from './findEnds';
import type { Begins } from './findEnds';

/** The values that a way to the target may begin at. */
export interface Leading {
  /** Those of `wrt`. */
  readonly inner: readonly Value[];
  readonly watched: readonly Value[];
  /** The inputs that are no integers. */
  readonly floats: readonly Value[];
  readonly looks: readonly Value[];
}

/** The nodes on the way to a target; every place that was named must lead there. */
export function pathTo(
  recording: Recording,
  network: Network,
  { from }: TargetSeed,
  { inner, watched, floats, looks }: Leading,
  { wrt, at, ordinary, named }: Begins,
): TapeNode[] {
  const wanted = wrt.length > 0 ? inner : floats;
  const path = from ? pathBetween(recording.nodes, [...wanted, ...looks], [from]) : [];
  const way = (begins: readonly Value[]) => (from ? pathBetween(recording.nodes, begins, [from]) : []);
  const isAlone = looks.length === 0 && wrt.length < 2;
  // walked once where that tells
  const leads = (begins: readonly Value[], known = false) =>
    from !== undefined && (begins.includes(from) || (known ? path : way(begins)).length > 0);
  const astray =
    wrt[inner.findIndex((value) => !leads([value], isAlone))] ??
    at[looks.findIndex((look, i) => i < ordinary && !leads([look]))];
  if (astray || (wrt.length === 0 && !leads(floats, isAlone))) {
    const integers = astray ? -1 : watched.findIndex((value) => leads([value]));
    if (integers >= 0) {
      throw ours(
        new Error(`the target depends on no input of floats, and ${noMapOfIntegers(network, integers)}`),
      );
    }
    throw ours(
      new Error(
        `the target does not depend on ${astray ? `the output of "${astray.name}"` : 'the input'}, ` +
          'so there is nothing to explain; choose another target' +
          (astray ? ` or another ${named}` : ''),
      ),
    );
  }
  const unseen = at[looks.findIndex((look) => !leads([look]))];
  if (unseen) {
    throw ours(
      new Error(
        `the target does not depend on the output of "${unseen.name}", so there is nothing to see at it; ` +
          'choose another target or leave it out of at',
      ),
    );
  }
  return path;
}
