import { keep, zeros } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Inputs } from '../../model/inputs';
import { networkOf } from '../../model/networkOf';
import type { Model } from '../../model/networkOf';
import { startNames } from '../../model/startNames';
import type { Explainer } from '../explainer/explainer';
import { spacesOf } from '../inputs/inputSpace';
import type { InputSpace } from '../inputs/inputSpace';
import type { MethodDefinition, Opened } from './method';
import type { TargetOptions } from '../explainer/options';
import { besideHeld, checkChangeable, checkLeftOut, partedInputs } from './partedInputs';
import type { PartedInputs } from './partedInputs';
import type { Estimate } from '../passes/passes';
import { mapTensors, partAt, without } from '../inputs/structure';

/**
 * A method of many passes, for inputs that are changed from pass to pass: integers beside them stay as they
 * are, unseen by the method, and get zeros.
 */
export function besideIntegers<O extends TargetOptions>(
  definition: MethodDefinition<O>,
): MethodDefinition<O> {
  const { resolve = (given: O) => given, ask, passes, gap, isHiding = false, isOfCells = false } = definition;
  const networkIn = (model: Model, { from }: O) => networkOf(model, startNames(from));
  const partsOf = ({ x, model, options, look }: Opened<O>) =>
    partedInputs(x, networkIn(model, options), isHiding ? undefined : look.leading);
  /** A map without what stays; one of `wrt` is of other places. */
  const seenOf = (map: Inputs, { held }: PartedInputs, options: O) =>
    held.size === 0 || ask(options).wrt !== undefined ? map : without(map, held);
  const seen = (opened: Opened<O>, parts: PartedInputs): Opened<O> => {
    const { explainer, options } = opened;
    const explain = (x: Inputs) => {
      const explained = explainer.explain(besideHeld(parts, x));
      return { ...explained, map: seenOf(explained.map, parts, options) };
    };
    const score = (x: unknown) => explainer.score(besideHeld(parts, x as Inputs));
    return { ...opened, x: parts.x, explainer: { ...explainer, explain, score } as Explainer };
  };
  return {
    ...definition,
    resolve: (given, model, x) => {
      const options = resolve(given, model, x);
      checkChangeable(networkIn(model, options));
      return options;
    },
    passes: (opened) => {
      const parts = partsOf(opened);
      checkLeftOut(parts, opened.options);
      const estimates = passes!(seen(opened, parts));
      if (parts.held.size === 0 || ask(opened.options).wrt !== undefined) return estimates;
      return withZeros(estimates, parts, isOfCells ? spacesOf(opened.model, parts.whole, opened.from) : []);
    },
    ...(gap && {
      gap: (opened, map) => {
        const parts = partsOf(opened);
        return gap(seen(opened, parts), seenOf(map, parts, opened.options));
      },
    }),
  };
}

/** Estimates with zeros for what stays; of hidden parts in the shapes of their spaces. */
async function* withZeros(
  estimates: AsyncGenerator<Estimate<Inputs>>,
  { whole, held }: PartedInputs,
  spaces: readonly InputSpace[],
): AsyncGenerator<Estimate<Inputs>> {
  const filled = (part: Inputs) =>
    mapTensors(whole, ({ shape }, i) => {
      if (!held.has(i)) return partAt(part, whole, i) as Tensor;
      const space = spaces[i];
      return keep(zeros(space ? [shape[0] ?? 1, ...space.sizes] : shape));
    });
  for await (const estimate of estimates) {
    yield { ...estimate, map: filled(estimate.map), standardError: filled(estimate.standardError) };
  }
}
