/*
 * Writes test/models/fixtures: differences and maps of real networks, in double precision. Minutes a network.
 *
 *   npx tsx test/models/generate.ts                    all of them anew
 *   npx tsx test/models/generate.ts inception_v3       one of them
 *   npx tsx test/models/generate.ts --check            MobileNetV2's, compared with what is stored
 */
import './doublePrecision';
import '@tensorflow/tfjs-backend-cpu';
import { env, setBackend } from '@tensorflow/tfjs-core';
import { readFile, writeFile } from 'node:fs/promises';
import { loadPhoto } from '../support/photo';
import {
  alongDirection,
  alongPixel,
  directionOf,
  dot,
  guidedMap,
  largestOf,
  pixelsOf,
  plainMap,
  probabilityMap,
  thinnedMap,
  type ModelReference,
  type Values,
} from './modelReference';
import { loadRealModel, realModels, type RealModel } from './realModels';

const fixture = ({ name }: RealModel) => new URL(`fixtures/${name}.json`, import.meta.url);

await setBackend('cpu');
env().set('IS_TEST', true); // no greeting
// Node's own check does not take the one for the other
env().platform.isTypedArray = (a): a is Float32Array | Int32Array | Uint8Array | Uint8ClampedArray =>
  [Float32Array, Int32Array, Uint8Array, Uint8ClampedArray].some((type) => a instanceof type);

const [argument] = process.argv.slice(2);
if (argument === '--check') {
  const faults = await check(realModels[0]!);
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length === 0 ? 0 : 1;
} else {
  for (const real of realModels) if (argument === undefined || argument === real.name) await generate(real);
}

async function generate(real: RealModel): Promise<void> {
  const loaded = await loadRealModel(real.name);
  const x = await loadPhoto(real.size);
  const [plain, byGuided] = [await plainMap(real, loaded, x), await guidedMap(real, loaded, x)];
  const reference: ModelReference = {
    name: real.name,
    directions: real.seeds.map((seed) => ({ seed, difference: alongDirection(real, loaded, x, seed) })),
    pixels:
      real.name === 'inception_v3' // takes half an hour
        ? []
        : pixelsOf(real).map((index) => ({ index, difference: alongPixel(real, loaded, x, index) })),
    maps: { plain: thinnedMap(plain), guided: thinnedMap(byGuided) },
  };
  for (const fault of disagreements(real, reference, plain)) console.error(fault);
  await writeFile(fixture(real), `${JSON.stringify(reference)}\n`);
}

/** What is wrong with our gradient at the stored pixels, or with what is stored: every tenth anew. */
async function check(real: RealModel): Promise<string[]> {
  const stored = JSON.parse(await readFile(fixture(real), 'utf8')) as ModelReference;
  const loaded = await loadRealModel(real.name);
  const x = await loadPhoto(real.size);
  const plain = await plainMap(real, loaded, x);
  const probability = await probabilityMap(real, loaded, x);
  const largest = largestOf(probability);
  const faults = disagreements(real, stored, plain);
  for (const [i, { index, difference }] of stored.pixels.entries()) {
    const off = Math.abs(probability[index]! - difference) / largest;
    if (!(off < 1e-6)) faults.push(`pixel ${index}: the gradient is off by ${off} of the largest`);
    if (i % 10 !== 0) continue;
    const anew = Math.abs(alongPixel(real, loaded, x, index) - difference) / largest;
    if (!(anew < 1e-6)) faults.push(`pixel ${index}: the stored difference is off by ${anew} of the largest`);
  }
  const apart = thinnedMap(plain).values.filter(
    (value, i) => Math.abs(value - stored.maps.plain.values[i]!) > 1, // of a million: rounded the other way
  );
  if (apart.length > 0) faults.push(`the stored map: ${apart.length} values are others`);
  return faults;
}

/** Where a map and the differences along the directions disagree. */
function disagreements(real: RealModel, { directions }: ModelReference, map: Values): string[] {
  return directions.flatMap(({ seed, difference }) => {
    const direction = directionOf(real, seed);
    const off = Math.abs(dot(map, direction.dataSync()) - difference) / Math.sqrt(dot(map, map));
    direction.dispose();
    return off < 1e-6 ? [] : [`direction ${seed}: the gradient is off by ${off} of its length`];
  });
}
