import { keep, mul, randomUniform, sum, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { deregisterOp, registerOp } from '@tensorflow/tfjs-converter';
import { prepare, saliency } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { expectSame } from '../../support/expectSame';
import { rounded } from '../../support/rounded';
import { constant, input, op, tinyGraph, type TinyGraph } from '../../support/tinyGraph';

/*
 * A graph is explained by a list of its kernels, written down at the first call. Here something of it changes
 * after that call; what is right is the map of a function that executes it.
 */

const x = randomUniform([1, 4, 4, 1], -1, 1, 'float32', 5);

const made = () =>
  tinyGraph(
    {
      x: input([null, 4, 4, 1]),
      filter: constant([1, -2, 3, 0.5], [2, 2, 1, 1]),
      axes: constant([1, 2], [2], 'int32'),
      conv: op('Conv2D', ['x', 'filter'], {
        strides: [1, 1, 1, 1],
        dilations: [1, 1, 1, 1],
        padding: 'SAME',
        data_format: 'NHWC',
      }),
      leaky: op('LeakyRelu', ['conv'], { alpha: { float: 0.2 } }),
      y: op('Mean', ['leaky', 'axes'], { keep_dims: false }),
    },
    ['y'],
  );

interface Inside {
  executor: {
    weightMap: Record<string, Tensor[]>;
    graph: { nodes: Record<string, { op: string; attrParams: Record<string, { value: unknown }> }> };
    execute: (...args: unknown[]) => Tensor[];
  };
}
const inside = (graph: TinyGraph) => (graph as unknown as Inside).executor;
const tripled = (y: Tensor | Tensor[]) => [y].flat().map((each) => mul(each, -3));

let factor = 1;

const changes: [string, (graph: TinyGraph) => void][] = [
  [
    'a weight',
    (graph) => {
      const { weightMap } = inside(graph);
      weightMap['filter'] = [keep(mul(weightMap['filter']![0]!, -2))];
    },
  ],
  [
    'a weight in its list',
    (graph) => {
      const [list] = [inside(graph).weightMap['filter']!];
      list[0] = keep(mul(list[0]!, -2));
    },
  ],
  ['an attribute', (graph) => void (inside(graph).graph.nodes['leaky']!.attrParams['alpha']!.value = 0.9)],
  [
    'a number in a list of an attribute',
    (graph) => void ((inside(graph).graph.nodes['conv']!.attrParams['strides']!.value as number[])[2] = 2),
  ],
  ['the op of a node', (graph) => void (inside(graph).graph.nodes['y']!.op = 'Max')],
  [
    'execute',
    (graph) => {
      const old = graph.execute.bind(graph);
      graph.execute = (...args) => tripled(old(...args));
    },
  ],
  [
    'the execute of what runs the graph',
    (graph) => {
      const executor = inside(graph);
      const old = executor.execute.bind(executor);
      executor.execute = (...args) => tripled(old(...args));
    },
  ],
];

const asFunction = (graph: TinyGraph) => (t: Tensor) => [graph.execute(t)].flat()[0]!;

describe('a map is of the graph as it executes now', () => {
  it.each(changes)('when this was replaced: %s', async (_name, change) => {
    for (const prepared of [false, true]) {
      const graph = made();
      const given = prepared ? prepare(graph) : graph;
      for (let call = 0; call < 2; call++) saliency(given, x, { target: 0 }).dispose();
      change(graph);
      const right = saliency(asFunction(graph), x, { target: 0 });
      for (let call = 0; call < 2; call++) await expectSame(saliency(given, x, { target: 0 }), right);
      if (given !== graph) (given as ReturnType<typeof prepare>).dispose();
    }
  });

  it('where execute is the user’s own from the start, on the model or by its class', async () => {
    const onModel = made();
    const old = onModel.execute.bind(onModel);
    onModel.execute = (...args) => [old(...args)].flat().map((y) => mul(y, factor));
    const byClass = made();
    const own = Object.create(Object.getPrototypeOf(byClass) as object) as TinyGraph;
    const ordinary = Reflect.get(own, 'execute');
    own.execute = function (this: TinyGraph, ...args) {
      return [ordinary.apply(this, args)].flat().map((y) => mul(y, factor));
    };
    Object.setPrototypeOf(byClass, own);
    for (const graph of [onModel, byClass]) {
      for (factor of [1, -2, 5]) {
        const right = saliency(asFunction(graph), x, { target: 0 });
        await expectSame(saliency(graph, x, { target: 0 }), right);
      }
    }
  });

  it.each([
    ['as it is', (graph: TinyGraph) => graph],
    ['prepared', (graph: TinyGraph) => prepare(graph)],
  ])('where an op is one that the user registered, %s', async (_name, given) => {
    registerOp('Gain', ({ inputs }) => mul(inputs[0]!, factor));
    registerOp('Noise', ({ inputs }) => mul(inputs[0]!, randomUniform(inputs[0]!.shape)));
    try {
      const graph = (name: string) => given(tinyGraph({ x: input([null, 2]), y: op(name, ['x']) }, ['y']));
      const point = tensor2d([[1, 2]]);
      const gain = graph('Gain');
      for (factor of [2, 5, -1]) {
        expect(await rounded(saliency(gain, point, { target: 0 }))).toEqual([factor, 0]);
      }
      registerOp('Gain', ({ inputs }) => mul(inputs[0]!, mul(inputs[0]!, 1)));
      expect(await rounded(saliency(gain, point, { target: 0 }))).toEqual([2, 0]);
      const noise = graph('Noise');
      const maps = new Set<number>();
      for (let call = 0; call < 3; call++)
        maps.add((await rounded(saliency(noise, point, { target: 0 })))[0]!);
      expect(maps.size).toBe(3);
    } finally {
      deregisterOp('Gain');
      deregisterOp('Noise');
    }
  });

  it('where an op that TF.js has is registered by the user, before the graph is loaded', async () => {
    registerOp('Square', ({ inputs }) => mul(inputs[0]!, factor));
    try {
      const graph = tinyGraph({ x: input([null, 2]), y: op('Square', ['x']) }, ['y']);
      for (factor of [2, 5]) {
        const map = saliency(graph, tensor2d([[1, 2]]), { target: (y: Tensor) => sum(y) });
        expect(await rounded(map)).toEqual([factor, factor]);
      }
    } finally {
      deregisterOp('Square');
    }
  });
});
