import { readFileSync } from 'node:fs';
import { encode } from 'fast-png';
import type { Plugin } from 'vite';
import { loadMnist } from '../digits/mnist';
import { serveFiles } from './serveFiles';

/**
 * The network of examples/digits, and the first test image of MNIST of each digit, 0 to 9: digits/model.json,
 * digits/weights.bin, digits/0.png ...
 */
export function digitFiles(): Plugin {
  return serveFiles('digit-files', 'digits', () => {
    const model = (name: string) => readFileSync(new URL(`../digits/model/${name}`, import.meta.url));
    const files = ['model.json', 'weights.bin'].map((name) => [name, model(name)] as const);
    return new Map([...files, ...samples()]);
  });
}

function samples(): [string, Uint8Array][] {
  const { size, pixels, labels } = loadMnist('t10k');
  return Array.from({ length: 10 }, (_, digit) => {
    const from = labels.indexOf(digit) * size ** 2;
    const data = pixels.slice(from, from + size ** 2);
    return [`${digit}.png`, encode({ width: size, height: size, data, channels: 1, depth: 8 })];
  });
}
