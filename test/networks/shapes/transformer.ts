import {
  add,
  broadcastTo,
  concat,
  div,
  erf,
  matMul,
  mul,
  reshape,
  slice,
  softmax,
  split,
  transpose,
} from '@tensorflow/tfjs-core';
import type { Tensor, Tensor3D } from '@tensorflow/tfjs-core';
import {
  initializers,
  input,
  layers,
  model,
  type LayersModel,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { on, seeded } from './seeded';

const first = (x: unknown) => (Array.isArray(x) ? (x as Tensor[])[0]! : (x as Tensor));

/** Puts a token of its own in front, and adds a vector for each position. */
class Positions extends layers.Layer {
  static className = 'Positions';
  private token!: ReturnType<layers.Layer['addWeight']>;
  private positions!: ReturnType<layers.Layer['addWeight']>;
  override build(shape: unknown): void {
    const [, tokens, width] = shape as number[];
    const zeros = initializers.zeros();
    this.token = this.addWeight('token', [1, 1, width!], 'float32', zeros);
    this.positions = this.addWeight('position', [1, tokens! + 1, width!], 'float32', zeros);
    this.built = true;
  }
  override computeOutputShape(shape: unknown): number[] {
    const [batch, tokens, width] = shape as number[];
    return [batch!, tokens! + 1, width!];
  }
  override call(inputs: unknown): Tensor {
    const x = first(inputs);
    const token = broadcastTo(this.token.read(), [x.shape[0], 1, x.shape[2]!]);
    return add(concat([token, x], 1), this.positions.read());
  }
}

/** Attention of several heads over `[batch, tokens, 3 · width]`, queries, keys and values side by side. */
class Attention extends layers.Layer {
  static className = 'Attention';
  constructor(
    private readonly heads: number,
    args: { name: string },
  ) {
    super(args);
  }
  override computeOutputShape(shape: unknown): number[] {
    const [batch, tokens, width] = shape as number[];
    return [batch!, tokens!, width! / 3];
  }
  override call(inputs: unknown): Tensor {
    const x = first(inputs);
    const [, tokens, width] = x.shape as [number, number, number];
    const each = width / 3 / this.heads;
    const inHeads = (y: Tensor) => transpose(reshape(y, [-1, tokens, this.heads, each]), [0, 2, 1, 3]);
    const [q, k, v] = split(x, 3, 2).map(inHeads) as [Tensor, Tensor, Tensor];
    const weights = softmax(div(matMul(q, k, false, true), Math.sqrt(each)));
    return reshape(transpose(matMul(weights, v), [0, 2, 1, 3]), [-1, tokens, width / 3]);
  }
}

/** `x Φ(x)`, exactly. */
class Gelu extends layers.Layer {
  static className = 'Gelu';
  override computeOutputShape(shape: unknown): number[] {
    return shape as number[];
  }
  override call(inputs: unknown): Tensor {
    const x = first(inputs);
    return mul(mul(x, 0.5), add(erf(div(x, Math.SQRT2)), 1));
  }
}

/** The token of its own, first of all. */
class FirstToken extends layers.Layer {
  static className = 'FirstToken';
  override computeOutputShape(shape: unknown): number[] {
    const [batch, , width] = shape as number[];
    return [batch!, width!];
  }
  override call(inputs: unknown): Tensor {
    const x = first(inputs) as Tensor3D;
    return reshape(slice(x, [0, 0, 0], [-1, 1, -1]), [-1, x.shape[2]]);
  }
}

function block(x: SymbolicTensor, name: string): SymbolicTensor {
  const norm = on(x, layers.layerNormalization({ name: `${name}_norm1` }));
  const seen = on(
    on(norm, layers.dense({ units: 12, name: `${name}_qkv` })),
    new Attention(2, { name: `${name}_attention` }),
  );
  const first = on(
    [x, on(seen, layers.dense({ units: 4, name: `${name}_out` }))],
    layers.add({ name: `${name}_added` }),
  );
  const norm2 = on(first, layers.layerNormalization({ name: `${name}_norm2` }));
  const hidden = on(
    on(norm2, layers.dense({ units: 6, name: `${name}_up` })),
    new Gelu({ name: `${name}_gelu` }),
  );
  return on([first, on(hidden, layers.dense({ units: 4, name: `${name}_down` }))], layers.add({ name }));
}

/** Images `[batch, 6, 9, 3]` in patches of 3 × 3, 2 × 3 of them: `[batch, 7, 4]` with the class token. */
export function transformer(): LayersModel {
  const x = input({ shape: [6, 9, 3], name: 'image' });
  const patches = on(x, layers.conv2d({ filters: 4, kernelSize: 3, strides: 3, name: 'patches' }));
  const tokens = on(patches, layers.reshape({ targetShape: [6, 4], name: 'tokens' }));
  const placed = on(tokens, new Positions({ name: 'placed' }));
  const blocks = block(block(placed, 'block1'), 'block2');
  const norm = on(blocks, layers.layerNormalization({ name: 'norm' }));
  const token = on(norm, new FirstToken({ name: 'token' }));
  return seeded(model({ inputs: x, outputs: on(token, layers.dense({ units: 3, name: 'classes' })) }), 4);
}
