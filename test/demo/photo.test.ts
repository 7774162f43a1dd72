import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode as encodePng, type ImageData } from 'fast-png';
import jpeg from 'jpeg-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { imageInput, type DecodedImage } from 'guided-saliency/image';
import { readPhoto } from '../../examples/demo/photo';

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
  expect([photo.height, photo.width]).toEqual([png.height, png.width]);
  return shownOf(photo);
}

/** The red, green and blue of each pixel, as a model of its size gets them. */
async function shownOf(photo: DecodedImage): Promise<number[]> {
  const x = imageInput(photo, { size: [photo.height, photo.width], range: [0, 255] });
  const values = await x.data();
  x.dispose();
  return [...values].map(Math.round);
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
    expect([photo.width, photo.height]).toEqual([8, 8]);
    const [red = 0, green = 0, blue = 0] = await shownOf(photo);
    const off = [red - 200, green - 100, blue - 50].map(Math.abs);
    expect(Math.max(...off)).toBeLessThan(3);
  });

  it.each<[string, number[]]>([
    ['big', [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0]],
    ['little', [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0]],
  ])('reads how the camera was held from EXIF, %s end first', async (_, tiff) => {
    const data = Buffer.alloc(4 * 16 * 8, 255);
    const plain = jpeg.encode({ width: 16, height: 8, data }, 90).data;
    const exif = [...Buffer.from('Exif\0\0'), ...tiff, 0, 0, 0, 0];
    const parts = [
      plain.subarray(0, 2),
      Buffer.from([0xff, 0xe1, 0, exif.length + 2, ...exif]),
      plain.subarray(2),
    ];
    const photo = await readPhoto(await written('held.jpg', Buffer.concat(parts)));
    expect([photo.width, photo.height, photo.orientation]).toEqual([16, 8, 6]);
    expect((await readPhoto(await written('plain.jpg', plain))).orientation).toBe(1);
  });

  it('refuses a photo that is too large before it is decoded', async () => {
    const png = Buffer.from(encodePng({ width: 1, height: 1, channels: 1, data: Uint8Array.of(0) }));
    png.writeUInt32BE(10_000, 16);
    png.writeUInt32BE(5_001, 20);
    const jpegHead = [0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0x13, 0x89, 0x27, 0x10, 1, 1, 0x11, 0];
    for (const bytes of [png, Uint8Array.from(jpegHead)]) {
      const path = await written('large', bytes);
      await expect(readPhoto(path)).rejects.toThrow(
        new Error(
          `--image: expected "${path}" to have at most 50 million pixels, got 10000 x 5001; make it smaller first`,
        ),
      );
    }
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
