import { engine, ones, tidy, type NamedTensorMap, type Tensor } from '@tensorflow/tfjs-core';
import { model as functional, type LayersModel } from '@tensorflow/tfjs-layers';
import { constant, input, op, tinyGraph, type TinyGraph } from './tinyGraph';

/** A length that no other axis of these networks has: where it stands, the graph takes any. */
const BATCH = 23;

type Nodes = Parameters<typeof tinyGraph>[0];
type Node = Nodes[string];
type Attrs = Record<string, unknown>;

/**
 * A LayersModel as a GraphModel: the kernels that it runs, written down as nodes as the converter has them. A
 * node has the name of the layer whose output it is, weights are constants.
 */
export function tracedGraph(given: LayersModel): TinyGraph {
  const { nodes, outputs } = tracedNodes(given);
  return tinyGraph(nodes, outputs);
}

/** The nodes of such a graph, and the names of its outputs, to be changed before a graph is made of them. */
export function tracedNodes(given: LayersModel): { nodes: Nodes; outputs: string[] } {
  const made: { nodes: Nodes; outputs: string[] }[] = [];
  tidy(() => {
    const written = given.layers.filter((layer) => layer.getClassName() !== 'InputLayer');
    const places = written.flatMap((layer) =>
      [layer.getOutputAt(layer.inboundNodes.length - 1)]
        .flat()
        .map((output, i) => ({ output, name: i === 0 ? layer.name : `${layer.name}_${i}` })),
    );
    const model = functional({ inputs: given.inputs, outputs: places.map(({ output }) => output) });
    const xs = given.inputs.map(({ shape, dtype }) =>
      ones([BATCH, ...shape.slice(1).map((size) => size ?? 1)], dtype),
    );
    const trace = new Trace();
    const names = new Map<Tensor, string>();
    xs.forEach((x, i) => {
      const name = given.inputNames[i] as string;
      names.set(x, name);
      trace.nodes[name] = input([null, ...x.shape.slice(1)], x.dtype as 'float32');
    });
    const ran = trace.during(names, () => [model.apply(xs, { training: false })].flat() as Tensor[]);
    const outputs = given.outputs.map((y) => ran[places.findIndex(({ output }) => output === y)] as Tensor);
    const renamed = new Map<string, string>();
    ran.forEach((y, i) => {
      const node = names.get(y);
      if (node?.startsWith('k/')) renamed.set(node, (places[i] as (typeof places)[0]).name);
    });
    const called = (name: string) => {
      const [node = '', ...output] = name.split(':');
      return [renamed.get(node) ?? node, ...output].join(':');
    };
    const nodes = Object.fromEntries(
      Object.entries(trace.nodes).map(([name, node]) => [
        called(name),
        node.kind === 'op' ? { ...node, inputs: node.inputs.map(called) } : node,
      ]),
    );
    made.push({ nodes, outputs: outputs.map((y) => called(names.get(y) as string)) });
  });
  return made[0] as (typeof made)[0];
}

/** What kernels did, as nodes. */
class Trace {
  readonly nodes: Record<string, Node> = {};
  private count = 0;

  during<T>(names: Map<Tensor, string>, run: () => T): T {
    const own = engine() as unknown as { runKernel: RunKernel };
    const before = own.runKernel;
    own.runKernel = (kernel, inputs, attrs) => {
      const results = before.call(own, kernel, inputs, attrs);
      const given = Object.values(inputs).flat();
      if (given.some((tensor) => names.has(tensor))) {
        const outputs = [results].flat();
        const nodeNames = this.write(kernel, inputs, attrs ?? {}, outputs, names);
        outputs.forEach((tensor, i) => names.set(tensor, nodeNames[i] as string));
      }
      return results;
    };
    try {
      return run();
    } finally {
      own.runKernel = before;
    }
  }

  private write(
    kernel: string,
    inputs: Record<string, Tensor | Tensor[]>,
    attrs: Attrs,
    outputs: Tensor[],
    names: Map<Tensor, string>,
  ): string[] {
    const nameOf = (tensor: Tensor): string => names.get(tensor) ?? this.constantOf(tensor);
    const make = WRITTEN[kernel];
    if (!make) throw new Error(`tracedGraph: does not know ${kernel}`);
    const node = make({
      of: (...which) => which.flatMap((name) => (inputs[name] ? [inputs[name]].flat().map(nameOf) : [])),
      attrs,
      inputs: inputs as NamedTensorMap,
      outputs,
      ints: (values, shape) => this.add(constant(values, shape ?? [values.length], 'int32')),
      floats: (values, shape) => this.add(constant(values, shape ?? [values.length])),
      wholeOf: (name) => {
        const tensor = inputs[name] as Tensor;
        const isLone = !names.has(tensor) && tensor.shape[0] === BATCH;
        if (!isLone) return nameOf(tensor);
        return this.add(op('BroadcastTo', [nameOf(tensor), this.shapeWithBatch(tensor.shape, names)]));
      },
      shapeOf: (tensor) => this.shapeWithBatch(tensor.shape, names),
    });
    const name = this.add(node);
    return outputs.map((_, i) => (i === 0 ? name : `${name}:${i}`));
  }

  private add(node: Node): string {
    const name = `k/${this.count++}`;
    this.nodes[name] = node;
    return name;
  }

  /** A shape whose first axis is as long as that of the first input, as TensorFlow's graphs have it. */
  private shapeWithBatch(shape: readonly number[], names: Map<Tensor, string>): string {
    const ends = [0, 1, 1].map((value) => this.add(constant([value], [1], 'int32')));
    const shapeOfInput = this.add(op('Shape', [[...names.values()][0] as string]));
    const batch = this.add(op('StridedSlice', [shapeOfInput, ...ends], { ...MASKS, shrink_axis_mask: 1 }));
    const others = shape.slice(1).map((size) => this.add(constant([size], [], 'int32')));
    return this.add(op('Pack', [batch, ...others], { N: shape.length, axis: 0 }));
  }

  /** A constant of the batch's length is the same for each sample: one row of it stands for all. */
  private constantOf(tensor: Tensor): string {
    const { shape, dtype } = tensor;
    const isOfBatch = shape.length > 0 && shape[0] === BATCH;
    const values = Array.from(tensor.dataSync());
    return this.add(
      constant(
        isOfBatch ? values.slice(0, values.length / BATCH) : values,
        isOfBatch ? [1, ...shape.slice(1)] : shape,
        dtype === 'int32' ? 'int32' : 'float32',
      ),
    );
  }
}

const MASKS = { begin_mask: 0, end_mask: 0, ellipsis_mask: 0, new_axis_mask: 0 };

type RunKernel = (
  kernel: string,
  inputs: Record<string, Tensor | Tensor[]>,
  attrs?: Attrs,
) => Tensor | Tensor[];

interface Call {
  /** The names of the nodes of some inputs, those there are. */
  readonly of: (...inputs: string[]) => string[];
  readonly attrs: Attrs;
  readonly inputs: NamedTensorMap;
  readonly outputs: readonly Tensor[];
  /** A constant of integers. */
  readonly ints: (values: number[], shape?: number[]) => string;
  readonly floats: (values: number[], shape?: number[]) => string;
  /** The node of an input with all its samples, also of one that is the same for each. */
  readonly wholeOf: (input: string) => string;
  /** A node of the shape of a tensor, whatever the batch. */
  readonly shapeOf: (tensor: Tensor) => string;
}

const free = (shape: readonly number[]): number[] => shape.map((size) => (size % BATCH === 0 ? -1 : size));

const isFirst = (format: unknown) => format === 'NCHW' || format === 'channelsFirst';

/** A window of a convolution or pooling as TensorFlow writes it. */
function windowed({ attrs }: Call, rank: 4 | 5 = 4): Attributes {
  const spread = (value: unknown): number[] => {
    const sizes = Array.isArray(value)
      ? (value as number[])
      : Array.from({ length: rank - 2 }, () => (value as number | undefined) ?? 1);
    return isFirst(attrs['dataFormat']) ? [1, 1, ...sizes] : [1, ...sizes, 1];
  };
  const format = rank === 5 ? 'NDHWC' : isFirst(attrs['dataFormat']) ? 'NCHW' : 'NHWC';
  return {
    strides: spread(attrs['strides']),
    padding: String(attrs['pad']).toUpperCase(),
    data_format: format,
    ...(attrs['filterSize'] === undefined
      ? { dilations: spread(attrs['dilations']) }
      : { ksize: spread(attrs['filterSize']) }),
  };
}

type Attributes = NonNullable<Parameters<typeof op>[2]>;

const likewise =
  (name: string, ...inputs: string[]) =>
  ({ of }: Call): Node =>
    op(name, of(...inputs));

const ACTIVATIONS: Record<string, string> = { relu: 'Relu', relu6: 'Relu6', elu: 'Elu' };

function fused(name: string, window: Attributes) {
  return ({ of, attrs, inputs }: Call, first: string, second: string): Node => {
    const activation = ACTIVATIONS[String(attrs['activation'])];
    // TF.js takes the second for the activation
    const ops = [inputs['bias'] ? 'BiasAdd' : 'NoOp', ...(activation ? [activation] : [])];
    return op(name, of(first, second, 'bias'), {
      ...window,
      num_args: inputs['bias'] ? 1 : 0,
      fused_ops: ops,
    });
  };
}

const reduction =
  (name: string, key = 'axis') =>
  ({ of, attrs, inputs, outputs, ints }: Call): Node => {
    const axes = [attrs[key]].flat() as number[];
    const rank = (inputs['x'] as Tensor).rank;
    return op(name, [...of('x'), ints(axes)], { keep_dims: outputs[0]?.rank === rank });
  };

/** How a kernel is written as a node. */
const WRITTEN: Record<string, (call: Call) => Node> = {
  Add: likewise('AddV2', 'a', 'b'),
  AddN: ({ of, inputs }) => op('AddN', of(...Object.keys(inputs)), { N: Object.keys(inputs).length }),
  AvgPool: (call) => op('AvgPool', call.of('x'), windowed(call)),
  BatchMatMul: ({ of, attrs }) =>
    op('BatchMatMulV2', of('a', 'b'), {
      adj_x: attrs['transposeA'] === true,
      adj_y: attrs['transposeB'] === true,
    }),
  Cast: ({ of, attrs }) =>
    op('Cast', of('x'), {
      SrcT: { type: 'DT_INT32' },
      DstT: { type: attrs['dtype'] === 'int32' ? 'DT_INT32' : 'DT_FLOAT' },
    }),
  ClipByValue: ({ of, attrs, floats }) =>
    op('ClipByValue', [
      ...of('x'),
      floats([Number(attrs['clipValueMin'])], []),
      floats([Number(attrs['clipValueMax'])], []),
    ]),
  Concat: ({ wholeOf, attrs, inputs, ints }) =>
    op('ConcatV2', [...Object.keys(inputs).map(wholeOf), ints([Number(attrs['axis'])], [])], {
      N: Object.keys(inputs).length,
    }),
  Conv2D: (call) => op('Conv2D', call.of('x', 'filter'), windowed(call)),
  Conv2DBackpropInput: (call) =>
    op(
      'Conv2DBackpropInput',
      [call.shapeOf(call.outputs[0] as Tensor), ...call.of('filter', 'dy')],
      windowed(call),
    ),
  Conv3D: (call) => op('Conv3D', call.of('x', 'filter'), windowed(call, 5)),
  DepthwiseConv2dNative: (call) => op('DepthwiseConv2dNative', call.of('x', 'filter'), windowed(call)),
  Erf: likewise('Erf', 'x'),
  Exp: likewise('Exp', 'x'),
  ExpandDims: ({ of, attrs, ints }) => op('ExpandDims', [...of('input'), ints([Number(attrs['dim'])], [])]),
  FusedBatchNorm: ({ of, attrs, inputs, floats }) => {
    const { size } = inputs['mean'] as Tensor;
    const scale = of('scale')[0] ?? floats(Array<number>(size).fill(1));
    const offset = of('offset')[0] ?? floats(Array<number>(size).fill(0));
    return op('FusedBatchNormV3', [...of('x'), scale, offset, ...of('mean', 'variance')], {
      epsilon: { float: Number(attrs['varianceEpsilon']) },
      is_training: false,
      data_format: 'NHWC',
    });
  },
  FusedConv2D: (call) => fused('_FusedConv2D', windowed(call))(call, 'x', 'filter'),
  FusedDepthwiseConv2D: (call) => fused('FusedDepthwiseConv2dNative', windowed(call))(call, 'x', 'filter'),
  GatherV2: ({ of, attrs, ints }) =>
    op('GatherV2', [...of('x', 'indices'), ints([Number(attrs['axis'])], [])], { batch_dims: 0 }),
  Identity: likewise('Identity', 'x'),
  LeakyRelu: ({ of, attrs }) => op('LeakyRelu', of('x'), { alpha: { float: Number(attrs['alpha']) } }),
  Max: reduction('Max', 'reductionIndices'),
  MaxPool: (call) => op('MaxPool', call.of('x'), windowed(call)),
  MaxPool3D: (call) => op('MaxPool3D', call.of('x'), windowed(call, 5)),
  Mean: reduction('Mean'),
  Minimum: likewise('Minimum', 'a', 'b'),
  Maximum: likewise('Maximum', 'a', 'b'),
  Multiply: likewise('Mul', 'a', 'b'),
  Neg: likewise('Neg', 'x'),
  Pack: ({ wholeOf, attrs, inputs }) =>
    op('Pack', Object.keys(inputs).map(wholeOf), {
      N: Object.keys(inputs).length,
      axis: Number(attrs['axis']),
    }),
  PadV2: ({ of, attrs, ints }) =>
    op('Pad', [
      ...of('x'),
      ints((attrs['paddings'] as number[][]).flat(), [(attrs['paddings'] as number[][]).length, 2]),
    ]),
  RealDiv: likewise('RealDiv', 'a', 'b'),
  Relu: likewise('Relu', 'x'),
  Relu6: likewise('Relu6', 'x'),
  Reshape: ({ of, outputs, ints }) => op('Reshape', [...of('x'), ints(free((outputs[0] as Tensor).shape))]),
  ResizeNearestNeighbor: ({ of, attrs, ints }) =>
    op('ResizeNearestNeighbor', [...of('images'), ints(attrs['size'] as number[])], {
      align_corners: attrs['alignCorners'] === true,
      half_pixel_centers: attrs['halfPixelCenters'] === true,
    }),
  ResizeBilinear: ({ of, attrs, ints }) =>
    op('ResizeBilinear', [...of('images'), ints(attrs['size'] as number[])], {
      align_corners: attrs['alignCorners'] === true,
      half_pixel_centers: attrs['halfPixelCenters'] === true,
    }),
  Reverse: ({ of, attrs, ints }) => op('ReverseV2', [...of('x'), ints([attrs['dims'] as number[]].flat())]),
  Rsqrt: likewise('Rsqrt', 'x'),
  Sigmoid: likewise('Sigmoid', 'x'),
  Slice: ({ of, attrs, outputs, ints }) =>
    op('Slice', [...of('x'), ints(attrs['begin'] as number[]), ints(free((outputs[0] as Tensor).shape))]),
  Softmax: likewise('Softmax', 'logits'),
  SplitV: ({ of, attrs, outputs, ints }) =>
    op(
      'SplitV',
      [
        ...of('x'),
        ints(outputs.map(({ shape }) => shape[Number(attrs['axis'])] as number)),
        ints([Number(attrs['axis'])], []),
      ],
      { num_split: outputs.length },
    ),
  Sqrt: likewise('Sqrt', 'x'),
  Square: likewise('Square', 'x'),
  SquaredDifference: likewise('SquaredDifference', 'a', 'b'),
  Sub: likewise('Sub', 'a', 'b'),
  Sum: reduction('Sum'),
  Tanh: likewise('Tanh', 'x'),
  Tile: ({ of, attrs, ints }) => op('Tile', [...of('x'), ints(attrs['reps'] as number[])]),
  Transpose: ({ of, attrs, ints }) => op('Transpose', [...of('x'), ints(attrs['perm'] as number[])]),
  Unpack: ({ of, attrs, outputs }) =>
    op('Unpack', of('value'), { num: outputs.length, axis: Number(attrs['axis']) }),
  _FusedMatMul: (call) =>
    fused('_FusedMatMul', {
      transpose_a: call.attrs['transposeA'] === true,
      transpose_b: call.attrs['transposeB'] === true,
    })(call, 'a', 'b'),
};
