import {
  customGrad,
  memory,
  mul,
  relu,
  square,
  sum,
  tensor2d,
  tensor3d,
  tensor4d,
  tidy,
  type GradSaveFunc,
  type Tensor,
} from '@tensorflow/tfjs-core';
import {
  input as symbolicInput,
  layers,
  model as layersModel,
  type LayersModel,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import {
  deconvnet,
  guided,
  guidedBackprop,
  saliency,
  valueAndSaliency,
  withGradients,
  type GradientRule,
  type SaliencyOptions,
} from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { leftBehind, messageOf, onlyResults } from '../support/leftBehind';
import { mystery, withMystery } from '../support/mystery';
import { rounded } from '../support/rounded';
import { constant, input, op, tinyGraph } from '../support/tinyGraph';
import { dense, stack } from '../support/tinyLayers';

const image = tensor4d(
  Array.from({ length: 64 }, (_, i) => Math.sin(i)),
  [1, 8, 8, 1],
);
const x = tensor2d([[1, -2]]);

/** Convolutions, batch norm, pooling, a nested model, a skip, a softmax. */
function network(): LayersModel {
  const inner = stack(
    [6, 6, 3],
    layers.conv2d({ filters: 3, kernelSize: 3, padding: 'same' }),
    layers.leakyReLU({ name: 'leaky' }),
    layers.dropout({ rate: 0.5 }),
  );
  inner.name = 'inner';
  const at = symbolicInput({ shape: [8, 8, 1] });
  const h = layers
    .batchNormalization({ name: 'norm' })
    .apply(
      layers.conv2d({ filters: 3, kernelSize: 3, activation: 'relu', name: 'conv' }).apply(at),
    ) as SymbolicTensor;
  const sums = layers.add().apply([h, inner.apply(h) as SymbolicTensor]);
  const pooled = layers.maxPooling2d({ poolSize: 2 }).apply(layers.reLU({ maxValue: 6 }).apply(sums));
  const flat = layers.flatten().apply(pooled);
  return layersModel({
    inputs: at,
    outputs: layers.dense({ units: 3, activation: 'softmax' }).apply(flat) as SymbolicTensor,
  });
}

const graph = () =>
  tinyGraph(
    {
      x: input([null, 2]),
      w: constant([1, 2, 3, -4], [2, 2]),
      bias: constant([1, 2]),
      h: op('_FusedMatMul', ['x', 'w', 'bias'], { fused_ops: ['BiasAdd', 'Relu'], num_args: 1 }),
      six: constant([6], []),
      clipped: op('Minimum', ['h', 'six']),
      logits: op('MatMul', ['clipped', 'w']),
      y: op('Softmax', ['logits']),
    },
    ['y'],
  );

const plainFunction = (at: Tensor) => tidy(() => sum(square(relu(at)), 1, true));

describe('what a call leaves behind is its result:', () => {
  const model = network();
  const all: SaliencyOptions[] = [
    {},
    { target: 1 },
    { score: 'probability' },
    { rule: guided },
    { rule: ({ dy, y }) => mul(dy, y) },
    { target: { layer: 'conv' } },
    { target: { layer: ['inner', 'leaky'], channel: 1 } },
    { target: { layer: 'norm', unit: [1, 1, 1] }, score: 'logit' },
    { target: (y) => sum(y, 1), score: 'logit' },
    { wrt: 'conv' },
    { wrt: 'norm', target: 0, rule: guided },
  ];

  it.each(all.map((options, i) => [i, options] as const))(
    'saliency of a LayersModel, options %i',
    (_, options) => {
      saliency(model, image, options).dispose();
      expect(leftBehind(() => saliency(model, image, options))).toEqual(onlyResults(1));
      expect(leftBehind(() => saliency(model, [image], options))).toEqual(onlyResults(1));
    },
  );

  it('guidedBackprop, deconvnet and valueAndSaliency', () => {
    expect(leftBehind(() => guidedBackprop(model, image))).toEqual(onlyResults(1));
    expect(leftBehind(() => deconvnet(model, image))).toEqual(onlyResults(1));
    expect(leftBehind(() => valueAndSaliency(model, image))).toEqual(onlyResults(3)); // map, value, classes
    expect(leftBehind(() => valueAndSaliency(model, image, { target: { layer: 'conv' } }))).toEqual(
      onlyResults(2),
    );
  });

  it('of a GraphModel', () => {
    const model = graph();
    for (const options of [
      {},
      { rule: guided },
      { score: 'probability' },
      { target: { layer: 'clipped' } },
      { wrt: 'h' },
    ] as SaliencyOptions[]) {
      saliency(model, x, options).dispose();
      expect(leftBehind(() => saliency(model, x, options))).toEqual(onlyResults(1));
      expect(leftBehind(() => saliency(model, { x }, options))).toEqual(onlyResults(1));
    }
  });

  it('of a function, of one of several inputs too', () => {
    expect(leftBehind(() => saliency(plainFunction, x))).toEqual(onlyResults(1));
    expect(
      leftBehind(() => saliency((xs: Tensor[]) => plainFunction(xs[0]!), [x, image], { rule: guided })),
    ).toEqual(onlyResults(2));
    expect(leftBehind(() => saliency((at) => at, x))).toEqual(onlyResults(1));
    expect(leftBehind(() => saliency((xs: Tensor[]) => mul(xs[0]!, xs[1]!), [x, x]))).toEqual(onlyResults(2));
    expect(leftBehind(() => withGradients({ Relu: guided }, () => saliency(plainFunction, x)))).toEqual(
      onlyResults(1),
    );
  });

  it('nothing, inside of tf.tidy', () => {
    expect(
      leftBehind(() =>
        tidy(() => {
          valueAndSaliency(model, image);
        }),
      ),
    ).toEqual(onlyResults(0));
  });

  it('nothing more after a hundred calls', () => {
    const model = stack(
      [2],
      dense(
        [
          [1, -1],
          [2, 1],
        ],
        { activation: 'relu' },
      ),
      dense(
        [
          [1, 2],
          [3, 4],
        ],
        { activation: 'softmax' },
      ),
    );
    saliency(model, x, { rule: guided }).dispose();
    const before = memory().numBytes;
    expect(
      leftBehind(() => {
        for (let i = 0; i < 100; i++) saliency(model, x, { rule: guided }).dispose();
      }),
    ).toEqual(onlyResults(0));
    expect(memory().numBytes).toBe(before);
  });
});

describe('a throw leaves nothing behind:', () => {
  const throwing = () => {
    throw new Error('my own');
  };
  const model = stack(
    [2],
    dense(
      [
        [1, -1],
        [2, 1],
      ],
      { activation: 'relu' },
    ),
    layers.dropout({ rate: 0.5 }),
    dense(
      [
        [1, 2],
        [3, 4],
      ],
      { activation: 'softmax' },
    ),
  );

  it('in the forward pass of a layer', () => {
    const broken = stack(
      [2],
      dense(
        [
          [1, -1],
          [2, 1],
        ],
        { activation: 'relu' },
      ),
      layers.reLU(),
      new Broken({}),
    );
    expect(
      leftBehind(() => expect(messageOf(() => saliency(broken, x))).toBe('Error: a layer that throws')),
    ).toEqual(onlyResults(0));
  });

  it('in a function', () => {
    const f = (at: Tensor): Tensor => {
      square(relu(at));
      throw new Error('my own');
    };
    expect(leftBehind(() => messageOf(() => saliency(f, x)))).toEqual(onlyResults(0));
  });

  it('in a target function', () => {
    const target = (y: Tensor): Tensor => {
      square(relu(y));
      return throwing();
    };
    expect(leftBehind(() => messageOf(() => saliency(model, x, { target })))).toEqual(onlyResults(0));
  });

  it('in a rule', () => {
    const rule: GradientRule = ({ dx, y }) => {
      mul(dx, y);
      return throwing();
    };
    expect(leftBehind(() => messageOf(() => saliency(model, x, { rule })))).toEqual(onlyResults(0));
    expect(
      leftBehind(() => messageOf(() => withGradients({ Relu: throwing }, () => saliency(model, x)))),
    ).toEqual(onlyResults(0));
  });

  it('in a gradient', () => {
    const f = (at: Tensor) => relu(mystery(square(relu(at))));
    for (const gradFunc of [undefined, throwing]) {
      const left = withMystery(gradFunc, () => leftBehind(() => messageOf(() => saliency(f, x))));
      expect(left).toEqual(onlyResults(0));
    }
  });

  it('in the gradient of a customGrad', () => {
    const f = customGrad((at, save) => {
      (save as GradSaveFunc)([at as Tensor]);
      return { value: square(at as Tensor), gradFunc: throwing };
    });
    expect(leftBehind(() => messageOf(() => saliency((at: Tensor) => f(relu(at)), x)))).toEqual(
      onlyResults(0),
    );
  });
});

describe('a call leaves alone', () => {
  it('what it is given, and the weights', async () => {
    const model = stack(
      [2],
      dense(
        [
          [1, -1],
          [2, 1],
        ],
        { activation: 'relu' },
      ),
      dense([
        [1, 2],
        [3, 4],
      ]),
    );
    const before = await Promise.all(model.getWeights().map((weight) => weight.array()));
    saliency(model, x, { rule: guided });
    saliency((at) => at, x);
    saliency(model, x, { target: { layer: model.layers[0]!.name } });
    expect(x.isDisposed).toBe(false);
    expect(await x.array()).toEqual([[1, -2]]);
    expect(await Promise.all(model.getWeights().map((weight) => weight.array()))).toEqual(before);
    expect(await (model.predict(x) as Tensor).array()).toEqual([[0, 0]]); // relu([-3 -3])
  });

  it('what a gradient function of a customGrad has caught', async () => {
    const caught = tensor2d([[3, 4]]);
    const saved = tensor2d([[5, 6]]);
    const f = customGrad((at, save) => {
      (save as GradSaveFunc)([saved]);
      const gradFunc = (dy: Tensor, [kept]: Tensor[]) => mul(mul(dy, caught), kept!);
      return { value: sum(at as Tensor, 1), gradFunc };
    });
    expect(await rounded(saliency((at: Tensor) => f(at), x, { target: (y) => y }))).toEqual([15, 24]);
    const g = customGrad((at) => ({ value: mul(at as Tensor, 1), gradFunc: () => caught }));
    expect(await rounded(saliency((at: Tensor) => g(at), x))).toEqual([3, 4]);
    expect([caught.isDisposed, saved.isDisposed]).toEqual([false, false]);
  });

  describe('the state of a stateful RNN:', () => {
    const sequence = tensor3d([1, 2, 3, 4, 5, 6], [1, 3, 2]);
    const rnn = () =>
      layers.simpleRNN({
        units: 2,
        stateful: true,
        returnSequences: true,
        recurrentInitializer: 'ones',
        kernelInitializer: 'ones',
        name: 'rnn',
      });
    const recurrent = (layer: layers.Layer) => {
      const at = symbolicInput({ batchShape: [1, 3, 2] });
      return layersModel({ inputs: at, outputs: layer.apply(at) as SymbolicTensor });
    };

    it.each<[string, () => layers.Layer]>([
      ['an RNN', rnn],
      ['a Bidirectional', () => layers.bidirectional({ layer: rnn(), mergeMode: 'concat' })],
    ])('%s', async (_, build) => {
      const model = recurrent(build());
      model.resetStates();
      const [first, second] = [model.predict(sequence) as Tensor, model.predict(sequence) as Tensor];
      const [once, twice] = [await first.array(), await second.array()];
      expect(once).not.toEqual(twice); // it has a state

      model.resetStates();
      expect(await (model.predict(sequence) as Tensor).array()).toEqual(once);
      const target = (y: Tensor) => sum(y, [1, 2]);
      const left = leftBehind(() => saliency(model, sequence, { target }).dispose());
      expect(left).toEqual(onlyResults(0));
      expect(await (model.predict(sequence) as Tensor).array()).toEqual(twice);

      // and the map is of the next step: another one than from the start
      const next = await rounded(saliency(model, sequence, { target }));
      model.resetStates();
      expect(await rounded(saliency(model, sequence, { target }))).not.toEqual(next);
    });
  });
});

class Broken extends layers.Layer {
  override call(inputs: Tensor | Tensor[]): Tensor {
    square(Array.isArray(inputs) ? inputs[0]! : inputs);
    throw new Error('a layer that throws');
  }
  static className = 'Broken';
}
