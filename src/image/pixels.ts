/**
 * A picture: four numbers, red, green, blue and alpha, 0...255, for each pixel, row by row from the top left.
 */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** `4 * width * height` numbers; the layout of a canvas's `ImageData`. */
  readonly data: Uint8ClampedArray;
}
