import '@tensorflow/tfjs-backend-cpu';
import { setBackend } from '@tensorflow/tfjs-core';
import { writeFileSync } from 'node:fs';
import { rounded } from '../../support/rounded';
import { batch, methods, network } from './methods';

// Writes maps.json anew: `npx tsx test/methods/everyMethod/generate.ts`. On cpu, whose maps the other tests
// of each method hold against loops and what other libraries gave.
await setBackend('cpu');
const maps: Record<string, { shape: number[]; values: number[] }> = {};
for (const [name, run] of Object.entries(methods)) {
  const map = await run(network(), batch());
  maps[name] = { shape: map.shape, values: await rounded(map) };
}
const file = new URL('maps.json', import.meta.url);
writeFileSync(file, `${JSON.stringify(maps).replaceAll('},', '},\n')}\n`);
