import {
  add,
  backend,
  getBackend,
  memory,
  mul,
  randomNormal,
  square,
  tensor2d,
  tensor3d,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { colorize, drawMap, type ColorizeOptions } from '../../../src/image';
import { coloured } from '../../../src/image/coloring/gpu/coloured';
import { limitOf } from '../../../src/image/coloring/gpu/limitOf';
import { shadesOf, shading } from '../../../src/image/coloring/shading';
import { drawn, smallCanvas } from '../../support/smallCanvas';

const isOnGpu = getBackend() === 'webgl' || getBackend() === 'webgpu';

/** How far a level may be off: a fraction that falls between two colours of the 511 is rounded in 32 bits. */
const STEP = 2;

/** The largest difference of two pictures' levels. */
const apart = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((most, level, i) => Math.max(most, Math.abs(level - (b[i] ?? NaN))), 0);

const noise = (shape: number[], seed = 1) => randomNormal(shape, 0, 1, 'float32', seed);

const MAPS: [string, () => Tensor][] = [
  ['noise', () => noise([13, 17])],
  ['three channels', () => noise([1, 9, 5, 3])],
  ['a batch axis', () => noise([1, 6, 4])],
  ['one cell', () => tensor2d([[-3]])],
  ['zeros', () => zeros([4, 5])],
  ['a few cells beside zeros', () => tensor2d([[0, 0, 0, 7], [0, 0, -2, 0], [0, 0, 0, 0]])], // prettier-ignore
  ['equal magnitudes', () => tensor2d([[2, -2, 2], [2, 2, -2]])], // prettier-ignore
  ['one cell far above', () => tensor2d([[1e-6, 2e-6, -3e-6, 1e6]])],
  ['wide', () => noise([3, 200])],
];
const PERCENTILES = isOnGpu ? [50, 99] : [0.5, 50, 75, 97, 99, 100];

describe('the limit that is found where the map is', () => {
  it.each(MAPS)('is the one of colorize: %s', async (_name, make) => {
    const map = make();
    const values = await map.data<'float32'>();
    for (const percentile of PERCENTILES) {
      const [found, isFinite] = await tidy(() => limitOf(map, shadesOf({ percentile }))).data();
      const { limit } = shading({ percentile })(values);
      expect(found! / limit).toBeCloseTo(1, 6);
      expect(isFinite).toBe(1);
    }
    expect([...(await tidy(() => limitOf(map, shadesOf({ limit: 2.5 }))).data())]).toEqual([2.5, 1]);
  });

  it.each([NaN, Infinity, -Infinity])('says that the map holds %d', async (value) => {
    const map = tensor2d([[1, value, 2]]);
    expect((await tidy(() => limitOf(map, shadesOf({}))).data())[1]).toBe(0);
  });
});

const LOOKS: ColorizeOptions[] = [
  {},
  { colors: 'blueRed' },
  { colors: 'inferno' },
  { colors: 'viridis', signed: true },
  { colors: 'turbo', signed: false },
  { colors: 'grey', signed: false },
  { colors: (t) => `rgb(${Math.round(255 * t)}, 0, ${Math.round(255 - 255 * t)})` },
];

describe('the colours that are made where the map is', () => {
  it.each(MAPS)('are those of colorize: %s', async (_name, make) => {
    const map = make();
    const limit = 1.25;
    for (const look of LOOKS) {
      const { width, height, data } = await colorize(map, { ...look, limit });
      const channels = map.rank === 4 ? 3 : 1;
      const found = tidy(() => coloured(map, { height, width, channels }, shadesOf(look), limit));
      expect(found.shape).toEqual([height, width, 4]);
      expect(
        apart(
          Array.from(await found.data(), (level) => Math.round(255 * level)),
          data,
        ),
      ).toBeLessThanOrEqual(STEP);
    }
  });
});

describe.runIf(typeof OffscreenCanvas !== 'undefined')('drawMap', () => {
  it.each(MAPS)('draws the picture of colorize: %s', async (_name, make) => {
    const map = make();
    for (const look of LOOKS.slice(0, 3)) {
      const canvas = smallCanvas();
      await drawMap(canvas, map, look);
      const { width, height, data } = await colorize(map, look);
      expect([canvas.width, canvas.height]).toEqual([width, height]);
      expect(apart(drawn(canvas), data)).toBeLessThanOrEqual(STEP);
    }
  });

  it('reads two numbers of a map on the GPU', async () => {
    const map = square(noise([32, 40])); // on the GPU now
    const sizes: number[] = [];
    const numbers = backend() as unknown as { read(id: object): Promise<ArrayLike<number>> };
    const read = numbers.read.bind(numbers);
    numbers.read = async (id) => {
      const values = await read(id);
      sizes.push(values.length);
      return values;
    };
    try {
      await drawMap(smallCanvas(), map);
    } finally {
      Reflect.deleteProperty(numbers, 'read'); // back to the class's own
    }
    expect(sizes).toEqual([isOnGpu ? 2 : 32 * 40]);
  });

  it('leaves nothing behind, and lets go of the map at once', async () => {
    const before = memory().numTensors;
    for (let i = 0; i < 3; i++) {
      const map = noise([8, 8], i);
      const done = drawMap(smallCanvas(), map);
      map.dispose();
      await done;
    }
    let inTidy: Promise<void> | undefined;
    tidy(() => {
      inTidy = drawMap(smallCanvas(), square(noise([8, 8])));
    });
    await inTidy;
    const bad = tensor2d([[1, NaN]]);
    await expect(drawMap(smallCanvas(), bad)).rejects.toThrow('NaN');
    bad.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('draws on a page in between: what the backend computes next is right', async () => {
    const map = mul(noise([5, 7]), 2);
    const canvas = smallCanvas();
    for (let i = 0; i < 3; i++) {
      await drawMap(canvas, map);
      const double = add(map, map);
      const values = await map.data();
      expect(
        apart(
          await double.data(),
          values.map((value) => 2 * value),
        ),
      ).toBeLessThan(1e-5);
    }
  });

  it('draws integers', async () => {
    const map = tensor2d([[1, -2, 3], [0, 5, -4]], undefined, 'int32'); // prettier-ignore
    const canvas = smallCanvas();
    await drawMap(canvas, map);
    expect(apart(drawn(canvas), (await colorize(map)).data)).toBeLessThanOrEqual(STEP);
  });

  it('draws a map that is too large for the GPU', async () => {
    const map = tensor3d(
      new Float32Array(2100).map((_, i) => i),
      [1, 1, 2100],
    );
    const canvas = smallCanvas();
    await drawMap(canvas, map);
    expect(apart(drawn(canvas), (await colorize(map)).data)).toBe(0);
  });
});

describe('what drawMap refuses', () => {
  const map = tensor2d([[1, 2]]);
  const taken = { width: 1, height: 1, getContext: () => null } as unknown as OffscreenCanvas;
  it.each<[string, () => Promise<void>, string]>([
    [
      'no canvas',
      () => drawMap('#map' as never, map),
      'TypeError: drawMap: expected canvas to be a canvas element or an OffscreenCanvas, got a string; pass the element, document.querySelector(...)',
    ],
    [
      'no map',
      () => drawMap(smallCanvas(), [1] as never),
      'TypeError: drawMap: expected map to be a tensor, got a list with a number; make it a tensor with tf.tensor(map)',
    ],
    [
      'a map of two channels',
      () => drawMap(smallCanvas(), zeros([2, 2, 2, 2])),
      'RangeError: drawMap: expected map to be [height, width], [1, height, width] or [1, height, width, 1 or 3], got [2, 2, 2, 2]',
    ],
    [
      'a map of no cells',
      () => drawMap(smallCanvas(), zeros([0, 4])),
      'RangeError: drawMap: expected map to hold a cell, got [0, 4]',
    ],
    [
      'an infinity',
      () => drawMap(smallCanvas(), tensor2d([[1, -Infinity]])),
      'RangeError: drawMap: expected map to hold finite numbers, got -Infinity',
    ],
    [
      'an unknown option',
      () => drawMap(smallCanvas(), map, { color: 'grey' } as never),
      'TypeError: drawMap: no option "color"; did you mean "colors"?',
    ],
    [
      'an unknown scale',
      () => drawMap(smallCanvas(), map, { colors: 'jet' as never }),
      'RangeError: drawMap: expected colors to be "grey", "blueRed", "inferno", "viridis", "turbo" or a function, got "jet"',
    ],
    [
      'a canvas of another kind',
      () => drawMap(taken, map),
      'Error: drawMap: the canvas gives no 2d context; it already has one of another kind, or there is none here, as in jsdom',
    ],
  ])('%s', async (_name, call, expected) => {
    await expect(call()).rejects.toSatisfy((error) => {
      expect(String(error)).toBe(expected);
      return true;
    });
  });
});
