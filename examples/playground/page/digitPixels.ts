/** A place on the pad: 0...1 from the left, and from the top. */
export type Point = readonly [x: number, y: number];

/** Where the pen went between down and up. */
export type Stroke = readonly Point[];

/** Rows and columns of an image of MNIST. */
export const DIGIT_SIZE = 28;

/** MNIST's digits fill 20 of its 28 pixels, and its pens are about this wide. */
const [BOX, PEN] = [20, 2.4];

/**
 * What was drawn as MNIST has its digits: white (1) on black (0), in a box of 20 × 20 pixels with its
 * proportions kept, moved so that the centre of mass is in the middle of 28 × 28. The pen is as wide however
 * large the digit was drawn.
 *
 * @returns 784 values, row by row; all 0 where nothing was drawn.
 */
export function digitPixels(strokes: readonly Stroke[]): Float32Array {
  const pixels = new Float32Array(DIGIT_SIZE ** 2);
  const points = strokes.flat();
  if (points.length === 0) return pixels;
  const [left, right] = extent(points.map(([x]) => x));
  const [top, bottom] = extent(points.map(([, y]) => y));
  const scale = (BOX - PEN) / Math.max(right - left, bottom - top, 0.05); // a dot stays small
  const scaled = strokes.map((stroke) => stroke.map(([x, y]): Point => [scale * x, scale * y]));
  const middle: Point = [(scale * (left + right)) / 2, (scale * (top + bottom)) / 2];

  draw(pixels, scaled, middle);
  const [massX, massY] = centreOfMass(pixels);
  const half = DIGIT_SIZE / 2;
  draw(pixels, scaled, [middle[0] + massX - half, middle[1] + massY - half]);
  return pixels;
}

/** Draws lines with round ends so that `centre` is in the middle. */
function draw(pixels: Float32Array, strokes: readonly Stroke[], [x, y]: Point): void {
  const half = DIGIT_SIZE / 2;
  pixels.forEach((_, i) => {
    const at: Point = [(i % DIGIT_SIZE) + 0.5 - half + x, Math.floor(i / DIGIT_SIZE) + 0.5 - half + y];
    const distance = Math.min(...strokes.map((stroke) => distanceTo(stroke, at)));
    pixels[i] = Math.min(1, Math.max(0, PEN / 2 + 0.5 - distance)); // a pixel's width from white to black
  });
}

/** How far a place is from a line. */
function distanceTo(stroke: Stroke, at: Point): number {
  let least = Infinity;
  stroke.forEach((to, i) => {
    const from = stroke[Math.max(0, i - 1)] ?? to;
    const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
    const along = ((at[0] - from[0]) * dx + (at[1] - from[1]) * dy) / (dx ** 2 + dy ** 2 || 1);
    const share = Math.min(1, Math.max(0, along));
    least = Math.min(least, Math.hypot(at[0] - from[0] - share * dx, at[1] - from[1] - share * dy));
  });
  return least;
}

function centreOfMass(pixels: Float32Array): Point {
  let [mass, x, y] = [0, 0, 0];
  pixels.forEach((value, i) => {
    mass += value;
    x += value * ((i % DIGIT_SIZE) + 0.5);
    y += value * (Math.floor(i / DIGIT_SIZE) + 0.5);
  });
  return [x / mass, y / mass];
}

function extent(values: readonly number[]): [least: number, most: number] {
  return [Math.min(...values), Math.max(...values)];
}
