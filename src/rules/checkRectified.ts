import { util } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { checkTensor } from '../errors/checkTensor';
import { door, ours } from '../errors/door';
import { wrongKind } from '../errors/wrongKind';

/** Refuses what a rule of ours cannot be about: who calls it by hand meant to hand it on. */
export function checkRectified(name: string, at: unknown, reads: readonly ('dy' | 'dx')[]): void {
  door(name, () => {
    const given = Object(at) as { readonly dy: Tensor; readonly dx: Tensor };
    if (typeof at !== 'object' || !reads.every((part) => part in given)) {
      const hint = `pass ${name} itself, e.g. saliency(model, x, { rule: ${name} })`;
      throw wrongKind(`{ ${reads.join(', ')} }, as a rule is given at a rectifier`, at, hint);
    }
    for (const part of reads) checkTensor(given[part], part);
    const [first, last] = [given.dy.shape, given[reads[reads.length - 1] as 'dx'].shape];
    if (util.arraysEqual(first, last)) return;
    throw ours(
      new RangeError(`expected dx to have the shape of dy, [${first.join(', ')}], got [${last.join(', ')}]`),
    );
  });
}
