import { ours } from '../../errors/door';

/** Of a map that is shown as a picture. */
export interface MapSize {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** The size of a map with 1 or 3 channels. */
export function mapSize(shape: readonly number[]): MapSize {
  const [batch, height = 0, width = 0, channels] = shape.length === 2 ? [1, ...shape, 1] : [...shape, 1];
  if (shape.length < 2 || shape.length > 4 || batch !== 1 || (channels !== 1 && channels !== 3)) {
    const expected = '[height, width], [1, height, width] or [1, height, width, 1 or 3]';
    throw ours(new RangeError(`expected map to be ${expected}, got [${shape.join(', ')}]`));
  }
  return { height, width, channels };
}
