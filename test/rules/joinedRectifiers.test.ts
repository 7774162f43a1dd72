import {
  cast,
  greater,
  minimum,
  mul,
  relu,
  reshape,
  tensor1d,
  tensor2d,
  tidy,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { deconv, deconvnet, describeOverrides, prepare, saliency, type Model } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { rounded } from '../support/rounded';
import { constant, input, op, tinyGraph } from '../support/tinyGraph';
import { convolution, dense, stack } from '../support/tinyLayers';

/** What deconvnet lets back through a rectifier of x, at which 1, -2, 3 and 4 arrive. */
const x = tensor2d([[-1, 3, 7, 2]]);
const weights = [1, -2, 3, 4];
const rows = weights.map((weight) => [weight]);
const map = async (model: Model) => rounded(deconvnet(model, x));

/** A graph from `x` by way of these nodes to `end`. */
const graph = (nodes: Parameters<typeof tinyGraph>[0]) =>
  tinyGraph(
    {
      x: input([null, 4]),
      two: constant([2.5], []),
      six: constant([6], []),
      zero: constant([0], []),
      ...nodes,
      w: constant(weights, [4, 1]),
      score: op('MatMul', ['end', 'w']),
    },
    ['score'],
  );

const asOne = [1, 0, 3, 4];
/** The clip passes nothing on at 7. */
const asTwo = [1, 0, 0, 4];

describe('a clip is part of the ReLU before it', () => {
  it('whatever its constant is, also one for each channel', async () => {
    const each = { each: constant([6, 6, 6, 6], [4]) };
    expect(await map(graph({ ...each, h: op('Relu', ['x']), end: op('Minimum', ['h', 'each']) }))).toEqual(
      asOne,
    );
    expect(await map(graph({ h: op('Relu', ['x']), end: op('ClipByValue', ['h', 'zero', 'two']) }))).toEqual(
      asOne,
    );
  });

  it('once: a second clip stands alone', async () => {
    expect(
      await map(
        graph({ h: op('Relu', ['x']), c: op('Minimum', ['h', 'six']), end: op('Minimum', ['c', 'two']) }),
      ),
    ).toEqual([1, 0, 0, 4]);
  });

  it('across a change of shape', async () => {
    expect(
      await map(
        graph({
          h: op('Relu', ['x']),
          tall: constant([-1, 2, 2], [3], 'int32'),
          flat: constant([-1, 4], [2], 'int32'),
          shaped: op('Reshape', ['h', 'tall']),
          c: op('Minimum', ['shaped', 'six']),
          end: op('Reshape', ['c', 'flat']),
        }),
      ),
    ).toEqual(asOne);
  });

  it('behind a convolution of a prepared model, which runs the two as one kernel', async () => {
    const image = reshape(x, [1, 1, 4, 1]);
    for (const maxValue of [6, 5]) {
      const model = stack(
        [1, 4, 1],
        convolution([[1]]),
        layers.reLU({ maxValue }),
        layers.flatten(),
        dense(rows),
      );
      const prepared = prepare(model);
      expect(await rounded(deconvnet(prepared, image))).toEqual(asOne);
      expect(await rounded(deconvnet(model, image))).toEqual(asOne);
      prepared.dispose();
    }
  });

  it('in the ReLU layer and in one custom layer', async () => {
    expect(await map(stack([4], layers.reLU({ maxValue: 6 }), dense(rows)))).toEqual(asOne);
    expect(await map(stack([4], new ClippedRelu({}), dense(rows)))).toEqual(asOne);
  });
});

describe('describeOverrides tells of a clip what saliency does', () => {
  const reasons = (model: Parameters<typeof describeOverrides>[0]) =>
    describeOverrides(model, deconv).map(({ path, reason }) => [...path, reason]);
  const joined = (clip: string) => `a rectifier, with the clip "${clip}" behind it`;

  it('behind a change of shape', async () => {
    const model = graph({
      h: op('Relu', ['x']),
      tall: constant([-1, 2, 2], [3], 'int32'),
      flat: constant([-1, 4], [2], 'int32'),
      shaped: op('Reshape', ['h', 'tall']),
      c: op('Minimum', ['shaped', 'six']),
      end: op('Reshape', ['c', 'flat']),
    });
    expect(reasons(model)).toEqual([['h', joined('c')]]);
    expect(await map(model)).toEqual(asOne);
  });

  it('of a ReLU that also feeds another output', async () => {
    const model = tinyGraph(
      {
        x: input([null, 4]),
        six: constant([6], []),
        w: constant(weights, [4, 1]),
        h: op('Relu', ['x']),
        c: op('Minimum', ['h', 'six']),
        score: op('MatMul', ['c', 'w']),
        other: op('MatMul', ['h', 'w']),
      },
      ['score', 'other'],
    );
    expect(reasons(model)).toEqual([['h', joined('c')]]);
    for (const output of ['score', 'other']) {
      expect(await rounded(deconvnet(model, x, { target: { output } }))).toEqual(asOne);
    }
  });

  it('of a ReLU that meets its clip again: there they are two', async () => {
    const model = graph({
      h: op('Relu', ['x']),
      c: op('Minimum', ['h', 'six']),
      end: op('AddV2', ['h', 'c']),
    });
    expect(reasons(model)).toEqual([['h', 'a rectifier']]);
    // 1, -2, 3, 4 arrive by way of each; by way of the clip nothing of 3, at 7
    expect(await map(model)).toEqual([2, 0, 3, 8]);
  });
});

describe('a clip stands alone', () => {
  it('in a layer of its own', async () => {
    expect(await map(stack([4], layers.reLU(), new Clip({}), dense(rows)))).toEqual(asTwo);
  });

  it('without a ReLU before it, and is then no rectifier', async () => {
    expect(
      await map(
        graph({
          h: op('Relu', ['x']),
          n: op('Neg', ['h']),
          c: op('Maximum', ['n', 'zero']),
          m: op('Minimum', ['x', 'six']),
          end: op('AddV2', ['c', 'm']),
        }),
      ),
    ).toEqual([1, -2, 0, 4]);
  });

  it('at something that is no constant', async () => {
    // min(relu x, x + 8) = relu x, here: x + 8 is larger
    const eight = { eight: constant([8], []) };
    expect(
      await map(
        graph({
          ...eight,
          h: op('Relu', ['x']),
          s: op('AddV2', ['x', 'eight']),
          end: op('Minimum', ['h', 's']),
        }),
      ),
    ).toEqual(asOne);
  });
});

describe('x · [x > theta]', () => {
  it('is one rectifier, in either order, in a layer, a graph and a custom layer', async () => {
    const nodes = {
      g: op('Greater', ['x', 'two']),
      c: op('Cast', ['g'], { SrcT: { type: 'DT_BOOL' }, DstT: { type: 'DT_FLOAT' } }),
    };
    expect(await map(graph({ ...nodes, end: op('Mul', ['x', 'c']) }))).toEqual(asOne);
    expect(await map(graph({ ...nodes, end: op('Mul', ['c', 'x']) }))).toEqual(asOne);
    expect(await map(stack([4], layers.thresholdedReLU({ theta: 2.5 }), dense(rows)))).toEqual(asOne);
  });

  it('is none in a plain function, where each kernel stands alone', () => {
    const f = (at: Tensor) => mul(at, cast(greater(at, 2.5), 'float32'));
    expect(() => saliency(f, x, { rule: deconv })).toThrow('found no rectifier');
  });

  it('is none where another is multiplied, or another compared', () => {
    const nodes = {
      g: op('Greater', ['x', 'two']),
      c: op('Cast', ['g'], { SrcT: { type: 'DT_BOOL' }, DstT: { type: 'DT_FLOAT' } }),
      n: op('Neg', ['x']),
    };
    expect(() => saliency(graph({ ...nodes, end: op('Mul', ['n', 'c']) }), x, { rule: deconv })).toThrow(
      'found no rectifier',
    );
    const swapped = { ...nodes, g: op('Greater', ['two', 'x']) };
    expect(() => saliency(graph({ ...swapped, end: op('Mul', ['x', 'c']) }), x, { rule: deconv })).toThrow(
      'found no rectifier',
    );
  });
});

class ClippedRelu extends layers.Layer {
  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => minimum(relu(Array.isArray(inputs) ? inputs[0]! : inputs), tensor1d([6])));
  }
  static className = 'ClippedRelu';
}

class Clip extends layers.Layer {
  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => minimum(Array.isArray(inputs) ? inputs[0]! : inputs, 6));
  }
  static className = 'Clip';
}
