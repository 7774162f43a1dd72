import { getBackend, mul, slice, squeeze, tensor } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import {
  blurIntegratedGradients,
  expectedGradients,
  guidedBackprop,
  guidedIntegratedGradients,
  integratedGradients,
  smoothGrad,
  varGrad,
} from 'guided-saliency';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readShared } from '../support/files';
import { loadSharedModel, readFloats, readTensor } from '../support/sharedModel';
import { distanceFrom, storedMaps, type StoredMap } from '../support/storedMaps';
import { isQuickest, thinned } from '../support/thinned';

/** What stands beside a map: its photo, baselines and noise. */
interface Beside {
  readonly model: LayersModel;
  readonly x: Tensor;
  /** The bytes of a file of int8, as floats times a number. */
  readonly numbers: (file: unknown, scale: number, count: number) => Promise<Tensor>;
}

type Make = (golden: StoredMap, beside: Beside) => Promise<Tensor>;

const withNoise: (method: typeof smoothGrad, options?: object) => Make =
  (method, options = {}) =>
  async ({ target, params }, { model, x, numbers }) => {
    const noise = await numbers(params['noise'], params['noise_scale'] as number, 8);
    return method(model, x, { noise, target, ...options });
  };

const integrated: (quadrature: 'gaussLegendre' | 'left' | 'right' | 'middle' | 'trapezoid') => Make =
  (quadrature) =>
  ({ target }, { model, x }) =>
    integratedGradients(model, x, { target, quadrature });

const fromBaseline: Make = async ({ target, params }, { model, x, numbers }) => {
  const all = await numbers(params['baselines'], 1 / 128, 4);
  return integratedGradients(model, x, { target, baseline: oneOf(all, params['index'] as number) });
};

const expected: Make = async ({ target, params }, { model, x, numbers }) => {
  const draws = { baseline: params['indices'] as number[], alpha: params['alphas_list'] as number[] };
  const baselines = await numbers(params['baselines'], 1 / 128, 4);
  return expectedGradients(model, x, { target, baselines, draws });
};

const guidedPath: Make = async ({ target, params }, { model, x, numbers }) => {
  const all = await numbers(params['baselines'], 1 / 128, 4);
  return guidedIntegratedGradients(model, x, {
    target,
    baseline: oneOf(all, params['index'] as number),
    steps: params['x_steps'] as number,
    maxDistance: params['max_dist'] as number,
  });
};

const blurredPath: (spacing: 'linear' | 'sqrt') => Make =
  (spacing) =>
  ({ target, params }, { model, x }) =>
    blurIntegratedGradients(model, x, {
      target,
      spacing,
      border: 'zero',
      steps: params['steps'] as number,
      maxSigma: params['max_sigma'] as number,
    });

/** How each map of a peer is made here. */
const MAKE: Readonly<Record<string, Make>> = {
  smoothgrad8: withNoise(smoothGrad),
  smoothgrad8_sq: withNoise(smoothGrad, { squared: true }),
  smoothgrad8_guided_captum: withNoise(smoothGrad, { method: guidedBackprop }),
  vargrad8_xplique: withNoise(varGrad),
  vargrad8_captum: async (golden, beside) => mul(await withNoise(varGrad)(golden, beside), 7 / 8), // over n
  ig_gausslegendre: integrated('gaussLegendre'),
  ig_riemann_left: integrated('left'),
  ig_riemann_right: integrated('right'),
  ig_riemann_middle: integrated('middle'),
  // its weights sum to 49 / 50
  ig_riemann_trapezoid: async (golden, beside) => mul(await integrated('trapezoid')(golden, beside), 49 / 50),
  ig_baseline_lowest: fromBaseline,
  ig_baseline_highest: fromBaseline,
  ig_baseline_blurred: fromBaseline,
  ig_baseline_noise: fromBaseline,
  ig_mean_of_4_baselines: async ({ target, params }, { model, x, numbers }) => {
    const all = await numbers(params['baselines'], 1 / 128, 4);
    return integratedGradients(model, x, { target, baseline: [0, 1, 2, 3].map((i) => oneOf(all, i)) });
  },
  layer_conductance_captum: ({ target, params }, { model, x }) =>
    integratedGradients(model, x, { target, wrt: params['layer'] as string }),
  gradient_shap: expected,
  expected_gradients_shap: expected,
  blur_ig_pair_f64: blurredPath('linear'),
  blur_ig_pair_sqrt_f64: blurredPath('sqrt'),
  'guided_ig_pair_noise_maxdist0.02': guidedPath,
  guided_ig_pair_noise_maxdist1: guidedPath,
  'guided_ig_pair_blurred_maxdist0.02': guidedPath,
  guided_ig_pair_blurred_maxdist1: guidedPath,
};

const all = await storedMaps();

/** The large network, with 8 to 50 passes a map, where that is quickest alone. */
const networks = getBackend() === 'wasm' ? ['tiny_vgg', 'mobilenet_v1_0.25_224'] : ['tiny_vgg'];

describe.skipIf(all.length === 0 || !isQuickest()).each(networks)(
  'many passes: the maps of other libraries on %s',
  (name) => {
    const cases = all.filter(({ model, method }) => model === name && method in MAKE);
    let beside: Beside;

    beforeAll(async () => {
      const { input, shape } = cases.find(({ method }) => method.startsWith('ig_')) as StoredMap;
      const x = await readTensor(`golden/${input}`, shape);
      const numbers: Beside['numbers'] = async (file, scale, count) => {
        const bytes = (await readShared(`golden/${String(file)}`)) as ArrayBuffer;
        return mul(tensor(Float32Array.from(new Int8Array(bytes)), [count, ...shape.slice(1)]), scale);
      };
      beside = { model: await loadSharedModel(name), x, numbers };
    });
    afterAll(() => {
      beside.model.dispose();
      beside.x.dispose();
    });

    it('has cases of each kind', () => {
      const found = new Set(cases.map(({ method }) => method));
      if (name === 'tiny_vgg') {
        expect(Object.keys(MAKE).filter((method) => !found.has(method))).toEqual(['ig_baseline_lowest']);
      } else expect(found.size).toBeGreaterThan(6);
    });

    it.each(thinned(cases, 5))('$name is ours', async (golden) => {
      const wanted = await readFloats(`golden/${golden.file}`);
      const map = await MAKE[golden.method]!(golden, beside);
      expect(map.shape).toEqual(golden.shape);
      const got = await map.data();
      map.dispose();
      const { cosine } = distanceFrom(wanted, got, golden.max_abs);
      const [theirs, ours] = [wanted, got].map((cells) => besideFlips(golden, cells)) as [number[], number[]];
      const { share } = distanceFrom(theirs, ours, golden.max_abs);
      // a guided path that one flipped rectifier has led astray stays so; on cpu none does
      const isAstray = getBackend() !== 'cpu' && isLedAstray(golden);
      expect(cosine).toBeGreaterThan(isAstray ? 0.99 : 0.9999);
      if (isAstray || golden.method.startsWith('blur_ig')) return;
      expect(share).toBeLessThanOrEqual(Math.max(flippedIn(golden), 3 * (golden.f64_frac_gt_1e4 ?? 0)));
    });
  },
);

/** Of the small network one guided path; of the large one, none was told apart. */
function isLedAstray({ model, method }: StoredMap): boolean {
  return model === 'tiny_vgg'
    ? method === 'guided_ig_pair_blurred_maxdist0.02'
    : method.startsWith('guided_ig');
}

/**
 * The share of cells that may be off where the peer's own float32 and float64 runs are not: 0.5 %. On a few
 * paths a rectifier flips for us, or on this backend, that did not for them; behind one in front of the dense
 * layer of the small network lie 3 % of the cells, of the large one more.
 */
function flippedIn({ model }: StoredMap): number {
  if (model !== 'tiny_vgg') return 0.1;
  return isExact() ? 0.005 : 0.03;
}

function isExact(): boolean {
  return getBackend() === 'cpu' || getBackend() === 'wasm';
}

/**
 * Where the small network's image is seen by what flips on a path: rows and columns, from the first on to
 * before the last. At one of the 50 points a unit of conv_2_2 is -1.4e-7 in double precision, 1.8e-7 on wasm;
 * at one of the 16 draws, close to a constant baseline, the two largest of a window of the first max pooling
 * are 0.8e-7 and 3.3e-7 apart (wasm), 2.8e-7 apart (cpu), and the other one wins.
 */
const FLIPS: Readonly<Record<string, Readonly<Record<string, readonly (readonly number[])[]>>>> = {
  ig_baseline_noise: { wasm: [[46, 60, 46, 60]] },
  gradient_shap: { cpu: [[18, 24, 16, 22]], wasm: [[10, 16, 26, 32], [58, 64, 34, 40]] }, // prettier-ignore
};

/** The cells of a map that see nothing that flips. */
function besideFlips(
  { model, method, shape }: StoredMap,
  cells: Float32Array | Int32Array | Uint8Array,
): number[] {
  const boxes = (model === 'tiny_vgg' && FLIPS[method]?.[getBackend()]) || [];
  const [, , width = 1, channels = 1] = shape;
  return Array.from(cells).filter((_, i) => {
    const [row, column] = [Math.floor(i / channels / width), Math.floor(i / channels) % width];
    return !boxes.some(
      ([top, bottom, left, right]) => row >= top! && row < bottom! && column >= left! && column < right!,
    );
  });
}

/** One of some tensors along the first axis. */
function oneOf(several: Tensor, i: number): Tensor {
  const begin = several.shape.map((_, axis) => (axis === 0 ? i : 0));
  return squeeze(slice(several, begin, [1, ...several.shape.slice(1)]), [0]);
}
