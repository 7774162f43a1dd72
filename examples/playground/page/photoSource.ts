import type { SampleName } from '../settings';
import { DIGIT_SIZE, digitPixels, type Stroke } from './digitPixels';

/** A photo that the page may be asked to explain. */
export interface PhotoSource {
  readonly name: string;
  /** Whether the next one comes as soon as this one is explained. */
  readonly isLive?: boolean;
  readonly load: () => Promise<Blob | ImageBitmap | ImageData>;
}

/** Where the sample photos lie. */
export const sampleAddresses: Readonly<Record<SampleName, string>> = {
  cat: new URL('../../chelsea.png', import.meta.url).href,
  drawing: new URL('../drawing.svg', import.meta.url).href,
};

/** A sample photo. */
export function samplePhoto(sample: SampleName): PhotoSource {
  return { name: sample, load: () => drawnFrom(sampleAddresses[sample]) };
}

/** Where the sample of a digit lies. */
export function digitAddress(digit: number): string {
  return new URL(`digits/${digit}.png`, document.baseURI).href;
}

/** One of MNIST's test images. */
export function sampleDigit(digit: number): PhotoSource {
  return { name: `a handwritten ${digit}`, load: () => drawnFrom(digitAddress(digit)) };
}

/** A digit that was drawn on the page. */
export function drawnDigit(strokes: readonly Stroke[], isLive: boolean): PhotoSource {
  return {
    name: 'your drawing',
    isLive,
    load: () => {
      const data = new Uint8ClampedArray(4 * DIGIT_SIZE ** 2).fill(255);
      digitPixels(strokes).forEach((ink, i) => data.fill(255 * ink, 4 * i, 4 * i + 3));
      return Promise.resolve(new ImageData(data, DIGIT_SIZE, DIGIT_SIZE));
    },
  };
}

/** A photo in a file of the user's own. */
export function filePhoto(file: File): PhotoSource {
  return { name: file.name, load: () => Promise.resolve(file) };
}

/** Through an `<img>`, which reads SVG, too. */
async function drawnFrom(address: string): Promise<ImageBitmap> {
  const image = new Image();
  image.src = address;
  await image.decode();
  return createImageBitmap(image);
}
