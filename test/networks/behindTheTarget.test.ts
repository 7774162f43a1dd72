import { tensor2d, type Tensor } from '@tensorflow/tfjs-core';
import { gradCam, integratedGradients, occlusion, prepare, rise, saliency, scoreCam } from 'guided-saliency';
import { deepLift, layerwiseRelevance } from 'guided-saliency/relevance';
import { describe, expect, it } from 'vitest';
import { expectSame } from '../support/expectSame';
import { messageOf } from '../support/leftBehind';
import { constant, op, tinyGraph } from '../support/tinyGraph';
import { tracedGraph, tracedNodes } from '../support/tracedGraph';
import { batchFor } from './cases';
import { detector } from './shapes/detector';
import { embedded, text } from './shapes/recurrent';

/* What cannot be explained lies before the target, or behind it, and is no obstacle. */

type Run = (model: never, x: Tensor, options: never) => Tensor | Promise<Tensor>;

const runs: [string, Run, object][] = [
  ['saliency', saliency, {}],
  ['gradCam', gradCam, { signed: true }],
  ['scoreCam', scoreCam, { signed: true }],
  ['integratedGradients', integratedGradients, { steps: 3 }],
  ['occlusion', occlusion, { window: 4 }],
  ['rise', rise, { masks: 4, grid: 2 }],
  ['layerwiseRelevance', layerwiseRelevance, {}],
  ['deepLift', deepLift, { baseline: 0.1 }],
];

describe('a detector with a non-maximum suppression behind its scores', () => {
  const model = detector();
  const { nodes, outputs } = tracedNodes(model);
  const [scores = '', boxes = ''] = outputs;
  const suppressed = tinyGraph(
    {
      ...nodes,
      lone: op('Squeeze', [boxes], { squeeze_dims: [0] }),
      best: op('Max', [scores, 'lastAxis'], { keep_dims: false }),
      lastAxis: constant([-1], [1], 'int32'),
      loneBest: op('Squeeze', ['best'], { squeeze_dims: [0] }),
      most: constant([10], [], 'int32'),
      overlap: constant([0.5], []),
      least: constant([0.1], []),
      softness: constant([0], []),
      kept: op('NonMaxSuppressionV5', ['lone', 'loneBest', 'most', 'overlap', 'least', 'softness'], {}),
    },
    [scores, boxes, 'kept'],
  );
  const x = batchFor(model);

  it.each(runs)('%s of an anchor is that of the network without it', async (_name, run, options) => {
    const asked = { ...options, target: { output: 'scores', class: 1, at: [68] } };
    const map = await run(suppressed as never, x, asked as never);
    await expectSame(map, await run(model as never, x, asked as never), 1e-4);
    const prepared = prepare(suppressed);
    await expectSame(await run(prepared as never, x, asked as never), map, 1e-4);
    prepared.dispose();
    const logits = { ...options, target: { layer: 'logits', unit: [68, 1] } };
    await expectSame(await run(suppressed as never, x, logits as never), map, 1e-4);
  });

  it('what it keeps is not explained, and the error says what is', () => {
    const asked = messageOf(() => saliency(suppressed, x, { target: { output: 'kept', class: 0 } }));
    expect(asked).toContain('node "kept" is a NonMaxSuppressionV5, which TF.js runs only with executeAsync');
  });
});

describe('a text as numbers of words', () => {
  const model = text();
  const graph = tracedGraph(model);
  const words = tensor2d([[1, 4, 2, 0], [8, 3, 5, 7]], [2, 4], 'int32'); // prettier-ignore
  const vectors = graph.execute(words, 'embedding') as Tensor;
  const wrt = 'embedding';
  const target = 1;

  it('has the maps of its vectors, with respect to them or from them on', async () => {
    for (const method of [saliency, layerwiseRelevance]) {
      const run = method as typeof saliency;
      const map = run(model, words, { wrt, target });
      expect(map.shape).toEqual([2, 4, 3]);
      await expectSame(run(graph, words, { wrt, target }), map, 1e-4);
      await expectSame(run(graph, vectors, { from: wrt, target }), map, 1e-4);
    }
  });

  it('is set against another text', async () => {
    const other = tensor2d([[0, 0, 0, 0]], [1, 4], 'int32');
    const map = deepLift(model, words, { wrt, target, baseline: other });
    const there = graph.execute(other, 'embedding') as Tensor;
    await expectSame(deepLift(graph, vectors, { from: wrt, target, baseline: there }), map, 1e-4);
  });

  it.each(runs.slice(2))('goes through %s from its vectors on', async (_name, run, options) => {
    const map = await run(graph as never, vectors, { ...options, from: wrt, target } as never);
    const rest = tracedGraph(embedded());
    await expectSame(map, await run(rest as never, vectors, { ...options, target } as never), 1e-4);
  });
});
