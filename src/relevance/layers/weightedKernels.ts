import type { TapeNode } from '../../tape/tape';

/** A kernel that multiplies what goes in by constant weights and sums, as its layers see it. */
export interface WeightedKernel {
  readonly kind: 'convolution' | 'dense';
  /** The input that depends on what is explained. */
  readonly x: string;
  /** The input that holds the weights. */
  readonly filter: string;
  /** Which axis of the output the channels are on. */
  readonly channelAxis: number;
  /** The shape in which a number for each channel of the output broadcasts against the weights. */
  readonly perChannel: (channels: number) => number[];
}

/**
 * A node as a kernel with weights; undefined where it is none, or both its operands are made of the input.
 */
export function weightedKernel(node: TapeNode): WeightedKernel | undefined {
  const [x, ...others] = Object.keys(node.inputs);
  if (x === undefined || others.length > 0) return undefined;
  return node.kernel === 'BatchMatMul' ? product(node, x) : convolution(node, x);
}

/**
 * The input of each kernel that convolves, and the axis of its filter along which the output's channels are.
 */
const CONVOLUTIONS: Readonly<Record<string, { readonly x: string; readonly channels: number }>> = {
  Conv2D: { x: 'x', channels: 3 },
  DepthwiseConv2dNative: { x: 'x', channels: 2 },
  Conv3D: { x: 'x', channels: 4 },
  Conv2DBackpropInput: { x: 'dy', channels: 2 },
  Conv3DBackpropInputV2: { x: 'dy', channels: 3 },
};

function convolution(node: TapeNode, x: string): WeightedKernel | undefined {
  const known = CONVOLUTIONS[node.kernel];
  const shape = node.shapes['filter'];
  if (known?.x !== x || !shape) return undefined;
  const rank = node.outputs[0]?.shape.length ?? 0;
  const perChannel = (channels: number) => {
    // a depthwise filter holds the channels of the output on two axes
    if (node.kernel === 'DepthwiseConv2dNative') return [shape[2] as number, shape[3] as number];
    return [channels, ...shape.slice(known.channels + 1).map(() => 1)];
  };
  const channelAxis = node.attrs['dataFormat'] === 'NCHW' ? 1 : rank - 1;
  return { kind: 'convolution', x, filter: 'filter', channelAxis, perChannel };
}

/** y = x w has its channels along the columns of w, y = w x along its rows. */
function product(node: TapeNode, x: string): WeightedKernel {
  const rank = node.outputs[0]?.shape.length ?? 0;
  const isLeft = x === 'a';
  const isTransposed = node.attrs[isLeft ? 'transposeB' : 'transposeA'] === true;
  const alongColumns = isLeft !== isTransposed;
  return {
    kind: 'dense',
    x,
    filter: isLeft ? 'b' : 'a',
    channelAxis: isLeft ? rank - 1 : rank - 2,
    perChannel: (channels) => (alongColumns ? [channels] : [channels, 1]),
  };
}
