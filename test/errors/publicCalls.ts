import { ones, relu, reshape, sum, tensor4d, type Tensor } from '@tensorflow/tfjs-core';
import { layers, type LayersModel } from '@tensorflow/tfjs-layers';
import * as entry from 'guided-saliency';
import * as image from 'guided-saliency/image';
import * as metrics from 'guided-saliency/metrics';
import * as relevance from 'guided-saliency/relevance';
import { constant, input, op, tinyGraph, type TinyGraph } from '../support/tinyGraph';
import { convolution, dense, stack } from '../support/tinyLayers';

/** Every public function; a new one is here as soon as it is exported. */
export const publicFunctions = Object.entries<unknown>({
  ...entry,
  ...image,
  ...relevance,
  ...metrics,
}).filter((pair): pair is [string, (...args: unknown[]) => unknown] => typeof pair[1] === 'function');

/** What a method says of itself. */
interface Definition {
  readonly options: readonly string[] | ((given: object) => readonly string[]);
  readonly passes?: unknown;
}

const DEFINITION = Symbol.for('guided-saliency.method');

/** What is explained: a model of each kind. */
export interface Subjects {
  readonly model: LayersModel;
  readonly graph: TinyGraph;
  readonly x: Tensor;
}

export function subjects(): Subjects {
  const model = stack(
    [3, 3, 1],
    convolution(
      [
        [1, -2],
        [3, 4],
      ],
      { name: 'conv' },
    ),
    layers.reLU({ name: 'relu' }),
    layers.flatten({ name: 'flat' }),
    dense(
      [
        [1, 2, 3],
        [4, -5, 6],
        [7, 8, 9],
        [1, 0, 1],
      ],
      { name: 'scores', activation: 'softmax' },
    ),
  );
  const graph = tinyGraph(
    {
      x: input([null, 2]),
      w: constant([1, 2, 3, 4], [2, 2]),
      product: op('MatMul', ['x', 'w']),
      y: op('Relu', ['product']),
    },
    ['y'],
  );
  return { model, graph, x: tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]) };
}

/** A canvas as far as it is drawn on. */
class Canvas {
  getContext = () => ({
    createImageData: (width: number, height: number) => ({ data: new Uint8ClampedArray(4 * width * height) }),
    putImageData: () => undefined,
  });
}

/** Options that methods take, each with a valid value that has every part it may have. */
const OPTIONS: Readonly<Record<string, readonly unknown[]>> = {
  target: [
    [0],
    { layer: ['relu'], node: [0], output: 0, channel: 0 },
    { layer: 'relu', unit: [0, 0, 0] },
    { layer: 'relu', region: [0, 0, 1, 1] },
    { output: 0, class: [1] },
    { class: 1, others: [0, 2], weight: 1, output: 'scores', at: [] },
    { at: [], class: 0, output: 0 },
    (y: Tensor) => sum(y),
  ],
  score: ['logit'],
  wrt: ['conv', [{ layer: ['conv'], node: 0, output: 0 }]],
  from: [undefined],
  batchSize: [1],
  rule: [entry.guided],
  classes: [[0, 1], 'top2'],
  output: ['scores'],
  at: [['conv', { layer: 'conv' }]],
  signal: [new AbortController().signal],
  onProgress: [() => undefined],
  until: [{ standardError: 0.5 }],
};

/** Options that some methods have for themselves. */
const OWN_OPTIONS: Readonly<Record<string, readonly unknown[]>> = {
  layer: ['conv'],
  signed: [true],
  reshape: [(y: Tensor) => y],
  resize: [{ method: 'bilinear', halfPixelCenters: true }],
  method: [entry.saliency],
  composite: [relevance.epsilonPlus()],
  window: [2],
  stride: [1],
  segments: [undefined],
  masks: [2],
  grid: [2],
  keep: [0.5],
  bias: ['ignore'],
  samples: [2],
  noise: [0.1, { std: 0.1 }],
  squared: [true],
  baseline: [0],
  steps: [2],
  quadrature: ['trapezoid'],
  inner: [undefined],
  draws: [undefined],
  spacing: ['sqrt'],
  border: ['zero'],
  maxSigma: [2],
  h: [0.1],
  fraction: [0.5],
  maxDistance: [0.1],
};

/** What a method is given so that it is quick, and what it cannot do without. */
const FEW: Readonly<Record<string, object>> = {
  rise: { masks: 2, grid: 2 },
  smoothGrad: { samples: 2 },
  varGrad: { samples: 2 },
  integratedGradients: { steps: 2 },
  blurIntegratedGradients: { steps: 2, maxSigma: 1 },
  guidedIntegratedGradients: { steps: 2 },
  ...Object.fromEntries(
    ['gradCam', 'gradCamPlusPlus', 'hiResCam', 'layerCam', 'xGradCam', 'guidedGradCam', 'scoreCam'].map(
      (name) => [name, { layer: 'conv' }],
    ),
  ),
  expectedGradients: { samples: 2, baselines: ones([1, 3, 3, 1]) },
};

/** Valid arguments of the functions that are no methods: a line each. */
function others({ model, graph, x }: Subjects): Readonly<Record<string, readonly (readonly unknown[])[]>> {
  const picture = { width: 1, height: 1, data: new Uint8ClampedArray([1, 2, 3, 255]) };
  const canvas = new Canvas();
  const map = ones([1, 2, 2, 3]);
  const values = Float32Array.from({ length: 64 }, (_, i) => Math.sin(i));
  const rectified = { dy: ones([2]), dx: ones([2]), y: ones([2]) };
  return {
    guided: [[rectified]],
    deconv: [[rectified]],
    guidedRelu: [[[1, -1]]],
    deconvRelu: [[[1, -1]]],
    rectGrad: [[{ percentile: 90 }]],
    withRule: [[relu, entry.guided]],
    withGradients: [[{ Relu: entry.guided }, () => relu(x)]],
    overrideActivations: [
      [model, entry.guided, { layers: ['relu', ['relu']] }],
      [model, { relu: { op: entry.guidedRelu } }],
    ],
    describeOverrides: [
      [model, { relu: entry.guided }, { layers: [['relu']] }],
      [graph, entry.guided],
    ],
    prepare: [[model]],
    contrast: [[[0], [1, 2], { weight: 1, output: 'scores', at: [0] }]],
    withInputGradients: [[() => 0]],
    explain: [[entry.saliency, model, x, { target: 0, at: ['conv', { layer: 'conv', node: 0 }] }]],
    running: [
      [entry.saliency, model, x, { target: 0, onProgress: () => undefined, until: { standardError: 1 } }],
    ],
    // a model without weights, of which nothing is kept
    warm: [[entry.saliency, entry.prepare(stack([3], layers.reLU())), [1, 3], { target: 0 }]],
    layersOf: [[model]],
    classMaps: [
      [model, x, { classes: [0, 1], output: 'scores', at: [] }],
      [model, x, { classes: 'top2' }],
    ],
    valueAndSaliency: [[model, x, { target: 0, wrt: 'conv' }]],
    reduceChannels: [[map, { by: 'sum' }]],
    resizeMap: [[map, [3, 3], { method: 'bilinear', halfPixelCenters: true, alignCorners: false }]],
    normalize: [[map, { percentile: 99 }]],
    imageInput: [
      [picture, { size: [2, 2], range: [0, 1], crop: 'center' }],
      [picture, model],
    ],
    epsilonRule: [[{ epsilon: 0.1 }]],
    gammaRule: [[{ gamma: 0.1 }]],
    alphaBetaRule: [[{ alpha: 2, beta: 1 }]],
    zPlusRule: [[]],
    flatRule: [[]],
    wSquareRule: [[]],
    zBoxRule: [[{ low: 0, high: 1 }]],
    passRule: [[]],
    normRule: [[]],
    epsilon: [[{ epsilon: 0.1 }]],
    epsilonPlus: [[]],
    epsilonAlpha2Beta1: [[]],
    epsilonPlusFlat: [[]],
    epsilonAlpha2Beta1Flat: [[]],
    epsilonGammaBox: [[{ low: 0, high: 1 }]],
    uniform: [[relevance.zPlusRule()]],
    byName: [[{ conv: relevance.zPlusRule() }]],
    randomizeFrom: [
      [model, 'conv', { order: 'topDown', how: 'shuffle', seed: 1, batchNorms: false, signal: undefined }],
      [graph, ['product'], { how: 'reinitialize' }],
    ],
    parameterRandomization: [
      [
        entry.saliency,
        model,
        x,
        { target: 0, stages: 1, order: 'bottomUp', similarities: ['cosine'], onProgress: () => undefined },
      ],
      [entry.smoothGrad, graph, ones([1, 2]), { target: 0, samples: 2, stages: 1, how: 'reinitialize' }],
    ],
    classSensitivity: [
      [entry.saliency, model, x, { classes: [0, 1], similarities: ['cosine'] }],
      [entry.smoothGrad, model, x, { samples: 2 }],
    ],
    sparseness: [[entry.saliency, model, x, { target: 0, onProgress: () => undefined }]],
    pointingGame: [[entry.saliency, model, x, { target: 0, mask: ones([3, 3]), tolerance: 1 }]],
    check: [[model, x, { method: entry.saliency, target: 0, stages: 1, seed: 1 }]],
    insertion: [[entry.saliency, model, x, { target: 0, fill: 'blur', steps: 2, curve: 'probability' }]],
    deletion: [
      [entry.saliency, model, x, { target: 0, fill: 0, steps: 2, onProgress: () => undefined }],
      [entry.saliency, model, x, { target: 0, fill: 'noisyLinear', steps: 2, seed: 1 }],
    ],
    maxSensitivity: [
      [entry.saliency, model, x, { target: 0, perturbations: 2, radius: 0.1, seed: 1 }],
      [entry.saliency, model, x, { target: 0, perturbations: ones([1, 3, 3, 1]) }],
    ],
    road: [
      [entry.saliency, model, x, { target: 0, steps: 2, curve: 'logit', imputationNoise: 0.1, seed: 1 }],
    ],
    infidelity: [
      [entry.saliency, model, x, { target: 0, perturbations: 2, std: 0.1, seed: 1 }],
      [entry.saliency, model, x, { target: 0, perturbations: ones([1, 3, 3, 1]) }],
    ],
    completeness: [[entry.saliency, model, x, { target: 0, baseline: 0, onProgress: () => undefined }]],
    mosaic: [[ones([1, 2, 2, 1]), ones([1, 2, 2, 1])]],
    compareMethods: [
      [
        [entry.saliency, [entry.inputXGradient, { batchSize: 1 }]],
        model,
        x,
        { target: 0, score: 'logit', similarities: ['cosine'], onProgress: () => undefined },
      ],
    ],
    compareBackends: [
      [entry.saliency, model, x, { target: 0, backends: ['cpu'] }],
      [entry.saliency, graph, ones([1, 2]), { target: 0, backends: ['cpu', 'absent'] }],
    ],
    inputInvariance: [[entry.saliency, model, x, { target: 0, shift: 1, similarities: ['cosine'] }]],
    cosineConvergence: [
      [entry.saliency, model, x, { start: 'scores', layers: ['conv'], vectors: 2, seed: 1 }],
      [entry.saliency, graph, ones([1, 2]), { vectors: ones([2, 2]) }],
    ],
    spearman: [[values, values]],
    spearmanAbsolute: [[values, values, { channels: 8 }]],
    pearson: [[values, values]],
    cosine: [[values, values]],
    ssim: [[values, values, { height: 8, width: 8, window: 'uniform', range: 1 }]],
    hog: [[values, values, { height: 8, width: 8 }]],
    toPixels: [[map, { range: [0, 1] }]],
    colorize: [
      [map, { colors: 'grey', signed: true, percentile: 99, limit: 1 }],
      [map, { colors: () => '#000' }],
    ],
    plotSeries: [[ones([4]), ones([4]), { width: 200, height: 80, colors: () => '#000000', limit: 1 }]],
    plotBars: [[ones([4]), { most: 2, width: 200, percentile: 99 }]],
    plotTokens: [[['a', 'b'], ones([2]), { signed: true }]],
    sliceGrid: [[ones([3, 2, 2]), { slices: 2, columns: 1, gap: 0, limit: 1 }]],
    overlay: [[picture, picture, 0.5]],
    enlarge: [[picture, 2]],
    sideBySide: [[[picture, picture], { gap: 1 }]],
    captionedGrid: [[[{ picture, caption: 'a' }], { columns: 1, gap: 1 }]],
    drawOnCanvas: [[canvas, picture]],
    drawMap: [[canvas, map]],
    encodePng: [[picture]],
  };
}

/** Whether an option means the same in every method: then one of them is called with all that is wrong. */
export const isCommon = (option: string) => option in OPTIONS;

/**
 * Valid arguments of a public function, several lists perhaps; undefined where nobody wrote any. Those of a
 * method come out of its definition.
 */
export function validArguments(
  name: string,
  f: object,
  given: Subjects,
): readonly (readonly unknown[])[] | undefined {
  const definition = (f as { [DEFINITION]?: Definition })[DEFINITION];
  const own = others(given)[name];
  if (!definition || own) return own;
  const { model, graph, x } = given;
  const few = FEW[name] ?? {};
  const calls: (readonly unknown[])[] = [[model, x, few]];
  const names = typeof definition.options === 'function' ? definition.options({}) : definition.options;
  if (!definition.passes && !names.includes('layer')) {
    calls.push([graph, ones([1, 2]), { target: 0 }]);
    calls.push([(at: Tensor | Tensor[]) => reshape(relu([at].flat()[0]!), [-1, 1]), x]);
  }
  for (const option of [...names, ...(definition.passes ? ['signal', 'onProgress', 'until'] : [])]) {
    for (const value of OPTIONS[option] ?? OWN_OPTIONS[option] ?? [0]) {
      if (option in few && option === 'baselines') continue;
      calls.push([model, x, { ...few, [option]: value }]);
    }
  }
  return calls;
}
