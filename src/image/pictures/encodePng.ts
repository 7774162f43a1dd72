import { encode } from 'fast-png';
import { door } from '../../errors/door';
import { checkPixels, checkSomePixels } from './checkPixels';
import type { Pixels } from './pixels';

/**
 * A picture as a PNG file, 8 bits a channel; without an alpha channel where the picture is opaque.
 *
 * @returns The bytes of the file: write them to disk, or make a `Blob` of them.
 * @throws TypeError if `pixels` is no picture.
 * @example
 * ```ts
 * writeFileSync('map.png', encodePng(await colorize(guidedBackprop(model, image))));
 * ```
 */
export function encodePng(pixels: Pixels): ReturnType<Uint8ArrayConstructor['of']> {
  return door('encodePng', () => {
    checkPixels(pixels, 'pixels');
    checkSomePixels(pixels);
    const { width, height, data } = pixels;
    const opaque = data.every((value, i) => i % 4 !== 3 || value === 255);
    const shown = opaque ? data.filter((_, i) => i % 4 !== 3) : data;
    const file = encode({ width, height, data: shown, channels: opaque ? 3 : 4 });
    // of TypeScript 5.7 on Uint8Array<ArrayBuffer>, as a Blob takes it
    return file as ReturnType<typeof encodePng>;
  });
}
