import { expandDims, fill, memory, reshape, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  colorize,
  drawOnCanvas,
  encodePng,
  enlarge,
  overlay,
  sideBySide,
  toPixels,
  type Pixels,
} from '../../src/image/index';
import { messageOf } from '../support/leftBehind';

const grey: Pixels = { width: 1, height: 1, data: Uint8ClampedArray.from([9, 9, 9, 255]) };

/** What is wrong, whatever its type says. */
const wrong = <T>(value: unknown) => value as T;

async function rejectionOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'nothing thrown',
    (error: unknown) =>
      messageOf(() => {
        throw error;
      }),
  );
}

describe('a picture that is none', () => {
  const canvas = { getContext: () => null } as unknown as OffscreenCanvas;
  const takers: [string, string, (pixels: Pixels) => unknown][] = [
    ['overlay', 'photo', (pixels) => overlay(pixels, grey)],
    ['overlay', 'map', (pixels) => overlay(grey, pixels)],
    ['sideBySide', 'pictures[1]', (pixels) => sideBySide([grey, pixels])],
    ['enlarge', 'picture', (pixels) => enlarge(pixels, 2)],
    ['encodePng', 'pixels', encodePng],
    ['drawOnCanvas', 'pixels', (pixels) => drawOnCanvas(canvas, pixels)],
  ];

  it.each(takers)('%s: %s that was not awaited is told of it', (name, what, take) => {
    const forgotten = wrong<Pixels>(colorize(zeros([1, 1])));
    const error = `TypeError: ${name}: expected ${what} to be pixels, got a promise; await it first`;
    expect(messageOf(() => take(forgotten))).toBe(error);
    // also one that comes to nothing, without a second error that nobody catches
    expect(messageOf(() => take(wrong(colorize(zeros([7])))))).toBe(error);
  });

  it.each(takers)('%s: %s that is a tensor is told what makes pixels', (name, what, take) => {
    expect(messageOf(() => take(wrong(zeros([1, 1, 1, 3]))))).toBe(
      `TypeError: ${name}: expected ${what} to be pixels, got a tensor; ` +
        'make them with await toPixels(image) or await colorize(map)',
    );
  });

  it.each(takers)('%s: %s of another kind, or of the wrong length, is refused', (name, what, take) => {
    const expected = `expected ${what} to be pixels, { width, height, data }`;
    expect(messageOf(() => take(wrong(undefined)))).toBe(`TypeError: ${name}: ${expected}, got undefined`);
    expect(messageOf(() => take(wrong('a.png')))).toBe(`TypeError: ${name}: ${expected}, got a string`);
    expect(messageOf(() => take(wrong({ width: 1, height: 1, data: [1, 2, 3, 4] })))).toBe(
      `TypeError: ${name}: ${expected}, got an object of class Object`,
    );
    expect(messageOf(() => take({ ...grey, width: 2 }))).toBe(
      `RangeError: ${name}: expected ${what} to hold 4 x 2 x 1 = 8 numbers, got 4`,
    );
  });
});

describe('other arguments of the wrong kind', () => {
  it('are refused by sideBySide', () => {
    const expected = 'TypeError: sideBySide: expected pictures to be a list of pixels';
    expect(messageOf(() => sideBySide(wrong(grey)))).toBe(`${expected}, got an object of class Object`);
    expect(messageOf(() => sideBySide(wrong(Promise.resolve([grey]))))).toBe(
      `${expected}, got a promise; await it first`,
    );
    expect(messageOf(() => sideBySide([grey], wrong({ gaps: 1 })))).toBe(
      'TypeError: sideBySide: no option "gaps"; did you mean "gap"?',
    );
    expect(messageOf(() => sideBySide([grey], wrong(4)))).toBe(
      'TypeError: sideBySide: expected options to be an object, got a number',
    );
  });

  it('are refused by overlay, enlarge and drawOnCanvas', () => {
    expect(messageOf(() => overlay(grey, grey, wrong({ alpha: 1 })))).toBe(
      'TypeError: overlay: expected alpha to be a number between 0 and 1, got an object of class Object',
    );
    expect(messageOf(() => enlarge(grey, wrong({ factor: 2 })))).toBe(
      'RangeError: enlarge: expected factor to be a positive integer, got an object of class Object',
    );
    const expected = 'expected canvas to be a canvas element or an OffscreenCanvas';
    expect(messageOf(() => drawOnCanvas(wrong(null), grey))).toBe(
      `TypeError: drawOnCanvas: ${expected}, got null; is the element on the page yet?`,
    );
    expect(messageOf(() => drawOnCanvas(wrong('#map'), grey))).toBe(
      `TypeError: drawOnCanvas: ${expected}, got a string; pass the element, document.querySelector(...)`,
    );
    expect(messageOf(() => drawOnCanvas(wrong({ canvas: {} }), grey))).toBe(
      `TypeError: drawOnCanvas: ${expected}, got an object of class Object; pass its .canvas`,
    );
  });

  it.each<[unknown, string]>([
    [{ color: 'grey' }, 'no option "color"; did you mean "colors"?'],
    ['viridis', 'expected options to be an object, got a string'],
    [null, 'expected options to be an object, got null'],
    [{ by: 1 }, 'no option "by"; the options are "colors", "signed", "percentile", "limit"'],
  ])('are refused by colorize: %j', async (options, message) => {
    expect(await rejectionOf(colorize(zeros([1, 1]), wrong(options)))).toBe(
      `TypeError: colorize: ${message}`,
    );
  });

  it('are refused by colorize where a tensor or a scale belongs', async () => {
    expect(await rejectionOf(colorize(wrong(grey)))).toBe(
      'TypeError: colorize: expected map to be a tensor, got an object of class Object',
    );
    expect(await rejectionOf(colorize(wrong(Promise.resolve(zeros([1, 1])))))).toBe(
      'TypeError: colorize: expected map to be a tensor, got a promise; await it first',
    );
    expect(await rejectionOf(colorize(zeros([1, 1]), { colors: wrong(3) }))).toBe(
      'RangeError: colorize: expected colors to be "grey", "blueRed", "inferno", "viridis", "turbo" or a ' +
        'function, got a number',
    );
  });

  it('are refused by toPixels', async () => {
    const image = zeros([1, 1, 1, 3]);
    expect(await rejectionOf(toPixels(wrong(grey)))).toBe(
      'TypeError: toPixels: expected image to be a tensor, got an object of class Object',
    );
    expect(await rejectionOf(toPixels(image, wrong([0, 255])))).toBe(
      'TypeError: toPixels: expected options to be an object, got a list with a number',
    );
    expect(await rejectionOf(toPixels(image, wrong({ ranges: [0, 255] })))).toBe(
      'TypeError: toPixels: no option "ranges"; did you mean "range"?',
    );
    expect(await rejectionOf(toPixels(image, { range: wrong(255) }))).toBe(
      'TypeError: toPixels: expected range to be [low, high], got a number',
    );
  });
});

describe('an image of another shape', () => {
  it.each<[number[], string, (image: Tensor) => Tensor]>([
    [[2, 3, 1], '; tf.expandDims(image, 0) adds the batch axis', (image) => expandDims(image, 0)],
    [[2, 3, 3], '; tf.expandDims(image, 0) adds the batch axis', (image) => expandDims(image, 0)],
    [[1, 2, 4], '; tf.expandDims(image, -1) adds the channel axis', (image) => expandDims(image, -1)],
    [
      [2, 4],
      '; tf.reshape(image, [1, height, width, 1]) adds the axes that are missing',
      (image) => reshape(image, [1, 2, 4, 1]),
    ],
  ])('%j is told how to become one, and then is', async (shape, hint, followed) => {
    const image = zeros(shape);
    expect(await rejectionOf(toPixels(image))).toBe(
      `RangeError: toPixels: expected image to be [1, height, width, 1 or 3], got [${shape.join(', ')}]${hint}`,
    );
    expect((await toPixels(followed(image))).height).toBe(2);
  });
});

describe('toPixels of integers', () => {
  it('takes them for 0...255, as tf.browser.fromPixels gives them, unless told otherwise', async () => {
    const photo = fill([1, 1, 1, 3], 128, 'int32');
    expect([...(await toPixels(photo)).data]).toEqual([128, 128, 128, 255]);
    expect([...(await toPixels(photo, { range: [0, 1] })).data]).toEqual([255, 255, 255, 255]);
  });

  it('leaves nothing behind where it refuses', async () => {
    const image = zeros([7]);
    const before = memory().numTensors;
    await rejectionOf(toPixels(image));
    await rejectionOf(colorize(image));
    expect(memory().numTensors).toBe(before);
  });
});
