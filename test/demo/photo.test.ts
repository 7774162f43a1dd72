import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memory, tensor3d } from '@tensorflow/tfjs-core';
import { encode as encodePng, type ImageData } from 'fast-png';
import jpeg from 'jpeg-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fitted, readPhoto } from '../../examples/demo/photo';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'demo-photo-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function written(name: string, bytes: Uint8Array | string): Promise<string> {
  await writeFile(join(folder, name), bytes);
  return join(folder, name);
}

async function pixelsOf(png: ImageData): Promise<number[]> {
  const photo = await readPhoto(await written('photo.png', encodePng(png)));
  expect(photo.shape).toEqual([png.height, png.width, 3]);
  return [...(await photo.data())].map((value) => Math.round(255 * value));
}

describe('readPhoto', () => {
  it('reads a coloured PNG', async () => {
    expect(
      await pixelsOf({ width: 1, height: 2, channels: 3, data: Uint8Array.of(0, 51, 255, 1, 2, 3) }),
    ).toEqual([0, 51, 255, 1, 2, 3]);
  });

  it('reads a grey PNG', async () => {
    const data = Uint8Array.of(7, 200);
    expect(await pixelsOf({ width: 2, height: 1, channels: 1, data })).toEqual([7, 7, 7, 200, 200, 200]);
  });

  it('lays what is transparent on white', async () => {
    const data = Uint8Array.of(10, 20, 30, 0, 55, 155, 255, 51);
    const shown = [255, 255, 255, 215, 235, 255];
    expect(await pixelsOf({ width: 2, height: 1, channels: 4, data })).toEqual(shown);
    const grey = Uint8Array.of(55, 51);
    expect(await pixelsOf({ width: 1, height: 1, channels: 2, data: grey })).toEqual([215, 215, 215]);
  });

  it('reads 16 bits a channel', async () => {
    const data = Uint16Array.of(0, 0x3333, 0xffff);
    expect(await pixelsOf({ width: 1, height: 1, channels: 3, depth: 16, data })).toEqual([0, 51, 255]);
  });

  it('reads 1 bit a pixel', async () => {
    const data = Uint8Array.of(0b01000000);
    const shown = [0, 0, 0, 255, 255, 255];
    expect(await pixelsOf({ width: 2, height: 1, channels: 1, depth: 1, data })).toEqual(shown);
  });

  it('reads a JPEG, whatever it is called', async () => {
    const data = Buffer.from(Array.from({ length: 64 }, () => [200, 100, 50, 255]).flat());
    const bytes = jpeg.encode({ width: 8, height: 8, data }, 100).data;
    const photo = await readPhoto(await written('photo.png', bytes));
    expect(photo.shape).toEqual([8, 8, 3]);
    const [red = 0, green = 0, blue = 0] = await photo.data();
    const off = [red * 255 - 200, green * 255 - 100, blue * 255 - 50].map(Math.abs);
    expect(Math.max(...off)).toBeLessThan(3);
  });

  it('refuses a file that is not there', async () => {
    await expect(readPhoto('nowhere/cat.png')).rejects.toThrow(
      new Error('--image: no file "nowhere/cat.png"'),
    );
  });

  it('refuses a folder', async () => {
    await expect(readPhoto(folder)).rejects.toThrow(new Error(`--image: cannot read "${folder}" (EISDIR)`));
  });

  it('refuses what is neither PNG nor JPEG', async () => {
    const path = await written('text.png', 'a cat');
    await expect(readPhoto(path)).rejects.toThrow(
      new Error(`--image: expected "${path}" to be a PNG or a JPEG`),
    );
  });

  it('says why a damaged file cannot be decoded', async () => {
    const path = await written('cut.jpg', Uint8Array.of(0xff, 0xd8, 0xff));
    await expect(readPhoto(path)).rejects.toThrow(`--image: cannot decode "${path}": `);
  });
});

describe('fitted', () => {
  // each pixel is its column, 0...5, in all three channels
  const wide = () =>
    tensor3d(
      Array.from({ length: 36 }, (_, i) => Math.floor(i / 3) % 6),
      [2, 6, 3],
    );

  it('takes the square in the middle', async () => {
    const square = fitted(wide(), 2, 2, 3);
    expect(square.shape).toEqual([1, 2, 2, 3]);
    expect([...(await square.data())]).toEqual([2, 2, 2, 3, 3, 3, 2, 2, 2, 3, 3, 3]);
  });

  it('takes a part of the proportions of the model', async () => {
    expect([...(await fitted(wide(), 1, 2, 1).data())]).toEqual([1.5, 3.5]); // columns 1 to 4
  });

  it('averages what is much too large', async () => {
    expect([...(await fitted(wide(), 1, 1, 1).data())]).toEqual([2.5]);
  });

  it('makes grey of the mean of the channels', async () => {
    expect([...(await fitted(tensor3d([[[1, 2, 6]]]), 1, 1, 1).data())]).toEqual([3]);
  });

  it('enlarges by interpolating between the middles of pixels', async () => {
    const photo = tensor3d([0, 0, 0, 4, 4, 4, 0, 0, 0, 4, 4, 4], [2, 2, 3]);
    expect([...(await fitted(photo, 4, 4, 1).data())].slice(0, 4)).toEqual([0, 1, 3, 4]);
  });

  it('leaves one tensor, and the photo as it was', () => {
    const photo = wide();
    const before = memory().numTensors;
    fitted(photo, 1, 1, 1).dispose();
    expect(memory().numTensors).toBe(before);
    expect(photo.isDisposed).toBe(false);
  });
});
