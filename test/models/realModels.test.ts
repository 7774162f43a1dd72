import { getBackend, type Tensor4D } from '@tensorflow/tfjs-core';
import { prepare } from 'guided-saliency';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadPhoto } from '../support/photo';
import inception from './fixtures/inception_v3.json';
import mobilenet from './fixtures/mobilenet_v2.json';
import mobilenetGraph from './fixtures/mobilenet_v2_mid.json';
import {
  directionOf,
  dot,
  EVERY,
  guidedMap,
  largestOf,
  plainMap,
  probabilityMap,
  type ModelReference,
  type StoredMap,
  type Values,
} from './modelReference';
import { loadRealModel, realModels, type LoadedModel } from './realModels';

const references: readonly ModelReference[] = [mobilenet, mobilenetGraph, inception];
const isFast = getBackend() === 'wasm' || getBackend() === 'tensorflow';

describe.each(realModels)('$name on a photo', (real) => {
  const reference = references.find(({ name }) => name === real.name)!;
  let loaded: LoadedModel;
  let x: Tensor4D;
  let plain: Values;

  beforeAll(async () => {
    loaded = await loadRealModel(real.name);
    x = await loadPhoto(real.size);
    plain = await plainMap(real, loaded, x);
  });
  afterAll(() => {
    loaded.model.dispose();
    x.dispose();
  });

  it('has the gradient that differences along two directions give', async () => {
    for (const { seed, difference } of reference.directions) {
      const direction = directionOf(real, seed);
      const rise = dot(plain, await direction.data());
      direction.dispose();
      // of the length of the gradient; the differences themselves are 0.5 to 1.2 lengths
      expect(Math.abs(rise - difference) / Math.sqrt(dot(plain, plain)), `along ${seed}`).toBeLessThan(0.01);
    }
  });

  it('has the plain gradient that it has in double precision', () => {
    expectAlike(plain, reference.maps.plain, real.flipped.plain);
  });

  it('has the guided map that it has in double precision', async ({ skip }) => {
    skip(real.name === 'inception_v3' && !isFast, 'another half minute, or more, but on wasm');
    expectAlike(await guidedMap(real, loaded, x), reference.maps.guided, real.flipped.guided);
  });

  it('has the guided map that it has in double precision, prepared', async ({ skip }) => {
    skip(real.name !== 'mobilenet_v2' && !isFast, 'another half minute, or more, but on wasm');
    const prepared = prepare(loaded.model);
    await guidedMap(real, { model: prepared }, x); // writes down the program that the next call runs
    expectAlike(await guidedMap(real, { model: prepared }, x), reference.maps.guided, real.flipped.guided);
    prepared.dispose();
  });

  it.runIf(isFast && reference.pixels.length > 0)(
    'has the gradient of the probability that differences at 50 pixels give',
    async () => {
      const map = await probabilityMap(real, loaded, x);
      const largest = largestOf(map);
      const off = reference.pixels.map(
        ({ index, difference }) => Math.abs(map[index]! - difference) / largest,
      );
      expect(off).toHaveLength(50);
      // one rectifier that falls the other way moves all the pixels that it sees
      expect(off.filter((each) => !(each < 1e-3)).length).toBeLessThanOrEqual(2);
      expect(Math.max(...off)).toBeLessThan(1e-2);
    },
  );
});

/** As near as two float32 implementations of a deep network come; see the README beside the golden maps. */
function expectAlike(map: Values, { largest, values }: StoredMap, flipped: number): void {
  const ours = Array.from(map).filter((_, i) => i % EVERY === 0);
  expect(ours).toHaveLength(values.length);
  const wanted = values.map((value) => value * 1e-6 * largest);
  const off = ours.filter((value, i) => !(Math.abs(value - wanted[i]!) <= 1e-4 * largest)).length;
  const allowed = Math.max(0.005, 3 * flipped);
  expect(off / ours.length, 'share of cells off by more than 1e-4').toBeLessThanOrEqual(allowed);
  const cosine = dot(ours, wanted) / Math.sqrt(dot(ours, ours) * dot(wanted, wanted));
  expect(cosine).toBeGreaterThan(0.9999);
}

// Node alone has processes of their own; cpu alone computes in double precision
describe.runIf(getBackend() === 'cpu')('the cpu gradient of MobileNetV2', () => {
  it('agrees with central differences at 50 pixels in double precision, every tenth computed anew', async () => {
    const { execFile } = await import('node:child_process');
    const { promisify } = await import('node:util');
    const program = ['--import', 'tsx', 'test/models/generate.ts', '--check'];
    await promisify(execFile)(process.execPath, program);
  });
});
