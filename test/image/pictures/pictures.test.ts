import { memory, tensor3d, tensor4d, zeros } from '@tensorflow/tfjs-core';
import { decode } from 'fast-png';
import { resizeMap } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import {
  colorize,
  drawOnCanvas,
  encodePng,
  enlarge,
  imageInput,
  overlay,
  sideBySide,
  toPixels,
  type Pixels,
} from '../../../src/image';
import { drawn, smallCanvas } from '../../support/smallCanvas';

function pixels(width: number, height: number, data: number[]): Pixels {
  return { width, height, data: Uint8ClampedArray.from(data) };
}

/** An opaque grey picture. */
function greys(width: number, height: number, values: number[]): Pixels {
  return pixels(
    width,
    height,
    values.flatMap((value) => [value, value, value, 255]),
  );
}

/** The red of every pixel, row by row. */
function reds({ data }: Pixels): number[] {
  return [...data.filter((_, i) => i % 4 === 0)];
}

describe('toPixels', () => {
  it('shows 0 in black and 1 in full colour, and cuts off the rest', async () => {
    const picture = await toPixels(
      tensor4d([
        [
          [
            [0, 0.5, 1],
            [-3, 0.2, 7],
          ],
        ],
      ]),
    );
    expect(picture).toEqual(pixels(2, 1, [0, 128, 255, 255, 0, 51, 255, 255]));
  });

  it('goes by the range of the values', async () => {
    const image = tensor4d([[[[-1, 0, 1]]]]);
    expect(await toPixels(image, { range: [-1, 1] })).toEqual(pixels(1, 1, [0, 128, 255, 255]));
    expect(await toPixels(image, { range: [0, 255] })).toEqual(pixels(1, 1, [0, 0, 1, 255]));
  });

  it('shows what imageInput gave in the range that it was given in', async () => {
    const photo = { width: 1, height: 1, data: Uint8Array.of(0, 51, 255) };
    const shown = pixels(1, 1, [0, 51, 255, 255]);
    for (const range of [[-1, 1] as const, [0, 255] as const, [0, 1] as const]) {
      const x = imageInput(photo, { size: 1, range });
      expect(await toPixels(x)).toEqual(shown);
    }
    const x = imageInput(photo, { size: 1, range: [-1, 1] });
    expect(await toPixels(x, { range: [-3, 1] })).toEqual(pixels(1, 1, [128, 153, 255, 255]));
  });

  it('gives what an ImageData takes', async () => {
    const taken = ({ data }: { data: Uint8ClampedArray<ArrayBuffer> }) => data.buffer;
    const photo = await toPixels(zeros([1, 1, 1, 3]));
    for (const picture of [photo, enlarge(photo, 1), overlay(photo, photo), sideBySide([photo])]) {
      expect(taken(picture)).toBeInstanceOf(ArrayBuffer);
    }
  });

  it('shows one channel in grey', async () => {
    expect(await toPixels(tensor4d([[[[0.2]], [[1]]]]))).toEqual(greys(1, 2, [51, 255]));
  });

  it('leaves no tensor behind, and the image as it was', async () => {
    const image = zeros([1, 2, 2, 3]);
    const before = memory().numTensors;
    await toPixels(image);
    expect(memory().numTensors).toBe(before);
    expect(image.isDisposed).toBe(false);
  });

  it.each([[[2, 2, 4]], [[2, 2, 2, 3]], [[1, 2, 2, 4]]])('refuses an image of shape %j', async (shape) => {
    await expect(toPixels(zeros(shape))).rejects.toThrow(
      new RangeError(`toPixels: expected image to be [1, height, width, 1 or 3], got [${shape.join(', ')}]`),
    );
  });

  it('refuses an empty range', async () => {
    await expect(toPixels(zeros([1, 1, 1, 1]), { range: [1, 1] })).rejects.toThrow(
      new RangeError('toPixels: expected range to be [low, high], got [1, 1]'),
    );
  });
});

describe('overlay', () => {
  const photo = greys(2, 1, [100, 200]);
  const map = greys(2, 1, [200, 0]);

  it('goes from the photo to the map with alpha, half way when nothing is said', () => {
    expect(overlay(photo, map, 0)).toEqual(photo);
    expect(overlay(photo, map, 1)).toEqual(map);
    expect(reds(overlay(photo, map, 0.25))).toEqual([125, 150]);
    expect(reds(overlay(photo, map))).toEqual([150, 100]);
  });

  it('shows less of a transparent map, and keeps the alpha of the photo', () => {
    const glass = pixels(1, 1, [10, 20, 30, 200]);
    expect(overlay(glass, pixels(1, 1, [210, 220, 230, 51]), 0.5)).toEqual(pixels(1, 1, [30, 40, 50, 200]));
    expect(overlay(glass, pixels(1, 1, [210, 220, 230, 0]), 1)).toEqual(glass);
  });

  it('leaves the photo and the map as they were', () => {
    overlay(photo, map);
    expect([photo, map]).toEqual([greys(2, 1, [100, 200]), greys(2, 1, [200, 0])]);
  });

  it('refuses a map of another size, and what it says to do makes it fit', async () => {
    const wide = greys(3, 2, [1, 2, 3, 4, 5, 6]);
    const small = tensor3d([[[1]]]); // [batch, height, width]
    const picture = await colorize(small);
    expect(() => overlay(wide, picture)).toThrow(
      new RangeError(
        'overlay: expected map to be 3 x 2 like the photo, got 1 x 1; resize the map before it is coloured: ' +
          'resizeMap(map, [2, 3])',
      ),
    );
    const { width, height } = overlay(wide, await colorize(resizeMap(small, [2, 3])));
    expect([width, height]).toEqual([3, 2]);
  });

  it.each([-0.1, 1.1, NaN])('refuses the alpha %s', (alpha) => {
    expect(() => overlay(photo, map, alpha)).toThrow(
      new RangeError(`overlay: expected alpha to be between 0 and 1, got ${alpha}`),
    );
  });
});

describe('sideBySide', () => {
  const left = greys(2, 2, [1, 2, 3, 4]);
  const right = greys(1, 1, [9]);

  it('puts the pictures from left to right, at the top, on white', () => {
    expect(sideBySide([left, right])).toEqual(greys(3, 2, [1, 2, 9, 3, 4, 255]));
  });

  it('leaves a gap between them, and none around', () => {
    expect(sideBySide([right, left, right], { gap: 1 })).toEqual(
      greys(6, 2, [9, 255, 1, 2, 255, 9, 255, 255, 3, 4, 255, 255]),
    );
  });

  it('gives one picture back as it is', () => {
    expect(sideBySide([left], { gap: 5 })).toEqual(left);
  });

  it('refuses no picture at all', () => {
    expect(() => sideBySide([])).toThrow(
      new RangeError('sideBySide: expected pictures to be at least one, got none'),
    );
  });

  it.each([-1, 0.5, NaN])('refuses a gap of %s', (gap) => {
    expect(() => sideBySide([left], { gap })).toThrow(
      new RangeError(`sideBySide: expected gap to be a whole number of pixels, got ${gap}`),
    );
  });
});

describe('enlarge', () => {
  it('makes each pixel a square', () => {
    const picture = pixels(2, 1, [1, 2, 3, 4, 5, 6, 7, 8]);
    const row = [1, 2, 3, 4, 1, 2, 3, 4, 5, 6, 7, 8, 5, 6, 7, 8];
    expect(enlarge(picture, 2)).toEqual(pixels(4, 2, [...row, ...row]));
    expect(enlarge(picture, 1)).toEqual(picture);
  });

  it.each([0, -1, 1.5, NaN])('refuses the factor %s', (factor) => {
    expect(() => enlarge(greys(1, 1, [0]), factor)).toThrow(
      new RangeError(`enlarge: expected factor to be a positive integer, got ${factor}`),
    );
  });
});

describe('encodePng', () => {
  it('gives what a Blob takes', async () => {
    const file = encodePng(greys(1, 1, [0]));
    expect(await new Blob([file]).bytes()).toEqual(file);
  });

  it('writes a file that decodes to the same picture', () => {
    const picture = pixels(2, 2, [1, 2, 3, 255, 4, 5, 6, 128, 7, 8, 9, 0, 255, 254, 253, 1]);
    const file = decode(encodePng(picture));
    expect([file.width, file.height, file.channels, file.depth]).toEqual([2, 2, 4, 8]);
    expect([...file.data]).toEqual([...picture.data]);
  });

  it('leaves the alpha of an opaque picture out', () => {
    const file = decode(encodePng(pixels(1, 2, [1, 2, 3, 255, 4, 5, 6, 255])));
    expect([file.width, file.height, file.channels]).toEqual([1, 2, 3]);
    expect([...file.data]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('begins as PNG files begin', () => {
    expect([...encodePng(greys(1, 1, [0])).slice(0, 8)]).toEqual([137, 80, 78, 71, 13, 10, 26, 10]);
  });
});

describe('drawOnCanvas', () => {
  const picture = pixels(2, 1, [1, 2, 3, 255, 4, 5, 6, 255]);

  it('gives the canvas the size of the picture, and its pixels', () => {
    const canvas = smallCanvas();
    drawOnCanvas(canvas, picture);
    expect([canvas.width, canvas.height]).toEqual([2, 1]);
    expect([...drawn(canvas)]).toEqual([...picture.data]);
  });

  it('refuses a canvas that gives no 2d context', () => {
    const canvas = { width: 0, height: 0, getContext: () => null } as unknown as OffscreenCanvas;
    expect(() => drawOnCanvas(canvas, picture)).toThrow(
      new Error(
        'drawOnCanvas: the canvas gives no 2d context; it already has one of another kind, or there is none here, as in jsdom',
      ),
    );
  });
});
