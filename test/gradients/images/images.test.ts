import {
  getBackend,
  grad,
  image,
  mul,
  square,
  sum,
  tensor,
  tensor1d,
  tensor2d,
  tensor4d,
  type Tensor,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { saliency } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { eachWay } from '../../support/eachWay';
import { checkGradient, gradient, scattered } from '../../support/kernelGradient';
import { rounded } from '../../support/rounded';
import { thinned } from '../../support/thinned';
import { constant, input, op, tinyGraph } from '../../support/tinyGraph';

const backend = getBackend();
const linear = { step: 1, tolerance: 1e-3 };

type Size = [number, number];
type Resize = (x: Tensor4D, size: Size, alignCorners?: boolean, halfPixelCenters?: boolean) => Tensor;
const options: [string, boolean, boolean][] = [
  ['', false, false],
  [', corners aligned', true, false],
  [', centers of pixels', false, true],
];
const sizes: [Size, Size][] = [
  [
    [3, 4],
    [6, 8],
  ],
  [
    [3, 3],
    [6, 6],
  ],
  [
    [4, 6],
    [2, 3],
  ],
  [
    [3, 5],
    [7, 4],
  ],
  [
    [7, 2],
    [3, 6],
  ],
  [
    [4, 4],
    [4, 4],
  ],
  [
    [5, 4],
    [1, 1],
  ],
  [
    [1, 2],
    [3, 2],
  ],
  [
    [3, 2],
    [9, 2],
  ],
];

describe.each([
  ['bilinear', image.resizeBilinear],
  ['nearest', image.resizeNearestNeighbor],
] as [string, Resize][])('the gradient of %s resizing', (_, resize) => {
  describe.each(options)('with the default rounding%s', (_name, alignCorners, halfPixelCenters) => {
    it.each(thinned(sizes, 2))('agrees with differences: %s to %s', async (from, to) => {
      const f = (x: Tensor) => resize(x as Tensor4D, to, alignCorners, halfPixelCenters);
      await checkGradient(f, scattered([2, ...from, 3]), linear);
    });
  });
});

describe('the gradient of resizing', () => {
  it('shares by distance between centers of pixels', async () => {
    // 1 -> 2 pixels a side: 1, 3/4 + 1/4, 1/4 + 3/4, 1
    const x = tensor([5, 6], [1, 1, 2, 1]);
    const dy = tensor([1, 10, 100, 1000], [1, 1, 4, 1]);
    const f = (t: Tensor) => image.resizeBilinear(t as Tensor4D, [1, 4], false, true);
    expect(await gradient(f, x, dy)).toEqual([1 + 7.5 + 25, 2.5 + 75 + 1000]);
  });

  it('sums over the copies of a pixel', async () => {
    const x = tensor([5, 6], [1, 1, 2, 1]);
    const dy = tensor([1, 10, 100, 1000], [1, 1, 4, 1]);
    const f = (t: Tensor) => image.resizeNearestNeighbor(t as Tensor4D, [1, 4]);
    expect(await gradient(f, x, dy)).toEqual([11, 1100]);
  });
});

describe('the gradient of a gradient through resizing', () => {
  const size: Size = [5, 3];

  it.each(options)(
    'is a gradient elsewhere, the map being linear%s',
    async (_name, alignCorners, halfPixelCenters) => {
      const energy = (x: Tensor) =>
        sum(square(image.resizeBilinear(x as Tensor4D, size, alignCorners, halfPixelCenters)));
      const [x, direction] = [scattered([1, 3, 4, 2]), tensor4d([...Array(24).keys()], [1, 3, 4, 2])];
      const target = (slope: Tensor) => sum(mul(slope, direction));
      const second = saliency((z: Tensor) => grad(energy)(z), x, { target });
      const there = saliency(energy, direction, { target: (y: Tensor) => y });
      const [got, wanted] = [await second.data(), await there.data()];
      const largest = Math.max(...wanted.map(Math.abs));
      expect(Math.max(...got.map((value, i) => Math.abs(value - wanted[i]!)))).toBeLessThan(1e-4 * largest);
    },
  );
});

describe('the gradient of cropping and resizing', () => {
  const boxes = tensor2d([
    [0, 0, 1, 1],
    [0.2, 0.6, 1.3, -0.2],
    [0.5, 0.1, 0.5, 0.9],
  ]);
  // webgl's forward pass reads image i for box i, whatever it is told
  const of = tensor1d(backend === 'webgl' ? [0, 1, 2] : [0, 1, 1], 'int32');

  it.each(['bilinear', 'nearest'] as const)('agrees with differences: %s', async (method) => {
    const f = (x: Tensor) => image.cropAndResize(x as Tensor4D, boxes, of, [4, 3], method, 9);
    await checkGradient(f, scattered([3, 5, 6, 2]), linear);
    const one = (x: Tensor) => image.cropAndResize(x as Tensor4D, boxes, of, [1, 1], method);
    await checkGradient(one, scattered([3, 5, 6, 2]), linear);
  });
});

// TensorFlow's backend lacks these kernels
describe.skipIf(backend === 'tensorflow')('the gradient of moving pixels', () => {
  const turn = [0.8, -0.3, 1.1, 0.4, 0.9, -0.7, 0, 0];
  const tilt = [1.1, 0.1, -0.6, -0.2, 0.9, 0.4, 0.02, -0.01];

  const modes = ['constant', 'reflect', 'wrap', 'nearest'] as const;
  const cases = modes.flatMap((mode) =>
    (['nearest', 'bilinear'] as const).map((way) => [mode, way] as const),
  );
  // wasm's and webgpu's forward passes are wrong, and are refused
  it.skipIf(['wasm', 'webgpu'].includes(backend)).each(cases)(
    'agrees with differences for a transform: border %s, %s',
    async (mode, way) => {
      const f = (x: Tensor) => image.transform(x as Tensor4D, tensor2d([tilt]), way, mode, 3, [4, 6]);
      await checkGradient(f, scattered([1, 5, 5, 2]), linear);
    },
  );

  // cpu's forward pass leaves all images but the first empty
  it.skipIf(['cpu', 'wasm', 'webgpu'].includes(backend))(
    'agrees with differences for a transform of each image',
    async () => {
      const f = (x: Tensor) =>
        image.transform(x as Tensor4D, tensor2d([turn, tilt]), 'bilinear', 'constant', 3);
      await checkGradient(f, scattered([2, 5, 5, 2]), linear);
    },
  );

  it.skipIf(['cpu', 'wasm', 'webgpu'].includes(backend))(
    'agrees with differences for one transform of all images',
    async () => {
      const f = (x: Tensor) => image.transform(x as Tensor4D, tensor2d([turn]), 'bilinear', 'constant', 3);
      await checkGradient(f, scattered([2, 5, 5, 2]), linear);
    },
  );

  it('agrees with differences for a rotation', async () => {
    const f = (x: Tensor) => image.rotateWithOffset(x as Tensor4D, 0.6, 7, [0.4, 0.6]);
    await checkGradient(f, scattered([2, 5, 6, 3]), linear);
  });

  it('flips back', async () => {
    const x = tensor([1, 2, 3], [1, 1, 3, 1]);
    const f = (t: Tensor) => image.flipLeftRight(t as Tensor4D);
    expect(await gradient(f, x, tensor([10, 20, 30], [1, 1, 3, 1]))).toEqual([30, 20, 10]);
  });
});

describe('boxes that come from the model', () => {
  // each pixel of the image is the number of its row, and so the middle of a box its y1 + y2
  const at = (boxes: string) =>
    tinyGraph(
      {
        x: input([null, 4]),
        image: constant([0, 0, 0, 1, 1, 1, 2, 2, 2], [1, 3, 3, 1]),
        twice: constant([2], []),
        halved: op('RealDiv', ['x', 'twice']),
        boxInd: constant([0], [1], 'int32'),
        size: constant([1, 1], [2], 'int32'),
        crop: op('CropAndResize', ['image', boxes, 'boxInd', 'size'], {
          method: 'bilinear',
          extrapolation_value: { float: 0 },
        }),
        rows: constant([-1, 1], [2], 'int32'),
        y: op('Reshape', ['crop', 'rows']),
      },
      ['y'],
    );

  it('have a gradient, at each call of a graph', async () => {
    for (const [boxes, expected] of [
      ['x', [1, 0, 1, 0]],
      ['halved', [0.5, 0, 0.5, 0]],
    ] as const) {
      await eachWay(at(boxes), async (given) => {
        const map = saliency(given, tensor2d([[0.2, 0.1, 0.7, 0.8]]), { target: (y) => sum(y as Tensor) });
        expect(await rounded(map)).toEqual(expected);
      });
    }
  });
});
