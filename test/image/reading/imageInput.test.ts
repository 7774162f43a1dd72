import { memory, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { convertIndexedToRgb } from 'fast-png';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { prepare } from '../../../src';
import { imageInput, type DecodedImage, type ImageInputOptions, type ImageSource } from '../../../src/image';
import { messageOf } from '../../support/leftBehind';
import { loopResize } from '../../support/loopResize';

/** A decoded file: as many numbers a pixel as there are to it. */
function decoded(width: number, height: number, data: number[], more: object = {}): DecodedImage {
  return { width, height, data: Uint8Array.from(data), ...more };
}

/** A grey image whose pixels are these. */
const greys = (width: number, height: number, data: number[]) => decoded(width, height, data);

/** What is wrong, whatever its type says. */
const wrong = <T>(value: unknown) => value as T;

const BYTES = [0, 255] as const;

/** The numbers, rounded to what a float32 of 0...255 holds of them. */
async function valuesOf(x: Tensor): Promise<number[]> {
  const values = await x.data();
  x.dispose();
  return [...values].map((value) => Math.round(value * 1e4) / 1e4);
}

/** The red of each pixel, in 0...255. */
async function redsOf(image: ImageSource, options: ImageInputOptions): Promise<number[]> {
  const values = await valuesOf(imageInput(image, { range: BYTES, ...options }));
  return values.filter((_, i) => i % 3 === 0);
}

const modelOf = (inputShape: (number | null)[]) => sequential({ layers: [layers.reLU({ inputShape })] });

describe('imageInput', () => {
  it('gives a model its size, its channels and the batch axis, in 0...1', async () => {
    const x = imageInput(decoded(2, 1, [0, 51, 255, 255, 102, 0]), modelOf([1, 2, 3]));
    expect([x.shape, x.dtype]).toEqual([[1, 1, 2, 3], 'float32']);
    expect(await valuesOf(x)).toEqual([0, 0.2, 1, 1, 0.4, 0]);
  });

  it('takes a prepared model, and what a GraphModel says of itself', async () => {
    const model = modelOf([1, 1, 3]);
    const graph = { inputs: [{ name: 'x', shape: [-1, 1, 1, 3] }] };
    for (const one of [prepare(model), graph]) {
      expect(await valuesOf(imageInput(decoded(1, 1, [0, 51, 255]), one))).toEqual([0, 0.2, 1]);
    }
  });

  it('takes the image among several inputs', async () => {
    const model = { inputs: [{ shape: [null, 5] }, { shape: [null, 1, 1, 1] }, {}] };
    expect(await valuesOf(imageInput(greys(1, 1, [51]), model))).toEqual([0.2]);
  });

  it('gives the range that it is told', async () => {
    const image = greys(3, 1, [0, 51, 255]);
    const model = modelOf([1, 3, 1]);
    expect(await valuesOf(imageInput(image, model, { range: [-1, 1] }))).toEqual([-1, -0.6, 1]);
    expect(await valuesOf(imageInput(image, model, { range: [0, 255] }))).toEqual([0, 51, 255]);
  });

  it('takes a size in place of a model, or where the model takes any', () => {
    const image = greys(1, 1, [255]);
    expect(imageInput(image, { size: [2, 3] }).shape).toEqual([1, 2, 3, 3]);
    expect(imageInput(image, { size: 2 }).shape).toEqual([1, 2, 2, 3]);
    expect(imageInput(image, modelOf([null, null, 1]), { size: [2, 3] }).shape).toEqual([1, 2, 3, 1]);
  });

  it.each<[string, number[], number[]]>([
    ['grey', [51], [51, 51, 51]],
    ['grey and alpha', [55, 51], [215, 215, 215]],
    ['red, green, blue', [1, 2, 3], [1, 2, 3]],
    ['and alpha', [55, 155, 255, 51], [215, 235, 255]],
    ['nothing to be seen', [10, 20, 30, 0], [255, 255, 255]],
  ])('reads %s, and lays it on white', async (_, pixel, shown) => {
    expect(await valuesOf(imageInput(decoded(1, 1, pixel), { size: 1, range: BYTES }))).toEqual(shown);
  });

  it('reads 16 bits a number', async () => {
    const image = { width: 1, height: 1, data: Uint16Array.of(0, 0x3333, 0xffff) };
    expect(await valuesOf(imageInput(image, { size: 1 }))).toEqual([0, 0.2, 1]);
  });

  it('makes grey of colours as television does, for a model with one channel', async () => {
    const x = imageInput(decoded(1, 1, [100, 200, 50]), modelOf([1, 1, 1]), { range: BYTES });
    expect(await valuesOf(x)).toEqual([153]); // 29.9 + 117.4 + 5.7
  });

  it('leaves one tensor, and the image as it was', () => {
    const image = greys(2, 2, [1, 2, 3, 4]);
    const before = memory().numTensors;
    imageInput(image, { size: 3 }).dispose();
    expect(memory().numTensors).toBe(before);
    expect([...image.data]).toEqual([1, 2, 3, 4]);
  });
});

describe('the part that is taken', () => {
  const wide = greys(6, 2, [0, 10, 20, 30, 40, 50, 0, 10, 20, 30, 40, 50]);
  const high = greys(1, 5, [0, 10, 20, 30, 40]);

  it('is the largest in the middle of the proportions wanted', async () => {
    expect(await redsOf(wide, { size: 2 })).toEqual([20, 30, 20, 30]);
    expect(await redsOf(wide, { size: [1, 2] })).toEqual([15, 35]);
    expect(await redsOf(high, { size: [3, 1] })).toEqual([10, 20, 30]);
  });

  it('begins left of, or above, the middle where no pixel lies in it', async () => {
    expect(await redsOf(greys(4, 1, [0, 10, 20, 30]), { size: 1 })).toEqual([10]);
  });

  it('is all of the image with crop "none"', async () => {
    expect(await redsOf(wide, { size: 2, crop: 'none' })).toEqual([10, 40, 10, 40]);
  });
});

describe('another size', () => {
  it('is the mean of what a pixel covers', async () => {
    // the rows of a checkerboard, of which reading single pixels would leave one colour
    expect(await redsOf(greys(4, 2, [0, 255, 0, 255, 255, 0, 255, 0]), { size: [1, 2] })).toEqual([
      127.5, 127.5,
    ]);
    // 3 to 2: a pixel and a half of the next
    expect(await redsOf(greys(3, 1, [0, 30, 90]), { size: [1, 2], crop: 'none' })).toEqual([10, 70]);
  });

  it('lies between the nearest pixels, whose middles are half a pixel from their edges', async () => {
    expect(await redsOf(greys(2, 1, [0, 40]), { size: [1, 4], crop: 'none' })).toEqual([0, 10, 30, 40]);
    expect(await redsOf(greys(2, 1, [0, 60]), { size: [1, 3], crop: 'none' })).toEqual([0, 30, 60]);
  });

  it.each<[[number, number], [number, number]]>([
    [
      [5, 7],
      [3, 9],
    ],
    [
      [7, 5],
      [7, 2],
    ],
    [
      [2, 3],
      [5, 8],
    ],
    [
      [9, 4],
      [4, 3],
    ],
    [
      [1, 1],
      [2, 3],
    ],
  ])('from %j to %j is what a loop over its pixels gives', async (from, to) => {
    const [rows, columns] = from;
    const data = Array.from({ length: rows * columns }, (_, i) => (i * 97 + 31) % 256);
    const looped = loopResize((row, column) => data[row * columns + column]!, from, to);
    const got = await redsOf(greys(columns, rows, data), { size: to, crop: 'none' });
    expect(got).toHaveLength(looped.length);
    got.forEach((value, i) => expect(Math.abs(value - looped[i]!)).toBeLessThan(2e-4));
  });
});

describe('the orientation of a decoded file', () => {
  // the letter F, as it is to be seen: 2 columns, 3 rows; and as a camera leaves it in the file
  const seen = [1, 2, 3, 4, 5, 6];
  const inFile: Record<number, [number, number, number[]]> = {
    1: [2, 3, [1, 2, 3, 4, 5, 6]],
    2: [2, 3, [2, 1, 4, 3, 6, 5]],
    3: [2, 3, [6, 5, 4, 3, 2, 1]],
    4: [2, 3, [5, 6, 3, 4, 1, 2]],
    5: [3, 2, [1, 3, 5, 2, 4, 6]],
    6: [3, 2, [2, 4, 6, 1, 3, 5]],
    7: [3, 2, [6, 4, 2, 5, 3, 1]],
    8: [3, 2, [5, 3, 1, 6, 4, 2]],
  };

  it.each(Object.entries(inFile))('%s is turned upright', async (orientation, [width, height, data]) => {
    const image = decoded(width, height, data, { orientation: Number(orientation) });
    expect(await redsOf(image, { size: [3, 2] })).toEqual(seen);
  });

  it('is undone before the middle is taken', async () => {
    const image = decoded(4, 2, [1, 2, 3, 4, 5, 6, 7, 8], { orientation: 6 }); // 5 1, 6 2, 7 3, 8 4
    expect(await redsOf(image, { size: 2 })).toEqual([6, 2, 7, 3]);
  });
});

describe('what a browser draws', () => {
  afterEach(() => vi.unstubAllGlobals());

  /** A canvas that draws pixels 1, 2, 3 ..., or fails so. */
  function stubCanvas(error?: Error) {
    const drawn: unknown[][] = [];
    class Canvas {
      constructor(
        readonly width: number,
        readonly height: number,
      ) {}
      getContext = () => ({
        drawImage: (...args: unknown[]) => drawn.push(args),
        getImageData: (left: number, top: number, width: number, height: number) => {
          if (error) throw error;
          return decoded(
            width,
            height,
            Array.from({ length: width * height }, (_, i) => left + top + i + 1),
          );
        },
      });
    }
    vi.stubGlobal('OffscreenCanvas', Canvas);
    return drawn;
  }

  it.each<[string, object]>([
    ['an <img>', { naturalWidth: 2, naturalHeight: 1, width: 9, height: 9 }],
    ['a video', { videoWidth: 2, videoHeight: 1, width: 9, height: 9, readyState: 2 }],
    ['a VideoFrame', { displayWidth: 2, displayHeight: 1, codedWidth: 9 }],
    ['a canvas or an ImageBitmap', { width: 2, height: 1 }],
  ])('%s is read in its own size', async (_, image) => {
    const drawn = stubCanvas();
    expect(await redsOf(wrong(image), { size: [1, 2] })).toEqual([1, 2]);
    expect(drawn).toEqual([[image, 0, 0, 2, 1]]);
  });

  const failure = (image: object) => messageOf(() => imageInput(wrong(image), { size: 1 }));

  it('is refused where there are no pixels yet, or no more', () => {
    expect(failure({ naturalWidth: 0, naturalHeight: 0, width: 9, height: 9 })).toBe(
      'Error: imageInput: the <img> is not loaded; await image.decode() first',
    );
    for (const video of [
      { videoWidth: 0, videoHeight: 0 },
      { videoWidth: 2, videoHeight: 2, readyState: 1 },
    ]) {
      expect(failure(video)).toBe(
        'Error: imageInput: the video shows no frame yet; wait for its event "loadeddata" first',
      );
    }
    expect(failure({ displayWidth: 0, displayHeight: 0 })).toBe(
      'Error: imageInput: the VideoFrame is closed; close it after this call',
    );
    expect(failure({ width: 0, height: 0 })).toBe(
      'Error: imageInput: the image has no pixels; a canvas needs a size, and an ImageBitmap must not be ' +
        'closed before',
    );
  });

  it('is refused where it comes from another site', () => {
    stubCanvas(Object.assign(new Error('tainted'), { name: 'SecurityError' }));
    expect(failure({ naturalWidth: 1, naturalHeight: 1 })).toBe(
      'Error: imageInput: the image comes from another site, which does not share its pixels; set ' +
        'image.crossOrigin = "anonymous" before image.src; that site must allow it (CORS)',
    );
  });

  it('is refused with what the browser says where it cannot be drawn', () => {
    stubCanvas(new Error('out of memory'));
    expect(failure({ width: 1, height: 1 })).toBe(
      'Error: imageInput: the image cannot be drawn: out of memory',
    );
  });

  it.skipIf(typeof OffscreenCanvas !== 'undefined')('is refused where there is no canvas', () => {
    expect(failure({ width: 1, height: 1 })).toBe(
      'Error: imageInput: there is no canvas here to read the image with; decode the file, and give ' +
        '{ width, height, data }',
    );
  });
});

describe('what is no image', () => {
  const expected =
    'TypeError: imageInput: expected image to be an <img>, a canvas, an ImageBitmap, an ImageData, a video or ' +
    'a decoded file';

  it.each<[string, () => unknown, string]>([
    ['a promise', () => Promise.reject(new Error('lost')), 'a promise; await it first'],
    ['null', () => null, 'null; is the element on the page yet?'],
    ['undefined', () => undefined, 'undefined'],
    ['an address', () => 'cat.jpg', 'a string; load it first: image.src = address; await image.decode()'],
    [
      'a list of images',
      () => [{ width: 1, height: 1, data: new Uint8Array(4) }],
      'a list with an object of class Object; pass one at a time, then tf.concat(inputs)',
    ],
    ['a file', () => new Blob([]), 'an object of class Blob; decode it first: await createImageBitmap(file)'],
    [
      'the bytes of a file',
      () => new ArrayBuffer(4),
      'an object of class ArrayBuffer; decode the file first: await createImageBitmap(new Blob([bytes])), or in ' +
        'Node jpeg-js or fast-png',
    ],
    ['a list', () => [[1, 2]], 'a list with a list with a number'],
    [
      'a tensor',
      () => zeros([1, 1, 3]),
      'a tensor; it is an input already: tf.image.resizeBilinear gives it another size',
    ],
  ])('%s is told what to do', (_, value, got) => {
    expect(messageOf(() => imageInput(wrong(value()), { size: 1 }))).toBe(`${expected}, got ${got}`);
  });

  it('a decoded file is refused where its numbers are no colours', () => {
    const failure = (image: object) => messageOf(() => imageInput(wrong(image), { size: 1 }));
    for (const data of [[1], new Float32Array(1), undefined]) {
      expect(failure({ width: 1, height: 1, data })).toBe(
        `${expected}, { width, height, data } with bytes in data, got an object of class Object`,
      );
    }
    expect(failure(decoded(2, 3, [1, 2, 3, 4, 5]))).toBe(
      'RangeError: imageInput: expected image.data to hold 1, 2, 3 or 4 numbers for each of 2 x 3 pixels, got 5',
    );
    expect(failure(decoded(1, 1, [1], { orientation: 9 }))).toBe(
      'RangeError: imageInput: expected image.orientation to be 1 to 8, as EXIF counts, got 9',
    );
    expect(failure(decoded(1, 1, [1], { depth: 1 }))).toBe(
      'RangeError: imageInput: expected image to have 8 or 16 bits a number, got 1; unpack them first',
    );
  });

  it.each([
    { depth: 8, palette: false, color: true, colorType: 6 },
    { depth: 8, palette: true, color: true, colorType: 3 },
    { depth: 1, palette: true, color: true, colorType: 3 },
    { depth: 4, palette: false, color: false, colorType: 0 },
  ])('a file of pngjs, which says what it had and gives colours, is taken: %j', async (had) => {
    const png = {
      ...decoded(2, 1, [1, 2, 3, 255, 4, 5, 6, 255]),
      interlace: false,
      bpp: 4,
      gamma: 0,
      ...had,
    };
    expect(await valuesOf(imageInput(png, { size: [1, 2], range: BYTES }))).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('a file with a palette is told what gives its colours, and that does', async () => {
    const png = {
      ...decoded(1, 1, [1]),
      channels: 1,
      depth: 8 as const,
      palette: [
        [1, 2, 3],
        [4, 5, 6],
      ],
    };
    expect(messageOf(() => imageInput(png, { size: 1 }))).toBe(
      'TypeError: imageInput: expected image to hold colours, got numbers of a palette; give ' +
        '{ width, height, data: convertIndexedToRgb(image) }, with fast-png',
    );
    const data = convertIndexedToRgb(wrong(png));
    expect(await valuesOf(imageInput({ width: 1, height: 1, data }, { size: 1, range: BYTES }))).toEqual([
      4, 5, 6,
    ]);
  });
});

describe('what is no model, and options that do not fit', () => {
  const image = greys(1, 1, [0]);
  const failure = (model: unknown, options?: unknown) =>
    messageOf(() => imageInput(image, wrong<{ inputs: [] }>(model), wrong(options)));
  const say = 'say the size instead, e.g. { size: [224, 224] }';

  it('a model that is none is told what is taken', () => {
    const expected = 'TypeError: imageInput: expected model to be a LayersModel or a GraphModel';
    const either = `${expected}, or options with a size`;
    expect(failure(undefined)).toBe(`${either}, got undefined`);
    expect(failure('mobilenet')).toBe(`${either}, got a string`);
    expect(failure(Promise.resolve({}))).toBe(`${either}, got a promise; await it first`);
    expect(failure(() => image)).toBe(
      `${either}, got a function; ${say}, as no function says which it takes`,
    );
    expect(failure({ predict: () => image })).toBe(
      `${either}, got an object of class Object without inputs; ${say}`,
    );
    expect(failure({ size: 1 }, { range: [0, 1] })).toBe(
      `${expected}, got an object of class Object without inputs; ${say}`,
    );
  });

  it.each<[(number | null)[][], string, string]>([
    [[[null, 10]], '[any, 10]', say],
    [[[null, 8, 8, 4]], '[any, 8, 8, 4]', say],
    [[[null, 3, 8, 8]], '[any, 3, 8, 8]', `${say}, and transpose what comes: tf.transpose(x, [0, 3, 1, 2])`],
    [
      [
        [-1, 8, 8, 3],
        [-1, 4, 4, 3],
      ],
      '[any, 8, 8, 3] and [any, 4, 4, 3]',
      say,
    ],
    [[], 'no input', say],
  ])('a model that takes %j is no image model', (shapes, got, hint) => {
    expect(failure({ inputs: shapes.map((shape) => ({ shape })) })).toBe(
      `RangeError: imageInput: expected model to take one image, [batch, height, width, 1 or 3], got ${got}; ${hint}`,
    );
  });

  it('a size that nobody says is asked for', () => {
    const hint = 'say which, e.g. { size: [224, 224] }';
    expect(failure({ range: [0, 1] })).toBe(`RangeError: imageInput: expected a size, got none; ${hint}`);
    expect(failure({ inputs: [{ shape: [null, null, null, 3] }] })).toBe(
      `RangeError: imageInput: expected a size, got a model that takes images of any; ${hint}`,
    );
  });

  it.each<[object, string]>([
    [{ ranges: [0, 1] }, 'TypeError: imageInput: no option "ranges"; did you mean "range"?'],
    [
      { size: [0, 1] },
      'RangeError: imageInput: expected size to be [height, width] in pixels, or a number, got [0, 1]',
    ],
    [
      { size: '224' },
      'RangeError: imageInput: expected size to be [height, width] in pixels, or a number, got a string',
    ],
    [{ size: 1, range: 255 }, 'TypeError: imageInput: expected range to be [low, high], got a number'],
    [{ size: 1, range: [1, 0] }, 'RangeError: imageInput: expected range to be [low, high], got [1, 0]'],
    [{ size: 1, crop: 'top' }, 'RangeError: imageInput: expected crop to be "center" or "none", got "top"'],
    [
      { size: 1, crop: true },
      'RangeError: imageInput: expected crop to be "center" or "none", got a boolean',
    ],
  ])('%j is refused', (options, message) => {
    expect(failure(options)).toBe(message);
  });
});

describe.runIf(typeof OffscreenCanvas !== 'undefined')('in a browser', () => {
  /** Red on the left, blue on the right. */
  function canvas(): OffscreenCanvas {
    const made = new OffscreenCanvas(16, 8);
    const context = made.getContext('2d')!;
    context.fillStyle = 'rgb(255, 0, 0)';
    context.fillRect(0, 0, 8, 8);
    context.fillStyle = 'rgb(0, 0, 255)';
    context.fillRect(8, 0, 8, 8);
    return made;
  }

  const halves = [255, 0, 0, 0, 0, 255];

  it.each<[string, () => ImageSource | Promise<ImageSource>]>([
    ['a canvas', canvas],
    ['an ImageData', () => canvas().getContext('2d')!.getImageData(0, 0, 16, 8)],
    ['an ImageBitmap', () => createImageBitmap(canvas())],
    ['an <img>', async () => loaded(await canvas().convertToBlob())],
    ['a VideoFrame', () => new VideoFrame(canvas(), { timestamp: 0 })],
  ])('reads %s', async (_, make) => {
    const image = await make();
    expect(await valuesOf(imageInput(image, { size: [1, 2], range: BYTES }))).toEqual(halves);
    if ('close' in image) image.close();
  });

  it('lays what is transparent on white', async () => {
    expect(await redsOf(new OffscreenCanvas(1, 1), { size: 1 })).toEqual([255]);
  });

  it('an <img> and an ImageBitmap of a photo are turned as the camera notes it', async () => {
    const jpeg = new Uint8Array(
      await (await canvas().convertToBlob({ type: 'image/jpeg', quality: 1 })).arrayBuffer(),
    );
    // EXIF with one entry: orientation 6, the top of the camera was to the right
    const exif = [0xff, 0xe1, 0, 34, 0x45, 0x78, 0x69, 0x66, 0, 0, 0x4d, 0x4d, 0, 42, 0, 0, 0, 8];
    const entry = [0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0];
    const photo = new Blob([jpeg.slice(0, 2), Uint8Array.from([...exif, ...entry]), jpeg.slice(2)]);
    for (const image of [await loaded(photo), await createImageBitmap(photo)]) {
      const values = await valuesOf(imageInput(image, { size: [2, 1], range: BYTES }));
      values.forEach((value, i) => expect(Math.abs(value - halves[i]!)).toBeLessThan(40)); // red on top
    }
  });

  async function loaded(file: Blob): Promise<HTMLImageElement> {
    const image = new Image();
    expect(messageOf(() => imageInput(image, { size: 1 }))).toBe(
      'Error: imageInput: the <img> is not loaded; await image.decode() first',
    );
    image.src = URL.createObjectURL(file);
    await image.decode();
    return image;
  }
});
