/**
 * A file that was decoded, as jpeg-js, fast-png, pngjs and a canvas's `ImageData` have it: row by row from
 * the top left, 1 (grey), 2 (grey and alpha), 3 (red, green, blue) or 4 numbers (and alpha) a pixel.
 */
export interface DecodedImage {
  readonly width: number;
  readonly height: number;
  /** 0...255 a number, or in a Uint16Array 0...65535. */
  readonly data: Uint8Array | Uint8ClampedArray | Uint16Array;
  /** How the camera was held, 1...8, as EXIF counts; 1, or left out: the first row is the top. */
  readonly orientation?: number;
}

/** Where the pixels of an image may come from. */
export type ImageSource =
  | HTMLImageElement
  | HTMLCanvasElement
  | OffscreenCanvas
  | ImageBitmap
  | HTMLVideoElement
  | VideoFrame
  | DecodedImage;
