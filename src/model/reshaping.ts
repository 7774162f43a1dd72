type Shape = readonly (number | null)[];

/**
 * How a tensor comes to the shape that is wanted, for an error: with the axes that it lacks, the channels
 * where the model has them, and as many of them, and the rows and columns. Nothing where nobody knows.
 *
 * @param x How the call names the tensor.
 */
export function reshaping(given: readonly number[], wanted: Shape, x: string): string {
  const lacks = wanted.length - given.length;
  if (lacks === 1 && fits([1, ...given], wanted)) return `; add the batch axis with tf.expandDims(${x})`;
  let at: Step = { shape: given, code: x };
  if (lacks > 0) at = withAxes(at, wanted) ?? at;
  if (at.shape.length === wanted.length && wanted.length === 4) at = asImage(at, wanted);
  if (fits(at.shape, wanted)) return at.code === x ? '' : `; pass ${at.code}`;
  return lacks === 1 ? `; add the batch axis with tf.expandDims(${x})` : '';
}

interface Step {
  readonly shape: readonly number[];
  readonly code: string;
}

function withAxes({ shape, code }: Step, wanted: Shape): Step | undefined {
  const lacks = wanted.length - shape.length;
  if (lacks > 1) {
    const full = wanted.map((size, i) => size ?? (i === 0 ? 1 : (shape[i - lacks] ?? 1)));
    const isSame = product(full) === product(shape);
    return isSame ? { shape: full, code: `tf.reshape(${code}, [${full.join(', ')}])` } : undefined;
  }
  const inserted = (at: number) => [...shape.slice(0, at), 1, ...shape.slice(at)];
  const places = wanted.map((_, at) => at);
  const at = places.find((place) => fits(inserted(place), wanted)) ?? 0;
  const axis = at === 0 ? '' : `, ${at === shape.length ? -1 : at}`;
  return { shape: inserted(at), code: `tf.expandDims(${code}${axis})` };
}

/** Channels to where they are wanted, as many as are wanted; then as many rows and columns. */
function asImage(step: Step, wanted: Shape): Step {
  let { shape, code } = step;
  const moved = ORDERS.find((order) =>
    fits(
      order.map((axis) => shape[axis] as number),
      wanted,
    ),
  );
  if (moved && !fits(shape, wanted)) {
    shape = moved.map((axis) => shape[axis] as number);
    code = `tf.transpose(${code}, [${moved.join(', ')}])`;
  }
  const [, rows, columns, channels] = wanted;
  if (shape[3] === 1 && channels === 3) {
    shape = [...shape.slice(0, 3), 3];
    code = `tf.image.grayscaleToRGB(${code})`;
  } else if (shape[3] === 3 && channels === 1) {
    shape = [...shape.slice(0, 3), 1];
    code = `tf.mean(${code}, -1, true)`;
  }
  const isOther = shape[1] !== rows || shape[2] !== columns;
  if (isOther && shape[3] === channels && typeof rows === 'number' && typeof columns === 'number') {
    shape = [shape[0] as number, rows, columns, channels as number];
    code = `tf.image.resizeBilinear(${code}, [${rows}, ${columns}])`;
  }
  return { shape, code };
}

/** Of channels from the last axis to the second, and back. */
const ORDERS = [
  [0, 3, 1, 2],
  [0, 2, 3, 1],
] as const;

function fits(shape: readonly number[], wanted: Shape): boolean {
  return shape.length === wanted.length && wanted.every((size, i) => size === null || size === shape[i]);
}

const product = (sizes: readonly number[]) => sizes.reduce((a, b) => a * b, 1);
