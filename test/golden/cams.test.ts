import { add, concat, div, max, mean, min, reshape, sub, tensor1d } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import {
  explain,
  gradCam,
  gradCamPlusPlus,
  guidedGradCam,
  hiResCam,
  layerCam,
  rectGrad,
  resizeMap,
  saliency,
  scoreCam,
  xGradCam,
} from 'guided-saliency';
import type { CamOptions, ResizeMapOptions } from 'guided-saliency';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSharedModel, readFloats, readTensor } from '../support/sharedModel';
import { distanceFrom, storedMaps, type StoredMap } from '../support/storedMaps';
import { isQuickest, thinned } from '../support/thinned';

type Explained = Parameters<typeof gradCam>[0];

/** A method, its options, and what the peer makes of its map in the end. */
type Recipe = (
  model: Explained,
  x: Tensor,
  options: { target: number; layer: string },
) => Tensor | Promise<Tensor>;

const cam =
  (method: typeof gradCam, options: CamOptions, finish = (map: Tensor): Tensor => map): Recipe =>
  (model, x, given) =>
    finish(method(model, x, { ...given, ...options }));

/** pytorch-grad-cam: over its maximum, resized, over its maximum again. */
function ofPytorchGradCam(map: Tensor): Tensor {
  return minMax(resizeMap(minMax(map, 0, 1e-7), sizeOf(map)), 0, 1e-7);
}

/** tf-keras-vis: resized with its corners aligned, over its range. */
function ofKerasVis(map: Tensor): Tensor {
  return minMax(resizeMap(map, sizeOf(map), { alignCorners: true }), 1e-7, 0);
}

function ofXplique(map: Tensor): Tensor {
  return resizeMap(map, sizeOf(map), { method: 'bicubic' });
}

/** That of the model: of its only layers looked at here. */
function sizeOf({ shape }: Tensor): [number, number] {
  return shape[1] === 26 ? [64, 64] : [224, 224];
}

/** `(m - min) / (max - min + inRange)`, or over `max + atTop`, pytorch-grad-cam's order of the two. */
function minMax(map: Tensor, inRange: number, atTop: number): Tensor {
  const low = min(map);
  const shifted = sub(map, low);
  return div(shifted, add(max(shifted), inRange + atTop));
}

const guidedBy =
  (resize: ResizeMapOptions): Recipe =>
  (model, x, options) =>
    guidedGradCam(model, x, { ...options, resize });

const rect =
  (percentile: number): Recipe =>
  (model, x, { target }) =>
    saliency(model, x, { target, rule: rectGrad({ percentile }) });

/** One forward pass a channel. */
const scored =
  (signed: boolean, finish = (map: Tensor): Tensor => map): Recipe =>
  async (model, x, options) =>
    finish(await scoreCam(model, x, { ...options, signed }));

/** The weights: how much the map rises where a channel does, which leaves its mask what it is. */
const weightsOfChannels: Recipe = async (model, x, options) => {
  const { at } = await explain(saliency, model, x, { target: options.target, at: [options.layer] });
  const { shape } = at![0]!.y;
  const channels = shape[shape.length - 1]!;
  const raised = async (channel: number) => {
    const by = tensor1d(Array.from({ length: channels }, (_, c) => (c === channel ? 1 : 0)));
    return mean(await scoreCam(model, x, { ...options, signed: true, reshape: (y) => add(y, by) }));
  };
  const plain = await raised(-1);
  const all: Tensor[] = [];
  for (let c = 0; c < channels; c++) all.push(reshape(sub(await raised(c), plain), [1]));
  return concat(all);
};

const RECIPES: Readonly<Record<string, Recipe>> = {
  gradcam: cam(gradCam, { signed: true }),
  gradcam_relu: cam(gradCam, {}),
  gradcam_tfkv_raw: cam(gradCam, {}),
  gradcampp_jacobgil: cam(gradCamPlusPlus, {}),
  gradcampp_jacobgil_raw: cam(gradCamPlusPlus, { signed: true }),
  hirescam_jacobgil_raw: cam(hiResCam, { signed: true }),
  layercam_jacobgil_raw: cam(layerCam, { signed: true }),
  layercam_tfkv_raw: cam(layerCam, {}),
  xgradcam_jacobgil_raw: cam(xGradCam, { signed: true }),
  scorecam_jacobgil_raw: scored(true),
  scorecam_jacobgil_final: scored(false, ofPytorchGradCam),
  scorecam_jacobgil_weights: weightsOfChannels,
  gradcam_jacobgil_final: cam(gradCam, {}, ofPytorchGradCam),
  gradcampp_jacobgil_final: cam(gradCamPlusPlus, {}, ofPytorchGradCam),
  hirescam_jacobgil_final: cam(hiResCam, {}, ofPytorchGradCam),
  layercam_jacobgil_final: cam(layerCam, {}, ofPytorchGradCam),
  xgradcam_jacobgil_final: cam(xGradCam, {}, ofPytorchGradCam),
  gradcam_tfkv_final: cam(gradCam, {}, ofKerasVis),
  layercam_tfkv_final: cam(layerCam, {}, ofKerasVis),
  gradcam_xplique_final: cam(gradCam, {}, ofXplique),
  guided_gradcam_nearest: guidedBy({ method: 'nearest', halfPixelCenters: false }),
  guided_gradcam_bilinear: guidedBy({}),
  rectgrad_q80: rect(80),
  rectgrad_q80_gated: rect(80),
  rectgrad_q98: rect(98),
};

/** Stored with and without the plateau of ReLU6, of which ours has it. */
const isOurs = ({ model, method }: StoredMap) => model === 'tiny_vgg' || method !== 'rectgrad_q80';

/** Those of a pass a channel where that is quickest, and not 256 times as many passes for as many weights. */
const isShort = ({ model, method }: StoredMap) =>
  !method.startsWith('scorecam') ||
  (isQuickest() && (model === 'tiny_vgg' || method !== 'scorecam_jacobgil_weights'));

const all = await storedMaps();

describe.skipIf(all.length === 0).each([
  ['tiny_vgg', isQuickest() ? 48 : 42],
  ['mobilenet_v1_0.25_224', isQuickest() ? 30 : 27],
] as const)('the class activation maps of other libraries on %s', (name, count) => {
  const cases = all.filter(
    (one) => one.model === name && one.method in RECIPES && isOurs(one) && isShort(one),
  );
  let model: Awaited<ReturnType<typeof loadSharedModel>>;
  let x: Tensor;

  beforeAll(async () => {
    model = await loadSharedModel(name);
    const size = name === 'tiny_vgg' ? 64 : 224;
    x = await readTensor(`golden/${cases[0]?.input}`, [1, size, size, 3]);
  });
  afterAll(() => {
    model.dispose();
    x.dispose();
  });

  it('has cases', () => expect(cases.length).toBe(count));

  it('leaves the layer out where it is the last with space, and takes the pooling behind it', async () => {
    const { record } = await explain(gradCam, model, x, {});
    expect(record.options.layer).toBe(name === 'tiny_vgg' ? 'max_pool_2' : 'conv_pw_13_relu');
  });

  it.each(thinned(cases, 12))('$name is ours within 1e-4 of its largest value', async (one) => {
    const wanted = await readFloats(`golden/${one.file}`);
    const map = await RECIPES[one.method]!(model, x, {
      target: one.target,
      layer: one.params['layer'] as string,
    });
    const got = await reshape(map, [-1]).data();
    expect(got.length).toBe(wanted.length);
    expect(distanceFrom(wanted, got, one.max_abs).largest).toBeLessThan(1e-4);
  });
});
