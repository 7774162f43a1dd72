import { sizeOf, type Random } from '../conformance/random';
import { sliding } from './slow/convolution';
import type { CurveName } from './slow/pointwise';

export type Pair = readonly [number, number];

/** A layer of a random model, by what it does; weights by name. */
export type LayerPlan = {
  readonly id: number;
  readonly weights: Readonly<Record<string, Weight>>;
} & (
  | {
      readonly kind: 'conv2d' | 'depthwiseConv2d';
      readonly kernelSize: Pair;
      readonly strides: Pair;
      readonly padding: string;
      readonly dilation: number;
      readonly activation: CurveName;
    }
  | { readonly kind: 'dense'; readonly activation: CurveName | 'softmax' }
  | {
      readonly kind:
        | 'batchNormalization'
        | 'flatten'
        | 'globalAveragePooling2d'
        | 'add'
        | 'average'
        | 'multiply'
        | 'concatenate'
        | 'prelu';
    }
  | { readonly kind: 'activation'; readonly activation: CurveName }
  | { readonly kind: 'reLU' | 'leakyReLU' | 'thresholdedReLU'; readonly parameter: number | undefined }
  | {
      readonly kind: 'maxPooling2d' | 'averagePooling2d';
      readonly poolSize: Pair;
      readonly strides: Pair;
      readonly padding: string;
    }
  | { readonly kind: 'upSampling2d'; readonly size: Pair }
  | { readonly kind: 'zeroPadding2d'; readonly around: readonly [Pair, Pair] }
);

export interface Weight {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/** A use of a layer: a layer may be used twice. Node 0, and node 1 where there are two, are the inputs. */
export interface NodePlan {
  readonly layer: LayerPlan | undefined;
  readonly inputs: readonly number[];
  /** Without the batch. */
  readonly shape: readonly number[];
}

export interface ModelPlan {
  readonly batch: number;
  readonly nodes: readonly NodePlan[];
  readonly inputCount: number;
}

/** The options of the layers of one kind. */
type Options<K, P = LayerPlan> = P extends { kind: infer Kinds }
  ? K extends Kinds
    ? Omit<P, 'id' | 'kind' | 'weights'>
    : never
  : never;

const CURVES: readonly CurveName[] = [
  'relu',
  'relu',
  'relu',
  'relu6',
  'elu',
  'selu',
  'linear',
  'linear',
  'tanh',
  'swish',
];

/** A random functional model over images of odd sizes; the same seed, the same model. */
export function randomModel(random: Random): ModelPlan {
  return new Planner(random).plan();
}

class Planner {
  private readonly nodes: NodePlan[] = [];
  private layers = 0;

  constructor(private readonly random: Random) {}

  plan(): ModelPlan {
    const { random } = this;
    const batch = random.integer(1, 3);
    let at = this.node(undefined, [], [random.integer(4, 9), random.integer(4, 9), random.integer(1, 3)]);
    const beside = random.chance(0.2) ? this.node(undefined, [], [random.integer(2, 4)]) : undefined;
    for (let blocks = random.integer(2, 5); blocks > 0; blocks--) at = this.block(at);
    at = random.chance(0.5)
      ? this.node(this.layer('flatten', {}), [at], [sizeOf(this.shape(at))])
      : this.node(this.layer('globalAveragePooling2d', {}), [at], this.shape(at).slice(2));
    if (beside !== undefined) at = this.concatenate([at, beside]);
    if (random.chance(0.6))
      at = this.dense(at, random.integer(2, 5), random.pick(['relu', 'relu6', 'elu', 'tanh'] as const));
    this.dense(at, random.integer(2, 4), random.pick(['linear', 'linear', 'softmax', 'sigmoid'] as const));
    return { batch, nodes: this.nodes, inputCount: beside === undefined ? 1 : 2 };
  }

  /** A few layers, from one image to another. */
  private block(at: number): number {
    const { random } = this;
    const channels = this.shape(at)[2] as number;
    const [height, width] = this.shape(at) as [number, number];
    return random.pick<() => number>([
      () => this.conv(at),
      () => this.conv(at),
      () => this.depthwise(at),
      () => this.rectified(this.normalized(this.conv(at, 'linear'))),
      () => this.rectified(this.normalized(at)),
      () => this.pool(at),
      () => this.pool(this.conv(at)),
      () => (height * width <= 42 ? this.enlarged(at) : this.pool(at)),
      () => this.padded(at),
      // a skip that leaves before the rectifier, and one that leaves after it
      () => this.rectified(this.merge('add', [this.conv(at, 'linear', channels, true), at])),
      () => {
        const after = this.rectified(at);
        return this.merge('add', [this.conv(after, random.pick(CURVES), channels, true), after]);
      },
      // branches
      () =>
        this.concatenate([this.conv(at, random.pick(CURVES), undefined, true), this.depthwise(at, true), at]),
      () => this.merge('average', [this.conv(at, 'relu', channels, true), this.rectified(at), at]),
      () => this.merge('multiply', [this.conv(at, 'sigmoid', channels, true), this.rectified(at)]),
      // a layer used twice, one use behind the other or beside it
      () => {
        const shared = this.sameConv(channels, random.pick(CURVES));
        const once = this.node(shared, [at], this.shape(at));
        return this.node(shared, [random.chance(0.5) ? once : this.rectified(once)], this.shape(at));
      },
      () => {
        const shared = this.sameConv(channels, 'relu');
        return this.merge('add', [
          this.node(shared, [at], this.shape(at)),
          this.node(shared, [this.normalized(at)], this.shape(at)),
        ]);
      },
    ])();
  }

  private conv(at: number, activation?: CurveName, filters?: number, keepSize = false): number {
    const { random } = this;
    const [height, width, channels] = this.shape(at) as [number, number, number];
    const options = this.window(height, width, keepSize);
    const outputs = filters ?? random.integer(1, 4);
    const layer = this.layer(
      'conv2d',
      { ...options, activation: activation ?? random.pick(CURVES) },
      { kernel: this.kernel([...options.kernelSize, channels, outputs], 3), ...this.bias(outputs) },
    );
    return this.node(layer, [at], [...this.slid(height, width, options), outputs]);
  }

  private depthwise(at: number, keepSize = false): number {
    const { random } = this;
    const [height, width, channels] = this.shape(at) as [number, number, number];
    // TF.js ignores this layer's dilation
    const options = { ...this.window(height, width, keepSize), dilation: 1 };
    const multiplier = random.integer(1, 2);
    const layer = this.layer(
      'depthwiseConv2d',
      { ...options, activation: random.pick(CURVES) },
      {
        kernel: this.kernel([...options.kernelSize, channels, multiplier], 2),
        ...this.bias(channels * multiplier),
      },
    );
    return this.node(layer, [at], [...this.slid(height, width, options), channels * multiplier]);
  }

  private sameConv(channels: number, activation: CurveName): LayerPlan {
    return this.layer(
      'conv2d',
      { kernelSize: [3, 2], strides: [1, 1], padding: 'same', dilation: 1, activation },
      { kernel: this.kernel([3, 2, channels, channels], 3), ...this.bias(channels) },
    );
  }

  private dense(at: number, units: number, activation: CurveName | 'softmax'): number {
    const inputs = this.shape(at)[0] as number;
    const layer = this.layer(
      'dense',
      { activation },
      { kernel: this.kernel([inputs, units], 1), ...this.bias(units) },
    );
    return this.node(layer, [at], [units]);
  }

  private normalized(at: number): number {
    const { random } = this;
    const channels = this.shape(at)[2] as number;
    const drawn = (low: number, high: number) => this.weight([channels], low, high);
    return this.node(
      this.layer(
        'batchNormalization',
        {},
        {
          ...(random.chance(0.7) ? { gamma: drawn(-1.5, 1.5) } : {}),
          ...(random.chance(0.7) ? { beta: drawn(-0.5, 0.5) } : {}),
          mean: drawn(-0.5, 0.5),
          variance: drawn(0.5, 1.5),
        },
      ),
      [at],
      this.shape(at),
    );
  }

  private rectified(at: number): number {
    const { random } = this;
    const shape = this.shape(at);
    const layer = random.pick<() => LayerPlan>([
      () =>
        this.layer('activation', {
          activation: random.pick(['relu', 'relu', 'relu6', 'elu', 'selu'] as const),
        }),
      () => this.layer('reLU', { parameter: random.pick([undefined, 6, 0.75]) }),
      () => this.layer('leakyReLU', { parameter: random.pick([0.1, 0.3]) }),
      () => this.layer('thresholdedReLU', { parameter: random.pick([0.25, 0.5]) }),
      () => this.layer('prelu', {}, { alpha: this.weight(shape, -0.25, 0.75) }),
    ])();
    return this.node(layer, [at], shape);
  }

  private pool(at: number): number {
    const { random } = this;
    const [height, width, channels] = this.shape(at) as [number, number, number];
    const padding = random.pick(['same', 'valid'] as const);
    const poolSize = [random.integer(1, Math.min(3, height)), random.integer(1, Math.min(3, width))] as const;
    const strides = [random.integer(1, 3), random.integer(1, 2)] as const;
    const layer = this.layer(random.pick(['maxPooling2d', 'averagePooling2d'] as const), {
      poolSize,
      strides,
      padding,
    });
    return this.node(
      layer,
      [at],
      [...this.slid(height, width, { kernelSize: poolSize, strides, padding, dilation: 1 }), channels],
    );
  }

  private enlarged(at: number): number {
    const [height, width, channels] = this.shape(at) as [number, number, number];
    const size = [this.random.integer(1, 2), this.random.integer(1, 3)] as const;
    return this.node(
      this.layer('upSampling2d', { size }),
      [at],
      [height * size[0], width * size[1], channels],
    );
  }

  private padded(at: number): number {
    const { random } = this;
    const [height, width, channels] = this.shape(at) as [number, number, number];
    const [top, bottom, left, right] = [0, 0, 0, 0].map(() => random.integer(0, 1)) as [
      number,
      number,
      number,
      number,
    ];
    const layer = this.layer('zeroPadding2d', {
      around: [
        [top, bottom],
        [left, right],
      ],
    });
    return this.node(layer, [at], [height + top + bottom, width + left + right, channels]);
  }

  private merge(kind: 'add' | 'average' | 'multiply', inputs: number[]): number {
    return this.node(this.layer(kind, {}), inputs, this.shape(inputs[0] as number));
  }

  private concatenate(inputs: number[]): number {
    const last = inputs.reduce((sum, input) => sum + (this.shape(input).at(-1) as number), 0);
    return this.node(this.layer('concatenate', {}), inputs, [
      ...this.shape(inputs[0] as number).slice(0, -1),
      last,
    ]);
  }

  /** How a convolution moves: odd kernels, strides and dilations that fit. */
  private window(height: number, width: number, keepSize: boolean) {
    const { random } = this;
    const kernelSize = [
      random.integer(1, Math.min(3, height)),
      random.integer(1, Math.min(3, width)),
    ] as const;
    if (keepSize) return { kernelSize, strides: [1, 1] as const, padding: 'same', dilation: 1 };
    const padding = random.pick(['same', 'valid'] as const);
    const dilation = random.chance(0.15) && height > 4 && width > 4 ? 2 : 1;
    // under `same`, wasm's convolutions are wrong where a stride leaves cells out: see the conformance suite
    const stride = (kernel: number) =>
      Math.min(random.pick([1, 1, 2]), dilation > 1 ? 1 : padding === 'same' ? kernel : 2);
    return {
      kernelSize,
      strides: [stride(kernelSize[0]), stride(kernelSize[1])] as const,
      padding,
      dilation,
    };
  }

  private slid(
    height: number,
    width: number,
    { kernelSize, strides, padding, dilation }: ReturnType<Planner['window']>,
  ): number[] {
    return [height, width].map(
      (size, i) => sliding(size, kernelSize[i] as number, strides[i] as number, padding, dilation).out,
    );
  }

  private kernel(shape: readonly number[], inputAxes: number): Weight {
    const bound = 1.7 / Math.sqrt(sizeOf(shape.slice(0, inputAxes)));
    return this.weight(shape, -bound, bound);
  }

  private bias(size: number): { bias?: Weight } {
    return this.random.chance(0.75) ? { bias: this.weight([size], -0.5, 0.5) } : {};
  }

  private weight(shape: readonly number[], low: number, high: number): Weight {
    return { shape, values: this.random.values(sizeOf(shape), low, high) };
  }

  private layer<K extends LayerPlan['kind']>(
    kind: K,
    options: Options<K>,
    weights: Record<string, Weight> = {},
  ): LayerPlan {
    return { id: this.layers++, kind, weights, ...options } as unknown as LayerPlan;
  }

  private node(layer: LayerPlan | undefined, inputs: readonly number[], shape: readonly number[]): number {
    return this.nodes.push({ layer, inputs, shape }) - 1;
  }

  private shape(node: number): readonly number[] {
    return (this.nodes[node] as NodePlan).shape;
  }
}
