import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encode } from 'fast-png';

/** Writes so many PNGs of 8 x 8 into a folder, each another one; gives their paths. */
export async function writeSmallImages(folder: string, count: number): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const paths: string[] = [];
  for (let i = 0; i < count; i++) {
    const data = Uint8Array.from({ length: 8 * 8 * 3 }, (_, at) => (at * 37 + i * (at % 11)) % 256);
    data.set([i % 256, Math.floor(i / 256) % 256, Math.floor(i / 65536)]);
    const path = join(folder, `${String(i).padStart(6, '0')}.png`);
    await writeFile(path, encode({ width: 8, height: 8, channels: 3, data }));
    paths.push(path);
  }
  return paths;
}
