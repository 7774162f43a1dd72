import type { TapeNode } from '../../tape/tape';
import { isElementwise, isMove } from '../layers/elementwise';

/** How the multipliers of a kernel are found. */
export type MultiplierKind =
  /** It is linear in all that depends on the input together: the gradient. */
  | 'linear'
  /** It is so in each of two inputs, or of degree two: the gradient half way. */
  | 'halfWay'
  /** Each number comes from one: its change over that one's. */
  | 'rescale'
  /** Each number comes from one of each of two: the mean over both orders in which they change. */
  | 'shapley'
  /** It chooses the largest or smallest number. */
  | 'largest'
  | 'smallest'
  | 'softmax'
  | 'logSoftmax'
  /** A batch norm whose statistics depend on the input. */
  | 'normalization';

/** Kernels that are linear in all their inputs together, or give the same whatever they are given. */
const LINEAR: ReadonlySet<string> = new Set(
  (
    'Add AddN AvgPool AvgPool3D BiasAdd Cumsum Mean Neg OnesLike ResizeBilinear RotateWithOffset Sub Sum ' +
    'Transform ZerosLike'
  ).split(' '),
);

/** Kernels that are linear in each of their inputs. */
const MULTILINEAR: ReadonlySet<string> = new Set(
  (
    'BatchMatMul Conv2D Conv2DBackpropInput Conv3D Conv3DBackpropInputV2 CropAndResize DepthwiseConv2dNative ' +
    'Einsum Multiply'
  ).split(' '),
);

/** Kernels that are of degree two in their inputs. */
const QUADRATIC: ReadonlySet<string> = new Set(['Square', 'SquaredDifference']);

const OTHERS: Readonly<Record<string, MultiplierKind>> = {
  MaxPool: 'largest',
  MaxPool3D: 'largest',
  MaxPoolWithArgmax: 'largest',
  Max: 'largest',
  Min: 'smallest',
  Softmax: 'softmax',
  LogSoftmax: 'logSoftmax',
};

/** How the multipliers of a node are found; undefined where nobody knows. */
export function multiplierKind(node: TapeNode): MultiplierKind | undefined {
  const { kernel, inputs, inner } = node;
  const active = Object.keys(inputs);
  const known = OTHERS[kernel];
  if (known) return known;
  if (
    LINEAR.has(kernel) ||
    (isMove(kernel) && !active.includes('condition') && !active.includes('indices'))
  ) {
    return 'linear';
  }
  if (MULTILINEAR.has(kernel)) return active.length === 1 ? 'linear' : 'halfWay';
  if (QUADRATIC.has(kernel)) return 'halfWay';
  if (kernel === 'FusedBatchNorm')
    return active.length === 1 && active[0] === 'x' ? 'linear' : 'normalization';
  if (kernel === 'RealDiv' && active.length === 1 && active[0] === 'a') return 'linear';
  // one of our ops, such as guidedRelu, is the rectifier that it stands for
  const isOneToOne = isElementwise(kernel) || (inner !== undefined && node.isElementwise);
  if (!isOneToOne) return undefined;
  return active.length === 1 ? 'rescale' : 'shapley';
}
