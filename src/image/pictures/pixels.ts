/**
 * A picture: four numbers, red, green, blue and alpha, 0...255, for each pixel, row by row from the top left.
 */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** `4 * width * height` numbers; the layout of a canvas's `ImageData`. */
  readonly data: Uint8ClampedArray;
}

/** A picture as it is made here: its numbers are in memory of their own, as `new ImageData` wants them. */
export interface Picture extends Pixels {
  // of TypeScript 5.7 on Uint8ClampedArray<ArrayBuffer>, which older ones do not know
  readonly data: ReturnType<Uint8ClampedArrayConstructor['of']>;
}
