import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import type { ConformanceCase } from './conformanceCase';
import { functionCase } from './functionSubject';

type Plane = tf.Tensor4D;
type Square = tf.Tensor2D;

const plane = [2, 5, 4, 2];
const pads = [
  [0, 0],
  [1, 2],
  [0, 1],
  [0, 0],
] as [[number, number], [number, number], [number, number], [number, number]];

const losses = [
  'absoluteDifference',
  'cosineDistance',
  'hingeLoss',
  'huberLoss',
  'logLoss',
  'meanSquaredError',
  'sigmoidCrossEntropy',
] as const;

/** Ops of tfjs-core as a user writes them in a function, in ways that no layer and no graph op reaches. */
export const functionCases: readonly ConformanceCase[] = [
  functionCase('conv2d', 'padding by a number', [plane], (w) => {
    const filter = w([3, 3, 2, 3]) as Plane;
    return (x) => tf.conv2d(x as Plane, filter, 1, 2);
  }),
  functionCase('conv2d', 'explicit padding, stride 2x1', [plane], (w) => {
    const filter = w([3, 2, 2, 3]) as Plane;
    return (x) => tf.conv2d(x as Plane, filter, [2, 1], pads);
  }),
  functionCase('conv2d', 'one image as a batch of one, without its batch inside', [[1, 5, 4, 2]], (w) => {
    const filter = w([3, 3, 2, 3]) as Plane;
    return (x) => tf.conv2d(tf.squeeze<tf.Tensor3D>(x, [0]), filter, 1, 'same');
  }),
  functionCase('conv2dTranspose', 'padding by a number', [[2, 3, 4, 2]], (w) => {
    const filter = w([3, 3, 3, 2]) as Plane;
    return (x) => tf.conv2dTranspose(x as Plane, filter, [2, 5, 7, 3], 2, 1);
  }),
  functionCase('depthwiseConv2d', 'padding by a number, rate 2', [plane], (w) => {
    const filter = w([2, 2, 2, 1]) as Plane;
    return (x) => tf.depthwiseConv2d(x as Plane, filter, 1, 1, 'NHWC', 2);
  }),
  functionCase('separableConv2d', 'rate 2', [plane], (w) => {
    const [depthwise, pointwise] = [w([2, 2, 2, 2]) as Plane, w([1, 1, 4, 3]) as Plane];
    return (x) => tf.separableConv2d(x as Plane, depthwise, pointwise, 1, 'same', 2);
  }),
  functionCase('maxPool', 'padding by a number', [plane], () => (x) => tf.maxPool(x as Plane, 3, 2, 1)),
  functionCase('avgPool', 'padding by a number', [plane], () => (x) => tf.avgPool(x as Plane, 3, 2, 1)),
  functionCase(
    'maxPool',
    'no padding, rounded up',
    [[1, 5, 5, 2]],
    () => (x) => tf.maxPool(x as Plane, 2, 2, 0, 'ceil'),
  ),
  functionCase('conv2d', 'no padding, rounded up', [[1, 5, 5, 2]], (w) => {
    const filter = w([2, 2, 2, 3]) as Plane;
    return (x) => tf.conv2d(x as Plane, filter, 2, 0, 'NHWC', 1, 'ceil');
  }),
  functionCase(
    'avgPool',
    'padding by a number, rounded up',
    [plane],
    () => (x) => tf.avgPool(x as Plane, 3, 2, 1, 'ceil'),
  ),
  functionCase(
    'maxPool',
    'padding by a number, rounded up',
    [plane],
    () => (x) => tf.maxPool(x as Plane, 3, 2, 1, 'ceil'),
  ),
  functionCase(
    'maxPool',
    'explicit padding, negative',
    [plane],
    () => (x) => tf.maxPool(x as Plane, 3, 1, pads),
    { range: [-3, -1] },
  ),
  functionCase('pool', 'max, dilated', [plane], () => (x) => tf.pool(x as Plane, 2, 'max', 'valid', 2)),
  functionCase('pool', 'avg, dilated, same', [plane], () => (x) => tf.pool(x as Plane, 2, 'avg', 'same', 2)),
  functionCase(
    'avgPool3d',
    'padding by a number',
    [[1, 3, 4, 3, 2]],
    () => (x) => tf.avgPool3d(x as tf.Tensor5D, 2, 1, 1),
  ),
  functionCase('fused.conv2d', 'relu6, no bias', [plane], (w) => {
    const filter = w([2, 2, 2, 3]) as Plane;
    return (x) => tf.fused.conv2d({ x: x as Plane, filter, strides: 1, pad: 'same', activation: 'relu6' });
  }),
  functionCase('fused.conv2d', 'prelu with a negative slope, bias', [plane], (w) => {
    const [filter, bias, slope] = [w([2, 2, 2, 3]) as Plane, w([3]), w([3], -0.5, 0.5)];
    return (x) =>
      tf.fused.conv2d({
        x: x as Plane,
        filter,
        strides: 1,
        pad: 'valid',
        bias,
        activation: 'prelu',
        preluActivationWeights: slope,
      });
  }),
  functionCase('fused.depthwiseConv2d', 'elu, padding by a number', [plane], (w) => {
    const [filter, bias] = [w([3, 3, 2, 1]) as Plane, w([2])];
    return (x) =>
      tf.fused.depthwiseConv2d({ x: x as Plane, filter, strides: 2, pad: 1, bias, activation: 'elu' });
  }),
  functionCase('fused.matMul', 'rank 3, relu', [[2, 3, 4]], (w) => {
    const [b, bias] = [w([2, 4, 3]), w([3])];
    return (x) => tf.fused.matMul({ a: x, b, bias, activation: 'relu' });
  }),
  functionCase('fused.matMul', 'a batch by one matrix, leakyrelu', [[2, 3, 4]], (w) => {
    const b = w([1, 4, 3]);
    return (x) => tf.fused.matMul({ a: x, b, activation: 'leakyrelu', leakyreluAlpha: 0.3 });
  }),
  functionCase(
    'fused.matMul',
    'sigmoid, both depend on x',
    [[3, 3]],
    () => (x) => tf.fused.matMul({ a: x, b: x, transposeB: true, activation: 'sigmoid' }),
  ),

  functionCase('matMul', 'vectors, as dot', [[1, 4]], (w) => {
    const v = w([4]) as tf.Tensor1D;
    return (x) => tf.dot(tf.reshape<tf.Rank.R1>(x, [4]), v);
  }),
  functionCase('outerProduct', 'with itself', [[1, 3]], () => (x) => {
    const v = tf.reshape<tf.Rank.R1>(x, [3]);
    return tf.outerProduct(v, v);
  }),
  functionCase(
    'einsum',
    'a diagonal sum over two inputs',
    [
      [2, 3],
      [2, 3],
    ],
    () => (a, b) => tf.einsum('ij,ij->i', a, b),
  ),
  functionCase('norm', 'euclidean, all', [[2, 3]], () => (x) => tf.norm(x)),
  functionCase('norm', 'one, an axis', [[2, 3]], () => (x) => tf.norm(x, 1, 1)),
  functionCase('norm', 'infinity, an axis', [[2, 3]], () => (x) => tf.norm(x, Infinity, 1)),
  functionCase('norm', 'of order 2, an axis, kept', [[2, 3]], () => (x) => tf.norm(x, 2, 0, true)),
  functionCase('linalg.bandPart', 'rank 2', [[3, 4]], () => (x) => tf.linalg.bandPart(x, 1, 0)),
  functionCase(
    'linalg.gramSchmidt',
    'two vectors',
    [[2, 3]],
    () => (x) => tf.linalg.gramSchmidt(x as Square),
  ),
  functionCase('diag', 'of a vector', [[1, 4]], () => (x) => tf.diag(tf.reshape(x, [4]))),
  functionCase('moments', 'mean and variance', [[2, 3, 4]], () => (x) => {
    const { mean, variance } = tf.moments(x, [0, 2]);
    return [mean, variance];
  }),
  functionCase('logSumExp', 'an axis', [[2, 4]], () => (x) => tf.logSumExp(x, 1)),
  functionCase('logSigmoid', 'both signs', [[2, 4]], () => (x) => tf.logSigmoid(x), { range: [-3, 3] }),
  functionCase('step', 'with a slope', [[2, 4]], () => (x) => tf.mul(x, tf.step(x, 0.3))),
  functionCase(
    'addN',
    'three',
    [
      [2, 3],
      [2, 3],
    ],
    (w) => {
      const c = w([2, 3]);
      return (a, b) => tf.addN([a, b, c]);
    },
  ),
  functionCase('batchNorm', 'constants for scale and offset left out', [[2, 3, 4]], (w) => {
    const [mean, variance] = [w([4]) as tf.Tensor1D, w([4], 0.5, 1.5) as tf.Tensor1D];
    return (x) => tf.batchNorm(x, mean, variance);
  }),
  functionCase('batchNorm', 'a scale alone', [[3, 4]], (w) => {
    const [mean, variance, scale] = [
      w([4]) as tf.Tensor1D,
      w([4], 0.5, 1.5) as tf.Tensor1D,
      w([4]) as tf.Tensor1D,
    ];
    return (x) => tf.batchNorm(x, mean, variance, undefined, scale);
  }),
  functionCase('batchNorm', 'the mean depends on x', [[4, 3]], (w) => {
    const variance = w([3], 0.5, 1.5) as tf.Tensor1D;
    return (x) => tf.batchNorm(x, tf.mean<tf.Tensor1D>(x, 0), variance);
  }),
  functionCase('batchNorm', 'mean and variance depend on x', [[4, 3]], (w) => {
    const [offset, scale] = [w([3]) as tf.Tensor1D, w([3]) as tf.Tensor1D];
    return (x) => {
      const { mean, variance } = tf.moments(x, 0);
      return tf.batchNorm(x, mean, variance, offset, scale, 0.125);
    };
  }),
  functionCase(
    'localResponseNormalization',
    'its defaults',
    [[2, 2, 2, 4]],
    () => (x) => tf.localResponseNormalization(x as Plane),
  ),

  functionCase(
    'gather',
    'an axis, a batch',
    [[2, 3, 2]],
    () => (x) =>
      tf.gather(
        x,
        tf.tensor2d(
          [
            [2, 0],
            [1, 1],
          ],
          [2, 2],
          'int32',
        ),
        1,
        1,
      ),
  ),
  functionCase(
    'gather',
    'an axis, a batch, other counts',
    [[2, 3, 2]],
    () => (x) =>
      tf.gather(
        x,
        tf.tensor2d(
          [
            [2, 0, 0],
            [1, 1, 2],
          ],
          [2, 3],
          'int32',
        ),
        1,
        1,
      ),
  ),
  functionCase(
    'unsortedSegmentSum',
    'of rows',
    [[4, 3]],
    () => (x) => tf.unsortedSegmentSum(x, tf.tensor1d([0, 2, 0, 1], 'int32'), 3),
  ),
  functionCase('gather', 'rows', [[3, 2]], () => (x) => tf.gather(x, tf.tensor1d([0, 2], 'int32'))),
  functionCase('stack', 'and unstack', [[3, 4]], () => (x) => tf.stack(tf.unstack(x, 1).reverse(), 0)),
  functionCase(
    'split',
    'by sizes, -1 among them',
    [[2, 6]],
    () => (x) => tf.split(x, [1, -1, 2], 1)[1] as tf.Tensor,
  ),
  functionCase('tile', 'rank 1 and 5', [[1, 2, 1, 3, 1]], () => (x) => tf.tile(x, [2, 1, 2, 2, 1])),
  functionCase('tile', 'rank 6', [[1, 2, 1, 3, 1, 1]], () => (x) => tf.tile(x, [2, 1, 2, 2, 1, 2])),
  functionCase('reverse', 'everything', [[2, 3]], () => (x) => tf.reverse(x)),
  functionCase('transpose', 'rank 6', [[1, 2, 1, 3, 2, 1]], () => (x) => tf.transpose(x, [5, 3, 1, 0, 2, 4])),
  functionCase('slice', 'a begin alone', [[2, 3, 4]], () => (x) => tf.slice(x, [0, 1, 2])),
  functionCase(
    'mirrorPad',
    'rank 5',
    [[1, 2, 2, 2, 2]],
    () => (x) =>
      tf.mirrorPad(
        x,
        [
          [0, 0],
          [1, 0],
          [0, 1],
          [0, 0],
          [0, 0],
        ],
        'symmetric',
      ),
  ),
  functionCase(
    'stridedSlice',
    'rank 5, steps',
    [[1, 2, 4, 2, 2]],
    () => (x) => tf.stridedSlice(x, [0, 0, 1, 0, 0], [1, 2, 4, 2, 2], [1, 1, 2, 1, 1]),
  ),
  ...(['prelu', 'maximum', 'div'] as const).map((op) =>
    functionCase(op, 'rank 5', [[1, 2, 2, 2, 2]], (w) => {
      const other = w([2, 2, 2], 1, 2);
      return (x) =>
        op === 'div' ? tf.div(other, tf.add(x, 2)) : tf[op](x, op === 'prelu' ? other : tf.sub(other, 1.5));
    }),
  ),
  functionCase('stridedSlice', 'steps', [[2, 7]], () => (x) => tf.stridedSlice(x, [0, 6], [2, 0], [1, -3])),
  functionCase(
    'pad',
    'rank 5',
    [[1, 2, 2, 2, 1]],
    () => (x) =>
      tf.pad(x, [
        [0, 1],
        [1, 0],
        [0, 0],
        [2, 1],
        [0, 0],
      ]),
  ),
  functionCase(
    'mirrorPad',
    'rank 3',
    [[2, 3, 4]],
    () => (x) =>
      tf.mirrorPad(
        x,
        [
          [1, 0],
          [1, 2],
          [0, 3],
        ],
        'reflect',
      ),
  ),
  functionCase(
    'spaceToBatchND',
    'and back',
    [[1, 4, 4, 1]],
    () => (x) =>
      tf.batchToSpaceND(
        tf.mul(
          tf.spaceToBatchND(
            x,
            [2, 2],
            [
              [0, 0],
              [0, 0],
            ],
          ),
          2,
        ),
        [2, 2],
        [
          [0, 0],
          [0, 0],
        ],
      ),
  ),
  functionCase(
    'meshgrid',
    'of two vectors',
    [
      [1, 3],
      [1, 2],
    ],
    () => (a, b) => {
      const [u, v] = tf.meshgrid(tf.reshape(a, [3]), tf.reshape(b, [2]));
      return tf.mul(u as tf.Tensor, v as tf.Tensor);
    },
  ),
  functionCase(
    'where',
    'a smaller condition',
    [[2, 3]],
    () => (x) => tf.where(tf.greater(x, 0), tf.square(x), tf.zerosLike(x)),
  ),
  functionCase(
    'logicalXor',
    'of two comparisons',
    [[2, 4]],
    () => (x) => tf.where(tf.logicalXor(tf.greater(x, 0.5), tf.less(x, -0.5)), x, tf.mul(x, 3)),
  ),
  functionCase('topk', 'values', [[2, 5]], () => (x) => tf.topk(x, 2).values),
  functionCase(
    'cumsum',
    'exclusive, reverse, first axis',
    [[3, 4]],
    () => (x) => tf.cumsum(x, 0, true, true),
  ),
  functionCase('cumsum', 'reverse, a long axis', [[1, 9]], () => (x) => tf.cumsum(x, 1, false, true)),
  functionCase('cumprod', 'reverse, first axis', [[3, 4]], () => (x) => tf.cumprod(x, 0, false, true)),
  functionCase('multiply', 'x cubed, each factor x', [[2, 3]], () => (x) => tf.mul(tf.mul(x, x), x)),
  functionCase('sub', 'and x twice, once unused', [[2, 3]], () => (x) => {
    tf.exp(x);
    return tf.sub(tf.square(x), x);
  }),

  functionCase(
    'image.resizeBilinear',
    'one image, corners aligned',
    [[1, 3, 4, 2]],
    () => (x) => tf.image.resizeBilinear(tf.squeeze<tf.Tensor3D>(x, [0]), [5, 3], true),
  ),
  functionCase(
    'image.resizeNearestNeighbor',
    'half-pixel centres',
    [[1, 3, 4, 2]],
    () => (x) => tf.image.resizeNearestNeighbor(x as Plane, [5, 3], false, true),
  ),
  functionCase(
    'image.flipLeftRight',
    'a batch',
    [[2, 2, 3, 2]],
    () => (x) => tf.image.flipLeftRight(x as Plane),
  ),
  functionCase(
    'image.rotateWithOffset',
    'by a third of a turn',
    [[1, 4, 4, 3]],
    () => (x) => tf.image.rotateWithOffset(x as Plane, 2),
  ),
  functionCase(
    'image.rotateWithOffset',
    'a fill that is no whole number',
    [[1, 4, 4, 2]],
    () => (x) => tf.square(tf.image.rotateWithOffset(x as Plane, 0.4, 0.5, [0.4, 0.6])),
  ),
  functionCase(
    'image.grayscaleToRGB',
    'a batch',
    [[2, 2, 3, 1]],
    () => (x) => tf.image.grayscaleToRGB(x as Plane),
  ),
  functionCase(
    'image.rgbToGrayscale',
    'a batch',
    [[2, 2, 3, 3]],
    () => (x) => tf.image.rgbToGrayscale(x as Plane),
  ),
  functionCase(
    'image.cropAndResize',
    'two crops',
    [[1, 4, 5, 2]],
    () => (x) =>
      tf.image.cropAndResize(
        x as Plane,
        tf.tensor2d([
          [0.1, 0, 0.8, 1],
          [0.3, 0.2, 0.9, 0.7],
        ]),
        tf.tensor1d([0, 0], 'int32'),
        [3, 3],
      ),
  ),
  functionCase(
    'image.cropAndResize',
    'of several images, not in order',
    [[2, 4, 5, 2]],
    () => (x) =>
      tf.square(
        tf.image.cropAndResize(
          x as Plane,
          tf.tensor2d([
            [0.11, 0.03, 0.83, 0.97],
            [0.31, 0.23, 0.91, 0.71],
          ]),
          tf.tensor1d([1, 0], 'int32'),
          [3, 3],
        ),
      ),
  ),
  functionCase(
    'image.cropAndResize',
    'of an image and its box',
    [
      [1, 4, 5, 2],
      [1, 4],
    ],
    () => (x, edges) =>
      tf.image.cropAndResize(
        x as Plane,
        tf.add<Square>(tf.mul(edges, 0.2), tf.tensor2d([[0.1, 0.2, 0.7, 0.9]])),
        tf.tensor1d([0], 'int32'),
        [3, 2],
      ),
  ),
  functionCase(
    'image.transform',
    'reflected',
    [[1, 4, 5, 2]],
    () => (x) =>
      tf.image.transform(
        x as Plane,
        tf.tensor2d([[1.3, 0.2, -2.3, -0.1, 1.6, -1.4, 0, 0]]),
        'bilinear',
        'reflect',
      ),
  ),
  functionCase(
    'image.transform',
    'a shear',
    [[1, 4, 5, 2]],
    () => (x) => tf.image.transform(x as Plane, tf.tensor2d([[1, 0.3, -0.4, 0, 1, 0, 0, 0]]), 'bilinear'),
  ),

  ...losses.map((loss) =>
    functionCase(
      `losses.${loss}`,
      'x as prediction',
      [[2, 4]],
      (w) => {
        const labels = w([2, 4], 0.1, 0.9) as Square;
        const f = tf.losses[loss] as (...given: unknown[]) => tf.Tensor;
        return (x) => (loss === 'cosineDistance' ? f(labels, x, 1) : f(labels, x));
      },
      { range: [0.1, 0.9] },
    ),
  ),
  // TF.js's own gradient of it holds for labels that sum to 1, and is none with respect to the labels
  functionCase('losses.softmaxCrossEntropy', 'x as prediction', [[2, 4]], () => {
    const labels = [
      [0.25, 0.25, 0.5, 0],
      [0, 1, 0, 0],
    ];
    return (x) => tf.losses.softmaxCrossEntropy<Square, tf.Tensor>(labels, x as Square);
  }),
  functionCase(
    'customGrad',
    'a square with its own gradient',
    [[2, 3]],
    () => (x) =>
      tf.mul(
        tf.customGrad((t: unknown, save: unknown) => {
          (save as tf.GradSaveFunc)([t as tf.Tensor]);
          return {
            value: tf.square(t as tf.Tensor),
            gradFunc: (dy: tf.Tensor, [s]: tf.Tensor[]) => tf.mul(dy, tf.mul(2, s as tf.Tensor)),
          };
        })(x),
        x,
      ),
  ),
  functionCase('basicLSTMCell', 'one step', [[2, 3]], (w) => {
    const [kernel, bias] = [w([5, 8]) as Square, w([8]) as tf.Tensor1D];
    const [c, h] = [w([2, 2]) as Square, w([2, 2]) as Square];
    return (x) => tf.basicLSTMCell(tf.scalar(1), kernel, bias, x as Square, c, h);
  }),
  functionCase('dropout', 'rate 0', [[2, 3]], () => (x) => tf.dropout(x, 0)),
  functionCase(
    'convLstm2dCell',
    'one step, state and all',
    [
      [1, 4, 3, 2],
      [1, 3, 2, 2],
    ],
    (w) => {
      const cell = layers.convLstm2dCell({ filters: 2, kernelSize: 2, recurrentInitializer: 'zeros' });
      cell.build([1, 4, 3, 2]);
      for (const weight of cell.weights) weight.write(w(weight.shape as number[], -0.6, 0.6));
      return (x, state) => cell.call([x, state, state] as tf.Tensor[], {});
    },
  ),
];
