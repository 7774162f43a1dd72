import type { GraphModel } from '@tensorflow/tfjs-converter';
import { constant, input, op, tinyGraph } from '../../test/support/tinyGraph.ts';
import { Random, sizeOf } from '../../test/conformance/random.ts';

/** Channels and stride of each depthwise separable convolution. */
const blocks = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [1024, 2],
  [1024, 1],
] as const;

/**
 * MobileNet v1 as a GraphModel of which the converter fused nothing: Conv2D, a sum (`Add`, with batch norms
 * folded, or a `FusedBatchNormV3` as Keras 3 exports it) and Relu6 are nodes of their own.
 *
 * @param norms Whether batch norms are nodes.
 */
export function mobilenetGraph(side: number, norms: boolean): GraphModel {
  const nodes: Parameters<typeof tinyGraph>[0] = { image: input([null, side, side, 3]) };
  const seeded = (name: string, shape: readonly number[], [low, high]: readonly [number, number]) => {
    const random = new Random(`mobilenet/${name}`);
    const values = Array.from({ length: sizeOf(shape) }, () => low + (high - low) * random.next());
    nodes[name] = constant(values, shape);
    return name;
  };
  const conv = { padding: 'SAME', data_format: 'NHWC', dilations: [1, 1, 1, 1] };
  let x = 'image';
  const convolved = (name: string, kind: string, shape: readonly number[], stride: number) => {
    const isDepthwise = kind !== 'Conv2D';
    const channels = isDepthwise ? shape[2]! : shape[3]!;
    const limit = Math.sqrt(6 / (isDepthwise ? shape[0]! * shape[1]! : sizeOf(shape.slice(0, 3))));
    const filter = seeded(`${name}/filter`, shape, [-limit, limit]);
    nodes[name] = op(kind, [x, filter], { ...conv, strides: [1, stride, stride, 1] });
    if (norms) {
      const numbers = [
        seeded(`${name}/scale`, [channels], [0.5, 1.5]),
        seeded(`${name}/offset`, [channels], [-0.1, 0.1]),
        seeded(`${name}/mean`, [channels], [-0.1, 0.1]),
        seeded(`${name}/variance`, [channels], [0.5, 1.5]),
      ];
      nodes[`${name}/biased`] = op('FusedBatchNormV3', [name, ...numbers], {
        epsilon: { float: 1e-3 },
        data_format: 'NHWC',
        is_training: false,
      });
    } else {
      nodes[`${name}/biased`] = op('AddV2', [name, seeded(`${name}/bias`, [channels], [-0.1, 0.1])]);
    }
    nodes[`${name}/relu`] = op('Relu6', [`${name}/biased`]);
    x = `${name}/relu`;
  };
  convolved('conv', 'Conv2D', [3, 3, 3, 32], 2);
  let before = 32;
  blocks.forEach(([channels, stride], i) => {
    convolved(`depthwise${i}`, 'DepthwiseConv2dNative', [3, 3, before, 1], stride);
    convolved(`pointwise${i}`, 'Conv2D', [1, 1, before, channels], 1);
    before = channels;
  });
  nodes['axes'] = constant([1, 2], [2], 'int32');
  nodes['mean'] = op('Mean', [x, 'axes'], { keep_dims: false });
  nodes['logits'] = op('MatMul', ['mean', seeded('dense', [1024, 1000], [-0.08, 0.08])]);
  nodes['classes'] = op('Softmax', ['logits']);
  return tinyGraph(nodes, ['classes']) as unknown as GraphModel;
}
