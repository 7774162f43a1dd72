import {
  add,
  clone,
  customGrad,
  getGradient,
  memory,
  mul,
  prelu,
  registerGradient,
  relu,
  sigmoid,
  square,
  tensor2d,
  tensor4d,
  tidy,
  type GradSaveFunc,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { afterEach, describe, expect, it } from 'vitest';
import { tfEngine } from '../../../src/backends/engine';
import { Recording } from '../../../src/tape/recording/recording';
import { constant, input, op, tinyGraph } from '../../support/tinyGraph';
import { dense, stack } from '../../support/tinyLayers';
import { onlyResults, leftBehind } from '../../support/leftBehind';

const recordings: Recording[] = [];
afterEach(() => recordings.splice(0).forEach((recording) => recording.dispose()));

/** A recording of `body`, with `xs` watched. */
function recorded(xs: Tensor[], body: () => unknown): Recording {
  const recording = new Recording();
  recordings.push(recording);
  for (const x of xs) recording.watch(x);
  recording.run(() =>
    tidy(() => {
      body();
    }),
  );
  return recording;
}

const kernels = (recording: Recording) => recording.nodes.map(({ kernel }) => kernel);
const hasOwn = () => Object.prototype.hasOwnProperty.call(tfEngine(), 'runKernelFunc');

const x = tensor2d([[1, -2]]);
const other = tensor2d([[3, 4]]);

describe('Recording', () => {
  it('records the kernels that run on what is watched, and no others', () => {
    const recording = recorded([x], () => {
      const constantly = square(other);
      const y = mul(x, constantly);
      tidy(() => relu(tidy(() => add(y, 1))));
    });
    expect(kernels(recording)).toEqual(['Multiply', 'Add', 'Relu']);
    expect(recording.nodes.map(({ inputs }) => Object.keys(inputs))).toEqual([['a'], ['a'], ['x']]);
  });

  it('tells a tensor that is watched twice only once', () => {
    const recording = new Recording();
    expect(recording.watch(x)).toBe(recording.watch(x));
    expect(recording.valueOf(other)).toBeUndefined();
  });

  it('writes fused kernels down as the kernels that they stand for', () => {
    const image = tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
    const model = stack(
      [2, 2, 1],
      layers.conv2d({ filters: 2, kernelSize: 1, activation: 'relu' }),
      layers.depthwiseConv2d({ kernelSize: 1, activation: 'relu' }),
      layers.flatten(),
      dense(
        Array.from({ length: 8 }, () => [1]),
        { activation: 'relu' },
      ),
    );
    model.predict(image);
    const recording = recorded([image], () => model.apply(image));
    expect(kernels(recording).filter((kernel) => kernel !== 'Reshape')).toEqual([
      ...['Conv2D', 'BiasAdd', 'Relu'],
      ...['DepthwiseConv2dNative', 'Add', 'Relu'],
      ...['BatchMatMul', 'Relu'],
    ]);
    expect(recording.nodes[0]!.fusedIn).toBe('FusedConv2D');
  });

  it('runs an activation by itself where it must be seen: a sigmoid, a PReLU', () => {
    const graph = (activation: string, extra: string[]) =>
      tinyGraph(
        {
          x: input([null, 2]),
          w: constant([1, 2, 3, 4], [2, 2]),
          bias: constant([1, 2]),
          slope: constant([0.5, -0.5]),
          y: op('_FusedMatMul', ['x', 'w', 'bias', ...extra], {
            fused_ops: ['BiasAdd', activation],
            num_args: 1 + extra.length,
          }),
        },
        ['y'],
      );
    const of = (activation: string, extra: string[] = []) => {
      const model = graph(activation, extra);
      return kernels(recorded([x], () => model.execute(x))).filter((kernel) => kernel !== 'Reshape');
    };
    expect(of('Relu')).toEqual(['BatchMatMul', 'BiasAdd', 'Relu']);
    expect(of('Relu6')).toEqual(['BatchMatMul', 'BiasAdd', 'Relu6']);
    expect(of('Sigmoid')).toEqual(['BatchMatMul', 'BiasAdd', 'Sigmoid']);
    expect(of('Prelu', ['slope'])).toEqual(['BatchMatMul', 'BiasAdd', 'Prelu']);
  });

  it('gives the same numbers as the fused kernel, where it runs an activation by itself', async () => {
    const graph = tinyGraph(
      {
        x: input([null, 2]),
        w: constant([1, 2, 3, 4], [2, 2]),
        bias: constant([1, 2]),
        slope: constant([0.5, -0.5]),
        p: op('_FusedMatMul', ['x', 'w', 'bias', 'slope'], { fused_ops: ['BiasAdd', 'Prelu'], num_args: 2 }),
        s: op('_FusedMatMul', ['x', 'w', 'bias'], { fused_ops: ['BiasAdd', 'Sigmoid'], num_args: 1 }),
      },
      ['p', 's'],
    );
    const recording = new Recording();
    recording.watch(x);
    const outputs = recording.run(() => graph.execute(x) as Tensor[]);
    // x w + bias = [-4 -4]
    const expected = [prelu(tensor2d([[-4, -4]]), tensor2d([[0.5, -0.5]])), sigmoid(tensor2d([[-4, -4]]))];
    for (const [i, y] of outputs.entries()) {
      const [got, wanted] = [await y.data(), await expected[i]!.data()];
      got.forEach((value, j) => expect(value).toBeCloseTo(wanted[j]!, 5));
    }
    recording.dispose();
  });

  it('runs a fused activation by itself where the user registered a gradient for it', () => {
    const model = stack([2], dense([[1], [2]], { activation: 'relu' }));
    model.predict(x);
    const shipped = getGradient('Relu');
    registerGradient({ ...shipped });
    const reluOf = () => recorded([x], () => model.apply(x)).nodes.find(({ kernel }) => kernel === 'Relu');
    try {
      expect(reluOf()?.fusedIn).toBeUndefined();
    } finally {
      registerGradient(shipped);
    }
    expect(reluOf()?.fusedIn).toBe('_FusedMatMul');
  });

  it('records a customGrad as one, with what it saved', () => {
    const f = customGrad((at, save) => {
      (save as GradSaveFunc)([at as Tensor, other]);
      const gradFunc = (dy: Tensor, saved: Tensor[]) => mul(dy, saved[1]!);
      return { value: square(square(at as Tensor)), gradFunc };
    });
    const recording = recorded([x], () => mul(f(x), 2));
    expect(kernels(recording)).toEqual(['customGrad', 'Multiply']);
  });

  it('follows a tensor that a customGrad gives back as it is', () => {
    const same = customGrad((at) => ({ value: at as Tensor, gradFunc: (dy: Tensor) => mul(dy, -1) }));
    const left = leftBehind(() => {
      const recording = new Recording();
      recording.watch(x);
      recording.run(() =>
        tidy(() => {
          const y = square(x);
          square(y); // keeps y
          square(same(y)); // keeps what y has become
        }),
      );
      expect(kernels(recording)).toEqual(['Square', 'Square', 'customGrad', 'Square']);
      recording.dispose();
    });
    expect(left).toEqual(onlyResults(0));
  });

  it('keeps what the gradients need, under handles of its own, and nothing else', () => {
    const before = memory();
    const recording = recorded([x], () => relu(add(relu(mul(x, other)), 1)));
    // the other factor (the user's), the output of each ReLU
    expect(memory().numTensors - before.numTensors).toBe(3);
    expect(memory().numDataBuffers - before.numDataBuffers).toBe(2);
    recording.dispose();
    expect(memory().numTensors - before.numTensors).toBe(0);
    expect([x.isDisposed, other.isDisposed]).toEqual([false, false]);
  });

  it('outlives tensors that are disposed on the way', () => {
    const recording = recorded([x], () => {
      const y = square(x);
      const z = square(y);
      y.dispose();
      z.dispose();
    });
    expect(kernels(recording)).toEqual(['Square', 'Square']);
  });

  it('lets go of a value', () => {
    const before = memory().numTensors;
    const recording = recorded([x], () => relu(x));
    expect(memory().numTensors - before).toBe(1);
    recording.release(recording.nodes[0]!.outputs[0]!);
    expect(memory().numTensors - before).toBe(0);
  });

  it('gives the engine back after success and after a throw, also from inside another', () => {
    recorded([x], () => {
      expect(hasOwn()).toBe(true);
      const outside = tfEngine().runKernelFunc;
      recorded([x], () => square(x));
      expect(tfEngine().runKernelFunc).toBe(outside);
      expect(() =>
        recorded([x], () => {
          throw new Error('my own');
        }),
      ).toThrow('my own');
      expect(tfEngine().runKernelFunc).toBe(outside);
    });
    expect(hasOwn()).toBe(false);
    expect(() =>
      recorded([x], () => {
        throw new Error('my own');
      }),
    ).toThrow('my own');
    expect(hasOwn()).toBe(false);
  });

  it('is seen by a recording around it, like any code', () => {
    let inner: Recording | undefined;
    const outer = recorded([x], () => {
      inner = recorded([x], () => relu(square(x)));
      clone(x);
    });
    expect(kernels(inner!)).toEqual(['Square', 'Relu']);
    expect(kernels(outer)).toEqual(expect.arrayContaining(['Square', 'Relu', 'Identity']));
  });

  it('says which layer a kernel ran in', () => {
    const recording = new Recording();
    recordings.push(recording);
    recording.watch(x);
    recording.run(() =>
      tidy(() => {
        const y = recording.at('outer > inner', () => relu(x));
        square(y);
      }),
    );
    expect(recording.nodes.map(({ where }) => where)).toEqual(['outer > inner', undefined]);
  });
});
