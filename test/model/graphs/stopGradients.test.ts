import {
  clone,
  fill,
  grad,
  keep,
  memory,
  mul,
  randomUniform,
  square,
  sum,
  tensor2d,
  tensor4d,
} from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { deregisterOp, registerOp } from '@tensorflow/tfjs-converter';
import { deconv, describeOverrides, guided, prepare, saliency, withInputGradients } from 'guided-saliency';
import type { SaliencyOptions } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { messageOf } from '../../support/leftBehind';
import { rounded } from '../../support/rounded';
import { constant, input, op, tinyGraph, type TinyGraph } from '../../support/tinyGraph';

/*
 * What a StopGradient gives is a constant to all that is behind it, as in TensorFlow. TF.js runs it as an
 * identity. Each graph is explained as it is and prepared, and three times: the first call runs the graph,
 * later ones the list of its kernels.
 */

type Nodes = Parameters<typeof tinyGraph>[0];

const total = (y: Tensor) => sum(y);

async function mapsOf(graph: TinyGraph, x: Tensor, options: SaliencyOptions): Promise<number[][]> {
  const maps: number[][] = [];
  const prepared = prepare(graph);
  for (const model of [graph, prepared]) {
    for (let call = 0; call < 3; call++) maps.push(await rounded(saliency(model, x, options)));
  }
  prepared.dispose();
  return maps;
}

const sixTimes = (map: number[]) => Array.from({ length: 6 }, () => map);

/** w · (x + stop(round(x) - x)), as quantised networks have it. */
const straightThrough: Nodes = {
  x: input([null, 3]),
  w: constant([1, 2, 3]),
  rounded: op('Round', ['x']),
  away: op('Sub', ['rounded', 'x']),
  stop: op('StopGradient', ['away']),
  quantised: op('AddV2', ['x', 'stop']),
  y: op('Mul', ['quantised', 'w']),
};

/** x stop(x) */
const product: Nodes = { x: input([null, 3]), stop: op('StopGradient', ['x']), y: op('Mul', ['x', 'stop']) };

describe('a StopGradient', () => {
  const x = tensor2d([[1, 2, -3]]);

  it.each<[string, Nodes, number[]]>([
    ['of a rounding error: the rounding is passed as if it were none', straightThrough, [1, 2, 3]],
    ['of the input, times the input', product, [1, 2, -3]],
    [
      'of a StopGradient',
      { ...product, stop: op('StopGradient', ['again']), again: op('StopGradient', ['x']) },
      [1, 2, -3],
    ],
    [
      'beside an identity, which is none',
      { ...product, same: op('Identity', ['x']), y: op('Mul', ['same', 'stop']) },
      [1, 2, -3],
    ],
    [
      'of a gate: x stop(sigmoid(x)) is no swish',
      {
        ...product,
        gate: op('Sigmoid', ['x']),
        stop: op('StopGradient', ['gate']),
        y: op('Mul', ['x', 'stop']),
      },
      [0.73106, 0.8808, 0.047426],
    ],
    [
      'in a maximum: max(x / 2, stop(x)) is no LeakyReLU',
      {
        ...product,
        half: constant([0.5], []),
        slope: op('Mul', ['x', 'half']),
        y: op('Maximum', ['slope', 'stop']),
      },
      [0, 0, 0.5],
    ],
    [
      'of a constant, which stays one',
      { ...product, w: constant([4, 5, 6]), stop: op('StopGradient', ['w']) },
      [4, 5, 6],
    ],
    [
      'with other numbers of the outputs: of an op with several',
      {
        ...product,
        axis: constant([1], [], 'int32'),
        parts: op('Split', ['axis', 'x'], { num_split: 3 }),
        stop: op('StopGradient', ['parts:1']),
      },
      [2, 2, 2],
    ],
  ])('stops: %s', async (_name, nodes, map) => {
    expect(await mapsOf(tinyGraph(nodes, ['y']), x, { target: total })).toEqual(sixTimes(map));
  });

  it('stops a rule, too: a Relu before and a clip behind are not one rectifier', async () => {
    const nodes: Nodes = {
      x: input([null, 3]),
      six: constant([6], []),
      relu: op('Relu', ['x']),
      stop: op('StopGradient', ['relu']),
      clip: op('Minimum', ['stop', 'six']),
      y: op('AddV2', ['clip', 'relu']),
    };
    const graph = tinyGraph(nodes, ['y']);
    // the relu alone: 1 where x > 0
    for (const rule of [undefined, guided, deconv]) {
      const options = { target: total, ...(rule && { rule }) };
      expect(await mapsOf(graph, x, options)).toEqual(sixTimes(rule === deconv ? [1, 1, 1] : [1, 1, 0]));
    }
    expect(describeOverrides(graph, guided)).toEqual([
      { path: ['relu'], layerClass: 'Relu', activation: 'relu', replaced: true, reason: 'a rectifier' },
    ]);
  });

  it('stops behind a convolution whose bias and rectifier are fused into it', async () => {
    const graph = tinyGraph(
      {
        x: input([null, 2, 2, 1]),
        filter: constant([2], [1, 1, 1, 1]),
        bias: constant([1]),
        conv: op('Conv2D', ['x', 'filter'], {
          strides: [1, 1, 1, 1],
          dilations: [1, 1, 1, 1],
          padding: 'SAME',
          data_format: 'NHWC',
        }),
        sum: op('BiasAdd', ['conv', 'bias']),
        relu: op('Relu', ['sum']),
        stop: op('StopGradient', ['relu']),
        y: op('Mul', ['relu', 'stop']),
      },
      ['y'],
    );
    const image = tensor4d([1, -2, 0, 3], [1, 2, 2, 1]);
    // y = r stop(r), r = max(2 x + 1, 0): dy/dx = 2 r
    expect(await mapsOf(graph, image, { target: total })).toEqual(sixTimes([6, 0, 2, 14]));
  });

  it('stops where the input is kept, which TF.js hands on as it is', async () => {
    const kept = keep(clone(x));
    const before = memory().numTensors;
    expect(await mapsOf(tinyGraph(product, ['y']), kept, { target: total })).toEqual(sixTimes([1, 2, -3]));
    expect(kept.isDisposed).toBe(false);
    expect(memory().numTensors).toBe(before);
    kept.dispose();
  });

  it('takes inputs by name, and outputs of which not all need it', async () => {
    const graph = tinyGraph({ ...straightThrough, square: op('Square', ['x']) }, ['square', 'y']);
    for (const target of [
      { output: 'square', class: 2 },
      { output: 'y', class: 2 },
    ] as const) {
      const { x: map } = saliency(graph, { x }, { target });
      expect(await rounded(map as Tensor)).toEqual(target.output === 'y' ? [0, 0, 3] : [0, 0, -6]);
    }
  });

  it('may itself be what is explained with respect to, or what is explained is before it', async () => {
    const graph = tinyGraph(straightThrough, ['y']);
    for (const wrt of ['stop', 'quantised']) {
      expect(await mapsOf(graph, x, { target: total, wrt })).toEqual(sixTimes([1, 2, 3]));
    }
    expect(await mapsOf(graph, x, { target: { layer: 'away' } })).toEqual(sixTimes([-1, -1, -1]));
  });

  it('leaves nothing to explain where it is on every way', () => {
    const graph = tinyGraph({ ...product, y: op('Square', ['stop']) }, ['y']);
    for (let call = 0; call < 2; call++) {
      expect(messageOf(() => saliency(graph, x, { target: 0 }))).toBe(
        'Error: saliency: the target does not depend on the input, so there is nothing to explain; ' +
          'choose another target',
      );
    }
  });

  it('leaves no tensor behind', () => {
    const graph = tinyGraph(straightThrough, ['y']);
    const before = memory().numTensors;
    for (let call = 0; call < 3; call++) saliency(graph, x, { target: 0 }).dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('stops for a gradient around the map as well', async () => {
    const graph = tinyGraph({ ...product, square: op('Square', ['x']), y: op('Mul', ['square', 'stop']) }, [
      'y',
    ]);
    // the map is 2 x stop(x), of which the gradient is 2 stop(x)
    const second = withInputGradients(() =>
      grad((a: Tensor) => sum(saliency(graph, a, { target: total })))(x),
    );
    expect(await rounded(second)).toEqual([2, 4, -6]);
  });

  it('explains a batch as each sample alone', async () => {
    const graph = tinyGraph(straightThrough, ['y']);
    const batch = randomUniform([4, 3], -2, 2, 'float32', 3);
    const map = saliency(graph, batch, { target: 1, batchSize: 1 });
    expect(await rounded(map)).toEqual(Array.from({ length: 4 }, () => [0, 2, 0]).flat());
  });

  describe('of a graph that is explained from a node on', () => {
    // y = stop(2 x)^2 + 2 x
    const behind: Nodes = {
      x: input([null, 3]),
      two: constant([2, 2, 2]),
      doubled: op('Mul', ['x', 'two']),
      stop: op('StopGradient', ['doubled']),
      squared: op('Mul', ['stop', 'stop']),
      y: op('AddV2', ['squared', 'doubled']),
      last: op('StopGradient', ['y']),
      end: op('Mul', ['last', 'two']),
    };
    it.each<[string, SaliencyOptions, number[]]>([
      ['in front of it: it stops', { from: 'doubled' }, [1, 1, 1]],
      ['in front of it, with respect to it', { from: 'doubled', wrt: 'stop' }, [2, 4, -6]],
      ['it itself: what stands there is the input', { from: 'last', target: { layer: 'end' } }, [2, 2, 2]],
    ])('%s', async (_, options, expected) => {
      const graph = tinyGraph(behind, ['y']);
      expect(await mapsOf(graph, x, { target: total, ...options })).toEqual(sixTimes(expected));
    });

    it('it itself and the one in front of it', async () => {
      const graph = tinyGraph(behind, ['y']);
      const options = { from: ['stop', 'doubled'], target: total };
      const [atStop, atDoubled] = saliency(graph, [x, tensor2d([[1, 1, 1]])], options) as [Tensor, Tensor];
      expect(await rounded(atStop)).toEqual([2, 4, -6]);
      expect(await rounded(atDoubled)).toEqual([1, 1, 1]);
    });
  });

  it('is what a user registered under its name, where somebody did', async () => {
    registerOp('StopGradient', ({ inputs }) => square(inputs[0] as Tensor));
    try {
      const graph = tinyGraph(product, ['y']);
      // x x², of which the gradient is 3 x²
      expect(await mapsOf(graph, x, { target: total })).toEqual(sixTimes([3, 12, 27]));
    } finally {
      deregisterOp('StopGradient');
    }
  });

  it('is refused where an execute of the user’s own does not give its output', () => {
    const graph = tinyGraph(product, ['y']);
    const execute = graph.execute.bind(graph);
    graph.execute = (given, names) => [execute(given, names)].flat().map((y) => mul(y, fill([1, 3], 2)));
    expect(messageOf(() => saliency(graph, x, { target: 0 }))).toBe(
      'Error: saliency: node "stop" is a StopGradient, which lets no gradient through, and the model\'s own execute ' +
        "does not give its output; explain a model whose execute is TF.js's",
    );
  });
});
