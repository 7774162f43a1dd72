import { checkClassCount } from '../targets/checkClassCount';
import type { Target } from '../targets/target';

/** The part of a target that is about some of the samples: where there is a class for each, theirs. */
export function targetOfChunk(
  target: Target | undefined,
  samples: number,
  first: number,
  count: number,
): Target | undefined {
  const part = (classes: readonly number[]) => {
    checkClassCount(classes, samples);
    return classes.slice(first, first + count);
  };
  if (isList(target)) return part(target);
  if (typeof target !== 'object' || !('output' in target) || 'layer' in target) return target;
  const { class: classes } = target;
  return isList(classes) ? { ...target, class: part(classes) } : target;
}

function isList(value: unknown): value is readonly number[] {
  return Array.isArray(value) || ArrayBuffer.isView(value);
}
