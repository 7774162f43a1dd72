import { getBackend, memory, tensor, type Tensor } from '@tensorflow/tfjs-core';
import {
  deconv,
  guided,
  overrideActivations,
  prepare,
  saliency,
  type GradientRule,
  type Model,
} from 'guided-saliency';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { Random, sizeOf } from '../conformance/random';
import { isThinned } from '../support/thinned';
import { layersModel } from './layersModel';
import { randomModel, type ModelPlan } from './randomModel';
import { hasRectifier, slowRun, type SlowRun } from './slowModel';
import { slowRules, volume, type Volume } from './slow/volume';

/*
 * Random functional models, held against a reference written with loops in double precision.
 *
 * One seed again: SEED=123 npx vitest run test/property (in a browser: VITE_SEED=123). The 50 from there on:
 * COUNT=50, too; `npm run fuzz` goes on with them for as long as it is told.
 */

const fromOutside = (name: string): string | undefined =>
  (import.meta as { env?: Record<string, string> }).env?.[`VITE_${name}`] ??
  (typeof process === 'undefined' ? undefined : process.env[name]);
const asked = fromOutside('SEED');
const ofGate = isThinned() ? 4 : ({ tensorflow: 300 }[getBackend()] ?? 150);
const count = asked === undefined ? ofGate : Number(fromOutside('COUNT') ?? 1);
const seeds = Array.from({ length: count }, (_, i) => i + Number(asked ?? 1));

/** A GPU in software, which compiles shaders slowly: there the later models have one map, not all three. */
const isSlow = ['webgl', 'webgpu'].includes(getBackend());

const rules: Readonly<Record<keyof typeof slowRules, GradientRule | undefined>> = {
  plain: undefined,
  guided,
  deconvnet: deconv,
};

/** No value of the forward pass may be nearer than this to a kink, where two float32 implementations part. */
const MARGIN = 2e-4;

const TOLERANCE = 1e-3;

describe('random functional models', () => {
  for (const seed of seeds) {
    it(`give the maps that loops give, seed ${seed}`, async ({ skip }) => {
      const { plan, inputs, run } = drawn(seed);
      skip(
        getBackend() === 'tensorflow' && hasUnequalStrides(plan),
        'TensorFlow has no such depthwise kernel',
      );
      const isBrief = isSlow && asked === undefined && seed > 20;
      const model = layersModel(plan);
      const xs = inputs.map(({ shape, data }) => tensor(Array.from(data), [...shape]));
      const classes = Array.from(
        { length: plan.batch },
        (_, n) => (seed + n) % (run.outputs.shape[1] as number),
      );

      const y = model.predict(xs.length === 1 ? (xs[0] as Tensor) : xs) as Tensor;
      expectClose(await y.data(), run.outputs, `the outputs, seed ${seed}`);
      y.dispose();

      for (const [name, rule] of Object.entries(rules)) {
        if (rule && !hasRectifier(plan)) continue;
        if (isBrief && name !== 'guided' && hasRectifier(plan)) continue;
        const expected = run.gradients(classes, slowRules[name as keyof typeof slowRules]);
        for (const [route, { way, options, dispose }] of Object.entries(
          waysOf(model, plan, rule, seed % 3 === 0 && !isBrief),
        )) {
          const what = `${name} through ${route}, seed ${seed}`;
          // the first call runs the layers, the second a program, the third what the second keeps
          for (const call of ['first', 'second', 'third']) {
            const before = memory().numTensors;
            const maps = saliency(way, xs, { target: classes, ...options });
            for (const [i, map] of maps.entries()) {
              if (call === 'third' && isBrief) continue;
              expect(map.shape).toEqual(xs[i]?.shape);
              expectClose(await map.data(), expected[i] as Volume, `${what}, input ${i}, ${call} call`);
            }
            for (const map of maps) map.dispose();
            if (call === 'second') continue; // what a prepared model keeps, it keeps from then on
            expect(memory().numTensors - before, `tensors left by one call, ${what}`).toBe(0);
          }
          dispose();
        }
      }
      for (const x of xs) x.dispose();
      model.dispose();
    });
  }
});

interface Way {
  readonly way: Model;
  readonly options: { readonly rule?: GradientRule };
  readonly dispose: () => void;
}

/** Whether a depthwise convolution goes down by other steps than across. */
function hasUnequalStrides({ nodes }: ModelPlan): boolean {
  return nodes.some(
    ({ layer }) => layer?.kind === 'depthwiseConv2d' && layer.strides[0] !== layer.strides[1],
  );
}

/** Ways to one and the same map; the longer ones are for a part of the models. */
function waysOf(
  model: LayersModel,
  plan: ModelPlan,
  rule: GradientRule | undefined,
  all: boolean,
): Readonly<Record<string, Way>> {
  const options = rule ? { rule } : {};
  const prepared = prepare(model);
  const layerByLayer = layersModel(plan);
  // a hook is the user's own code, so that no program is made of the model
  layerByLayer.layers[0]?.setCallHook(() => undefined);
  const ways: Record<string, Way> = {
    'the model': { way: model, options, dispose: () => undefined },
    'the model, layer by layer': { way: layerByLayer, options, dispose: () => layerByLayer.dispose() },
    'the prepared model': { way: prepared, options, dispose: () => prepared.dispose() },
  };
  if (!rule || !all) return ways;
  const copy = overrideActivations(model, rule);
  const preparedCopy = prepare(copy);
  return {
    ...ways,
    'an overridden copy': { way: copy, options: {}, dispose: () => undefined },
    'an overridden copy, prepared': { way: preparedCopy, options: {}, dispose: () => preparedCopy.dispose() },
  };
}

/** A model and inputs that keep clear of kinks: the same ones for the same seed. */
function drawn(seed: number): { plan: ModelPlan; inputs: Volume[]; run: SlowRun } {
  for (let again = 0; again < 200; again++) {
    const random = new Random(`property ${seed} ${Math.floor(again / 10)}`);
    const plan = randomModel(random);
    const inputRandom = new Random(`property ${seed} inputs ${again}`);
    const inputs = plan.nodes.slice(0, plan.inputCount).map(({ shape }) => {
      const whole = [plan.batch, ...shape];
      return volume(whole, inputRandom.values(sizeOf(whole), -2, 2));
    });
    const run = slowRun(plan, inputs);
    if (run.margin > MARGIN) return { plan, inputs, run };
  }
  throw new Error(`drawn: no inputs away from kinks for seed ${seed}`);
}

function expectClose(got: ArrayLike<number>, expected: Volume, what: string): void {
  const largest = Math.max(1e-3, ...expected.data.map(Math.abs));
  const errors = Array.from(expected.data, (value, i) => Math.abs(value - (got[i] as number)) / largest);
  const worst = errors.reduce((at, error, i) => (error <= (errors[at] as number) ? at : i), 0);
  expect(
    errors[worst],
    `${what}: got ${got[worst]} instead of ${expected.data[worst]} at ${worst}`,
  ).toBeLessThan(TOLERANCE);
}
