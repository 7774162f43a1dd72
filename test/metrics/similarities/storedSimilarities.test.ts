import { getBackend } from '@tensorflow/tfjs-core';
import { cosine, hog, pearson, spearman, spearmanAbsolute, ssim } from 'guided-saliency/metrics';
import { describe, expect, it } from 'vitest';
import { pooled, shade } from '../../../src/metrics/similarities/pooled';
import { readFloats } from '../../support/sharedModel';
import { storedMaps, type StoredMap } from '../../support/storedMaps';

const all = await storedMaps();
const stored = all.filter(({ method }) => method.startsWith('mprt_maps_'));
const size = { height: 64, width: 64 };

/** In the order of the stored columns: see the README beside them. */
function similarities(a: Float32Array, b: Float32Array): number[] {
  const [poolA, poolB] = [pooled(a, 3), pooled(b, 3)];
  const [shadeA, shadeB] = [shade(poolA), shade(poolB)];
  return [
    spearmanAbsolute(a, b, { channels: 3 }),
    spearman(a, b),
    pearson(poolA, poolB),
    ssim(shadeA, shadeB, size),
    ssim(shadeA, shadeB, { ...size, window: 'gaussian' }),
    hog(shadeA, shadeB, size),
    cosine(a, b),
  ];
}

// no backend has a part in it
describe.runIf(getBackend() === 'cpu' && stored.length > 0)(
  'similarities: as scipy and scikit-image have them',
  () => {
    it.each(stored)('$method', async ({ file, method }: StoredMap) => {
      const { file: wantedFile } = all.find(
        (other) => other.method === method.replace('mprt_maps', 'metric_mprt'),
      )!;
      const maps = await readFloats(`golden/${file}`);
      const wanted = await readFloats(`golden/${wantedFile}`);
      const stage = (i: number) => maps.subarray(i * 64 * 64 * 3, (i + 1) * 64 * 64 * 3);
      expect(maps.length / (64 * 64 * 3)).toBe(6);
      for (let i = 0; i < 6; i++) {
        const found = similarities(stage(0), stage(i));
        found.forEach((value, column) => {
          const theirs = wanted[i * 7 + column]!;
          // they compare maps in double precision, these are rounded to floats
          if (theirs !== -9) expect(value, `stage ${i}, column ${column}`).toBeCloseTo(theirs, 4);
          else expect(value).toBeNaN();
        });
      }
    });
  },
);
