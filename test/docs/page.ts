import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from 'fast-png';
import jpeg from 'jpeg-js';
import { projectFolder } from '../setup/serveTestFiles';

// As much of a page as the README's first block wants of it: an `Image` that reads `cat.jpg`, and a canvas.

/** The repository's photo as `cat.jpg` in a folder. */
export function writeCat(folder: string): void {
  const { width, height, data } = decode(readFileSync(join(projectFolder, 'examples/chelsea.png')));
  const rgba = new Uint8Array(4 * width * height).fill(255);
  for (let i = 0; i < data.length; i++) rgba[4 * Math.floor(i / 3) + (i % 3)] = data[i]!;
  writeFileSync(join(folder, 'cat.jpg'), jpeg.encode({ width, height, data: rgba }, 90).data);
}

let shown: ImageData | undefined;

/** What was put on a canvas last. */
export const drawnOn = (): ImageData | undefined => shown;

/** The globals of a page whose files are those of a folder. */
export function standInPage(folder: string): Record<'Image' | 'document', unknown> {
  class Image {
    src = '';
    width = 0;
    height = 0;
    data = new Uint8Array();
    decode() {
      Object.assign(this, jpeg.decode(readFileSync(join(folder, this.src)), { useTArray: true }));
      return Promise.resolve();
    }
  }
  const canvas = () => ({
    getContext: () => ({
      createImageData: (width: number, height: number) => {
        return { width, height, data: new Uint8ClampedArray(4 * width * height) };
      },
      putImageData: (image: ImageData) => {
        shown = image;
      },
    }),
  });
  const body = { appendChild: (element: unknown) => element };
  return { Image, document: { createElement: canvas, body } };
}
