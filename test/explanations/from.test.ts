import { ones, sum, tensor2d, transpose, type Tensor } from '@tensorflow/tfjs-core';
import {
  blurIntegratedGradients,
  classMaps,
  describeOverrides,
  explain,
  gradCam,
  gradCamPlusPlus,
  guided,
  guidedBackprop,
  guidedGradCam,
  hiResCam,
  layerCam,
  layersOf,
  occlusion,
  prepare,
  rise,
  saliency,
  scoreCam,
  valueAndSaliency,
  xGradCam,
  type SaliencyOptions,
} from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { eachWay } from '../support/eachWay';
import { expectSame } from '../support/expectSame';
import { scattered } from '../support/kernelGradient';
import { leftBehind, messageOf, onlyResults } from '../support/leftBehind';
import { rounded } from '../support/rounded';
import { constant, input, op, tinyGraph, type TinyGraph } from '../support/tinyGraph';
import { dense, stack } from '../support/tinyLayers';

/** A loop at the entrance; behind it 2 x0 + 3 x1 and 4 x0 − 5 x1 through a ReLU, and a sum of both. */
const detector = () =>
  tinyGraph(
    {
      image: input([null, 2]),
      'map/Enter': op('Enter', ['image'], { frame_name: 'frame' }),
      'map/Exit': op('Exit', ['map/Enter']),
      'map/stack': op('Identity', ['map/Exit']),
      w: constant([2, 4, 3, -5], [2, 2]),
      v: constant([1, 1], [2, 1]),
      h: op('MatMul', ['map/stack', 'w']),
      features: op('Relu', ['h']),
      scores: op('MatMul', ['features', 'v']),
    },
    ['scores', 'features'],
  );
const x = tensor2d([[1, 1], [1, -1]]); // prettier-ignore
const from = 'map/stack';

/** A small network of images, `[2, 4, 5, 2]` or with the channels first, by itself and behind a loop. */
function behindLoop(isFirst: boolean): { whole: TinyGraph; cut: TinyGraph; inner: Tensor } {
  const moved = isFirst
    ? { order: constant([0, 2, 3, 1], [4], 'int32'), moved: op('Transpose', ['stack', 'order']) }
    : {};
  const rest = {
    ...moved,
    w: constant([1, -1, 2, 1, 0.5, -2, 1, 1, -1, 2, 0.5, 1, 3, -1, 1, 1], [2, 2, 2, 2]),
    c: op('Conv2D', [isFirst ? 'moved' : 'stack', 'w'], {
      strides: [1, 1, 1, 1],
      padding: 'VALID',
      data_format: 'NHWC',
      dilations: [1, 1, 1, 1],
    }),
    features: op('Relu', ['c']),
    axes: constant([1, 2], [2], 'int32'),
    pooled: op('Mean', ['features', 'axes'], { keep_dims: false }),
    v: constant([1, -1, 2, 1], [2, 2]),
    scores: op('MatMul', ['pooled', 'v']),
  };
  const shape = isFirst ? [null, 2, 4, 5] : [null, 4, 5, 2];
  const loop = {
    image: input(shape),
    enter: op('Enter', ['image'], { frame_name: 'frame' }),
    exit: op('Exit', ['enter']),
    stack: op('Identity', ['exit']),
  };
  const inner = scattered([2, 4, 5, 2], 3);
  return {
    whole: tinyGraph({ stack: input(shape), ...rest }, ['scores']),
    cut: tinyGraph({ ...loop, ...rest }, ['scores']),
    inner: isFirst ? transpose(inner, [0, 3, 1, 2]) : inner,
  };
}

describe('from a node of a GraphModel', () => {
  it.each<[string, SaliencyOptions, number[]]>([
    ['to an output', { from, target: { output: 'scores' } }, [2, 3, 4, -5]],
    ['to a class', { from, target: { output: 'features', class: 1 } }, [0, 0, 4, -5]],
    ['to a node', { from, target: { layer: 'h' } }, [6, -2, 6, -2]],
    ['from a node further behind', { from: 'h', target: { output: 'scores' } }, [1, 1, 1, 0]],
    [
      'from its tensor, as executeAsync takes it',
      { from: 'h:0', target: { output: 'scores' } },
      [1, 1, 1, 0],
    ],
    ['of a list', { from: ['features'], target: { output: 'scores' } }, [1, 1, 1, 1]],
    ['to the gradient of a node', { from, target: { output: 'scores' }, wrt: 'features' }, [1, 1, 1, 1]],
    ['under a rule', { from, target: { output: 'scores' }, rule: guided }, [2, 3, 4, -5]],
    ['by a function', { from, target: (ys: Tensor[]) => sum(ys[0]!, 1) }, [2, 3, 4, -5]],
  ])('%s', async (_name, options, expected) => {
    await eachWay(detector(), async (given) => {
      expect(await rounded(saliency(given, x, options))).toEqual(expected);
    });
  });

  it('starts each call where it says', async () => {
    const graph = detector();
    const made = prepare(graph);
    const target = { output: 'scores' };
    for (const given of [graph, made, graph, made]) {
      expect(await rounded(saliency(given, x, { from, target }))).toEqual([2, 3, 4, -5]);
      expect(await rounded(saliency(given, x, { from: 'h', target }))).toEqual([1, 1, 1, 0]);
    }
    made.dispose();
  });

  it('takes x as what stands there: two tensors, by name or in a list', async () => {
    const nodes = {
      a: input([null, 2]),
      b: input([null, 2]),
      enter: op('Enter', ['a'], { frame_name: 'frame' }),
      exit: op('Exit', ['enter']),
      p: op('Identity', ['exit']),
      q: op('Identity', ['b']),
      y: op('Mul', ['p', 'q']),
    };
    const graph = tinyGraph(nodes, ['y']);
    const [p, q] = [tensor2d([[1, 2]]), tensor2d([[3, 4]])];
    const options = { from: ['p', 'q'], target: 1 };
    expect(await Promise.all(saliency(graph, [p, q], options).map(rounded))).toEqual([
      [0, 4],
      [0, 2],
    ]);
    const { p: dp, q: dq } = saliency(graph, { p, q }, options);
    expect([await rounded(dp), await rounded(dq)]).toEqual([
      [0, 4],
      [0, 2],
    ]);
    // an input of the model may stand among them
    expect(await Promise.all(saliency(graph, [p, q], { ...options, from: ['p', 'b'] }).map(rounded))).toEqual(
      [
        [0, 4],
        [0, 2],
      ],
    );
  });

  it('goes with every method, and into the record', async () => {
    const graph = detector();
    const target = { output: 'scores' };
    const { map, record, value, classes } = await explain(guidedBackprop, graph, x, { from, target });
    expect(record.options).toEqual({ from, target: { output: 'scores', class: [0, 0] }, score: 'logit' });
    const again = await explain(guidedBackprop, graph, x, record.options);
    await expectSame(again.map, map);
    for (const tensor of [map, value, classes]) tensor!.dispose();
    const [first] = classMaps(graph, x, { from, output: 'features', classes: [0] });
    expect(await rounded(first!.map)).toEqual([2, 3, 0, 0]);
    const scored = valueAndSaliency(graph, x, { from, target });
    expect(await rounded(scored.value)).toEqual([5, 9]);
  });

  it('goes with the methods that look at space, channels where the node has them', async () => {
    for (const isFirst of [false, true]) {
      const { whole, cut, inner } = behindLoop(isFirst);
      const [direct, there] = [{ target: 1 }, { from: 'stack', target: 1 }];
      const same = async <O>(call: (model: TinyGraph, options: O & typeof direct) => unknown, options: O) => {
        const map = (await call(cut, { ...options, ...there })) as Tensor;
        await expectSame(map, (await call(whole, { ...options, ...direct })) as Tensor);
      };
      await same((model, options) => occlusion(model, inner, options), { window: [2, 3], stride: [1, 2] });
      await same((model, options) => rise(model, inner, options), { masks: 6, grid: 2 });
      await same((model, options) => scoreCam(model, inner, options), {});
      await same((model, options) => guidedGradCam(model, inner, options), {});
      await same((model, options) => blurIntegratedGradients(model, inner, options), {
        steps: 3,
        maxSigma: 1,
      });
      for (const cam of [gradCam, gradCamPlusPlus, hiResCam, layerCam, xGradCam]) {
        await same((model, options) => cam(model, inner, options), { signed: true });
      }
      const { record } = await explain(gradCam, cut, inner, there);
      expect(record.options).toMatchObject({ from: 'stack', layer: 'features' });
      const named = await occlusion(cut, { stack: inner }, { ...there, window: { stack: 2 } });
      await expectSame(named.stack, await occlusion(whole, inner, { ...direct, window: 2 }));
    }
  });

  it('leaves nothing behind', () => {
    const graph = detector();
    const options = { from, target: { output: 'scores' } };
    expect(leftBehind(() => saliency(graph, x, options))).toEqual(onlyResults(1));
    expect(leftBehind(() => saliency(graph, x, options))).toEqual(onlyResults(1));
  });
});

describe('the errors of from', () => {
  const scores = { target: { output: 'scores' } };
  it.each<[string, unknown]>([
    [
      'Error: saliency: node "map/Enter" is a Enter, which TF.js runs only with executeAsync, where no gradient can be ' +
        'taken; explain from behind it, { from: "map/stack" }, where x is what stands there, ' +
        'await model.executeAsync(x, "map/stack")',
      scores,
    ],
    [
      'RangeError: saliency: node "map/Exit" is a Exit, at which TF.js cannot start; start behind it, at "map/stack"',
      { from: 'map/Exit', ...scores },
    ],
    [
      'RangeError: saliency: no node "stack" to start from; did you mean "map/stack"? the graph has "image", ' +
        '"map/Enter", "map/Exit", "map/stack", "w", "v", "h", "features", "scores"',
      { from: 'stack', ...scores },
    ],
    [
      'RangeError: saliency: expected x to hold a tensor for each input of the model, "map/stack", "h", got 1',
      { from: ['map/stack', 'h'], ...scores },
    ],
    [
      'TypeError: saliency: expected from to name a node of the graph, or a list of nodes, got 3',
      { from: 3, ...scores },
    ],
    [
      'TypeError: saliency: expected from to name a node of the graph, or a list of nodes, got an empty list',
      { from: [], ...scores },
    ],
    [
      'RangeError: saliency: what is explained does not lie behind "scores"; start from a node before it',
      { from: 'scores', target: { output: 'features' } },
    ],
  ])('%s', (message, options) => {
    const graph = detector();
    const run = () => messageOf(() => saliency(graph, x, options as SaliencyOptions));
    expect(leftBehind(() => expect(run()).toBe(message))).toEqual(onlyResults(0));
  });

  it('an input that is needed beside is named', () => {
    const nodes = { a: input([null, 2]), b: input([null, 2]), p: op('Neg', ['a']), y: op('Mul', ['p', 'b']) };
    expect(messageOf(() => saliency(tinyGraph(nodes, ['y']), x, { from: 'p' }))).toBe(
      'RangeError: saliency: what is explained needs the input "b" beside "p"; start from that as well: ' +
        '{ from: ["p","b"] }, with a tensor for each in x',
    );
  });

  it('integers that go into a loop first are no error of their own: the loop is', async () => {
    const turns = tinyGraph(
      {
        image: input([null, 2], 'int32'),
        enter: op('Enter', ['image'], { frame_name: 'frame' }),
        merge: op('Merge', ['enter', 'next']),
        sums: op('Sum', ['merge', 'axes']),
        axes: constant([0, 1], [2], 'int32'),
        limit: constant([20], [], 'int32'),
        more: op('Less', ['sums', 'limit']),
        cond: op('LoopCond', ['more']),
        switch: op('Switch', ['merge', 'cond']),
        twice: op('AddV2', ['switch:1', 'switch:1']),
        next: op('NextIteration', ['twice']),
        exit: op('Exit', ['switch']),
        stack: op('Cast', ['exit'], { SrcT: { type: 'DT_INT32' }, DstT: { type: 'DT_FLOAT' } }),
        scores: op('Square', ['stack']),
      },
      ['scores'],
    );
    const pixels = tensor2d([[1, 2]], [1, 2], 'int32');
    const target = { output: 'scores', class: 1 };
    expect(messageOf(() => saliency(turns, pixels, { target }))).toBe(
      'Error: saliency: node "enter" is a Enter, which TF.js runs only with executeAsync, where no gradient can be ' +
        'taken; explain from behind it, { from: "stack" }, where x is what stands there, ' +
        'await model.executeAsync(x, "stack")',
    );
    const inside = (await turns.executeAsync(pixels, 'stack')) as Tensor;
    expect([...(await inside.data())]).toEqual([8, 16]); // doubled until the sum is 20 or more
    expect(await rounded(saliency(turns, inside, { target, from: 'stack' }))).toEqual([0, 32]);
    expect(layersOf(turns).map(({ path }) => path.join())).toContain('twice');
    expect(describeOverrides(turns, guided)).toEqual([]);
  });

  it('a node behind other control flow is named, to start from as well', async () => {
    const nodes = {
      a: input([null, 2]),
      one: op('Enter', ['a'], { frame_name: 'one' }),
      two: op('Enter', ['a'], { frame_name: 'two' }),
      p: op('Identity', ['one']),
      q: op('Identity', ['two']),
      y: op('Mul', ['p', 'q']),
    };
    const graph = tinyGraph(nodes, ['y']);
    expect(messageOf(() => saliency(graph, x, { from: 'p' }))).toBe(
      'Error: saliency: node "two" is a Enter, which TF.js runs only with executeAsync, where no gradient can be taken; ' +
        'start behind it as well: { from: ["p","q"] }, with a tensor for each in x',
    );
    const maps = saliency(graph, [x, x], { from: ['p', 'q'], target: 0 });
    expect(await Promise.all(maps.map(rounded))).toEqual([
      [1, 0, 1, 0],
      [1, 0, 1, 0],
    ]);
  });

  it('only a GraphModel has nodes to start from', () => {
    const model = stack([2], dense([[1], [2]], { name: 'y' }));
    const message =
      'TypeError: saliency: expected from with a GraphModel, got a LayersModel; explain the gradient there: { wrt: "y" }';
    expect(messageOf(() => saliency(model, ones([1, 2]), { from: 'y' }))).toBe(message);
    const made = prepare(model);
    expect(messageOf(() => saliency(made, ones([1, 2]), { from: 'y' }))).toBe(message);
    made.dispose();
    expect(messageOf(() => saliency((at: Tensor) => at, ones([1, 2]), { from: 'y' }))).toBe(
      'TypeError: saliency: expected from with a GraphModel, got a function; explain a function of what stands there',
    );
  });
});
