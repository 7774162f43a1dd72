import type { SampleName } from '../settings';

/** A photo that the page may be asked to explain. */
export interface PhotoSource {
  readonly name: string;
  /** Whether the next one comes as soon as this one is explained. */
  readonly isLive?: boolean;
  readonly load: () => Promise<Blob | ImageBitmap>;
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
