import { door, ours } from '../errors/door';
import { checkOptionNames } from '../errors/optionNames';
import { checkAt, checkClass, checkOthers, checkOutput, checkWeight } from './checkTarget';
import type { ContrastTarget } from './target';

/** Options of `contrast`. */
export interface ContrastOptions {
  /**
   * How much of the others' mean is taken off; 1 is all of it.
   *
   * @default 1
   */
  weight?: number;
  /** Which output, of a model with several: its name, or its number. */
  output?: string | number;
  /** Where, in an output that has scores at many places: an index for each axis between batch and classes. */
  at?: readonly number[];
}

/**
 * A target: the score of a class less the mean score of others, i.e. what speaks for it rather than them.
 *
 * `S = S_class − weight · mean(S_others)`
 *
 * A target of every method; Grad-CAM with it is Finer-CAM. A class less itself is refused where both are
 * given; where the class is left out, a sample whose highest class is all that `others` names has a map of
 * zeros.
 *
 * @param classes The class, or one for each sample; left out, the class with the highest score of each.
 * @param others The classes that it is set against; left out, the two with the highest scores of the rest, of
 *   each sample.
 * @returns What is taken wherever a target is taken: plain JSON, no tensor.
 * @throws TypeError if `others` is no list, or an option is unknown.
 * @throws RangeError if `others` is empty or nothing but the class of a sample itself, or `weight` is not
 *   finite; when explained, if a class does not exist.
 * @see Zhang et al. 2025 — https://arxiv.org/abs/2501.11309
 * @example
 * ```ts
 * saliency(model, image, { target: contrast(281, [282, 283]) });
 * ```
 */
export function contrast(
  classes?: number | readonly number[],
  others?: readonly number[],
  options: ContrastOptions = {},
): ContrastTarget {
  return door('contrast', () => {
    checkOptionNames(options, ['weight', 'output', 'at']);
    const { weight = 1, output, at } = options;
    checkClass(classes, 'classes');
    if (others !== undefined) checkOthers(others);
    checkWeight(weight);
    checkOutput(output);
    checkAt(at);
    checkDiffers(classes, others, weight);
    return {
      ...(classes === undefined ? {} : { class: classes }),
      others: others ? Array.from<number>(others) : null,
      weight,
      ...(output === undefined ? {} : { output }),
      ...(at === undefined ? {} : { at }),
    };
  });
}

/** Refuses a class less itself, whose map is nothing but zeros. */
function checkDiffers(
  classes: number | readonly number[] = [],
  others: readonly number[] | undefined,
  weight: number,
): void {
  const own = typeof classes === 'number' ? [classes] : Array.from(classes);
  const same = own.find((one) => others?.every((other) => other === one));
  if (weight !== 1 || same === undefined) return;
  throw ours(new RangeError(`expected others to hold another class than the class itself, got ${same}`));
}
