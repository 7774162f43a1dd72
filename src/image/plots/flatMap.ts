import { checkTensor } from '../../errors/checkTensor';
import { ours } from '../../errors/door';

/** How many numbers a map of one axis has, which may be a batch of one sample, or of one channel. */
export function lengthOf(map: unknown, name: string): number {
  checkTensor(map, name);
  const { shape } = map;
  const axes = shape.length > 1 && shape[0] === 1 ? shape.slice(1) : shape;
  const own = axes.length > 1 && axes[axes.length - 1] === 1 ? axes.slice(0, -1) : axes;
  if (own.length === 1 && own[0]! > 0) return own[0]!;
  const hint = shape.length > 1 ? '; sum its last axis up with reduceChannels(map), or take one sample' : '';
  throw ours(
    new RangeError(`expected ${name} to be [n], [1, n] or [1, n, 1], got [${shape.join(', ')}]${hint}`),
  );
}
