import { getBackend, randomUniform } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { guided, prepare, saliency, type GradientRule, type Model } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { resnet50 } from '../../bench/models/resnet50';
import { vgg16 } from '../../bench/models/vgg16';
import { later } from '../support/later';

/*
 * Models of common shapes with seeded weights, on small images: prepared, and by a program of one call, they
 * have the maps that their layers give. The models of the photo are in realModels.test.ts.
 */

const side = 32;

const isFast = getBackend() === 'wasm' || getBackend() === 'tensorflow';

const shapes: readonly [string, (side: number) => LayersModel][] = [
  ['resnet50', resnet50],
  ['vgg16', vgg16],
];

const rules: readonly [string, GradientRule | undefined][] = [
  ['the plain gradient', undefined],
  ['guided backpropagation', guided],
];

describe.each(shapes)('a model of the shape of %s', (_shape, made) => {
  it('has the maps, prepared and not, that its layers give', async () => {
    const model = made(side);
    const prepared = prepare(model);
    const x = randomUniform([1, side, side, 3], -1, 1, 'float32', 3);
    for (const [name, rule] of isFast ? rules : rules.slice(1)) {
      const mapOf = (given: Model) =>
        later(() => saliency(given, x, { target: 3, ...(rule && { rule }) })).data();
      const byPrepared = await mapOf(prepared);
      const byProgram = isFast ? await mapOf(model) : byPrepared; // elsewhere both fold the same
      // a hook is the user's own code, so that no program is made of the model
      model.layers[0]!.setCallHook(() => undefined);
      const byLayers = await mapOf(model);
      model.layers[0]!.clearCallHook();
      expectAlike(byProgram, byLayers, `${name}, by a program`);
      expectAlike(byPrepared, byLayers, `${name}, prepared`);
    }
    x.dispose();
    prepared.dispose();
    model.dispose();
  });
});

/** As near as two float32 implementations come, of whose rectifiers a few fall the other way. */
function expectAlike(a: ArrayLike<number>, b: ArrayLike<number>, what: string): void {
  const largest = Math.max(...Array.from(b, Math.abs));
  expect(largest, what).toBeGreaterThan(0);
  const off = Array.from(a).filter((value, i) => !(Math.abs(value - b[i]!) <= 1e-4 * largest)).length;
  expect(off / b.length, `${what}: share of cells off by more than 1e-4`).toBeLessThanOrEqual(0.005);
}
