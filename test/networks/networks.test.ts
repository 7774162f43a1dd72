import {
  add,
  expandDims,
  fill,
  getBackend,
  memory,
  mul,
  relu,
  slice,
  sub,
  tensor,
  tidy,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import {
  blurIntegratedGradients,
  expectedGradients,
  explain,
  guided,
  guidedBackprop,
  guidedGradCam,
  guidedIntegratedGradients,
  gradCam,
  integratedGradients,
  inputXGradient,
  occlusion,
  overrideActivations,
  prepare,
  resizeMap,
  rise,
  saliency,
  scoreCam,
  smoothGrad,
  valueAndSaliency,
  varGrad,
  type PreparedModel,
} from 'guided-saliency';
import { deepLift, epsilon, layerwiseRelevance } from 'guided-saliency/relevance';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enlarged } from '../support/enlarged';
import { expectSame } from '../support/expectSame';
import { scattered } from '../support/kernelGradient';
import { rejection } from '../support/rejection';
import { isWhole } from '../support/thinned';
import type { TinyGraph } from '../support/tinyGraph';
import { batchFor, cases, graphFor } from './cases';
import { cams, familyOf } from './family';
import stored from './fixtures/differences.json';
import { camFormulas, cellsOf, windowsOn } from './loops';
import type { NetworkReference } from './reference';

/*
 * Small networks in the shapes of real ones, through the whole family. What is expected is what is true by
 * definition: of central differences in double precision, of TF.js's forward passes, and of loops over both.
 */

const references: readonly NetworkReference[] = stored;
const isCpu = getBackend() === 'cpu';

/** In the gate each network is explained on one of the two backends; on both by `npm run test:whole`. */
const here = cases.filter((_, i) => isWhole || (i % 2 === 0) === isCpu);

describe.each(here)('a network like $name', (network) => {
  const { name, target, chosen, layer, reshape, hasRectifiers } = network;
  const reference = references.find((one) => one.name === name)!;
  let model: LayersModel;
  let graph: TinyGraph;
  let prepared: PreparedModel;
  let x: Tensor;
  let scoresOf: (at: Tensor) => Promise<number[]>;
  let valuesAt: (node: string, at: Tensor) => Promise<number[]>;

  beforeAll(() => {
    model = network.make();
    const made = graphFor(network, model);
    graph = made.graph;
    prepared = prepare(model);
    x = batchFor(model);
    valuesAt = async (node, at) => {
      const y = graph.execute({ [model.inputNames[0] as string]: at }, node) as Tensor;
      const values = await y.data();
      y.dispose();
      return Array.from(values);
    };
    scoresOf = async (at) => {
      const all = await valuesAt(made.scores, at);
      const each = all.length / at.shape[0];
      return Array.from({ length: at.shape[0] }, (_, b) =>
        chosen.reduce((sum, i) => sum + all[b * each + i]!, 0),
      );
    };
  });
  afterAll(() => {
    prepared.dispose();
    model.dispose();
    graph.dispose();
  });

  const sample = (of: Tensor, i: number) =>
    slice(of, [i, ...of.shape.slice(1).map(() => 0)], [1, ...of.shape.slice(1)]);
  const first = () => sample(x, 0);
  const numbers = async (of: Tensor) => Array.from(await of.data());
  const near = (got: readonly number[], wanted: readonly number[], share = 1e-4) => {
    expect(got.length).toBe(wanted.length);
    const largest = Math.max(...wanted.map(Math.abs));
    expect(largest).toBeGreaterThan(0);
    const off = Math.max(...got.map((value, i) => Math.abs(value - wanted[i]!)));
    expect(off / largest).toBeLessThan(share);
  };
  const total = async (of: Tensor) => (await numbers(of)).reduce((a, b) => a + b, 0);

  it('has the gradient that differences give, as a graph and prepared, too', async () => {
    for (const kind of [model, graph, prepared, prepared]) {
      const { map, value } = valueAndSaliency(kind, x, { target });
      expect(map.shape).toEqual(x.shape);
      near((await numbers(map)).slice(0, reference.dx.length), reference.dx);
      near(await numbers(value), await scoresOf(x));
      near((await numbers(value)).slice(0, 1), [reference.score]);
    }
  });

  it('has the class activation maps that loops make of those at a layer', async () => {
    const { channels, y, dy, space } = cellsOf(reference, reshape !== undefined);
    const options = { target, layer, ...(reshape ? { reshape } : {}) };
    for (const [cam, method] of Object.entries(cams)) {
      const wanted = camFormulas[cam as keyof typeof cams](y, dy, channels);
      for (const kind of [model, graph]) {
        const signed = method(kind, x, { ...options, signed: true });
        expect(signed.shape).toEqual([2, ...space]);
        // of sums whose terms nearly cancel
        near((await numbers(signed)).slice(0, wanted.length), wanted, 1e-3);
      }
      const map = method(model, x, options);
      await expectSame(map, relu(method(model, x, { ...options, signed: true })));
    }
  });

  it('has the map of Score-CAM that loops make of forward passes', async () => {
    const { channels, space } = cellsOf(reference, reshape !== undefined);
    const y = tidy(() => tensor([...reference.y], [...reference.shape]));
    const cells = await numbers(reshape ? reshape(y) : y);
    const inputSpace = x.shape.slice(1, -1);
    const inputChannels = x.shape[x.rank - 1]!;
    const of = await numbers(first());
    const size = inputSpace.reduce((a, b) => a * b, 1);
    const copies: number[] = [];
    for (let c = 0; c < channels; c++) {
      const channel = cells.filter((_, i) => i % channels === c);
      const large = enlarged(channel, space, inputSpace);
      const [low, high] = [Math.min(...large), Math.max(...large)];
      const mask = large.map((value) => (high > low ? (value - low) / (high - low) : 0));
      copies.push(...of.map((value, i) => value * mask[Math.floor(i / inputChannels)]!));
    }
    expect(of.length).toBe(size * inputChannels);
    const scores = await scoresOf(tensor(copies, [channels, ...x.shape.slice(1)]));
    const weights = scores.map((score) => Math.exp(score - Math.max(...scores)));
    const sum = weights.reduce((a, b) => a + b, 0);
    const wanted = Array.from({ length: cells.length / channels }, (_, cell) =>
      weights.reduce((all, weight, c) => all + (weight / sum) * cells[cell * channels + c]!, 0),
    );
    const options = { target, layer, signed: true, ...(reshape ? { reshape } : {}) };
    near((await numbers(await scoreCam(model, x, options))).slice(0, wanted.length), wanted, 5e-4);
  });

  it('loses by what is hidden what forward passes say, and gains by masks', async () => {
    const space = x.shape.slice(1, -1);
    const parts = windowsOn(space, 3, 2);
    const of = await numbers(first());
    const channels = x.shape[x.rank - 1]!;
    const shown = (mask: (cell: number) => number, other = 0) =>
      of.map((value, i) => {
        const open = mask(Math.floor(i / channels));
        return value * open + other * (1 - open);
      });
    const stacked = (copies: number[][]) => tensor(copies.flat(), [copies.length, ...x.shape.slice(1)]);
    const [score] = await scoresOf(first());
    const hidden = await scoresOf(
      stacked(parts.map((part) => shown((cell) => (part.has(cell) ? 0 : 1), 0.3))),
    );
    const count = space.reduce((a, b) => a * b, 1);
    const drops = Array.from({ length: count }, (_, cell) => {
      const covering = hidden.filter((_score, k) => parts[k]!.has(cell));
      return covering.reduce((all, each) => all + score! - each, 0) / covering.length;
    });
    const map = await occlusion(graph, x, { target, window: 3, stride: 2, baseline: 0.3 });
    near((await numbers(map)).slice(0, count), drops, 5e-4);

    const masks = Array.from({ length: 3 }, (_, k) =>
      Array.from({ length: count }, (_cell, cell) => ((cell * (k + 2)) % 5) / 4),
    );
    const masked = await scoresOf(stacked(masks.map((mask) => shown((cell) => mask[cell]!))));
    const means = Array.from({ length: count }, (_, cell) => {
      const weight = masks.reduce((all, mask) => all + mask[cell]!, 0);
      return weight === 0 ? 0 : masks.reduce((all, mask, k) => all + mask[cell]! * masked[k]!, 0) / weight;
    });
    const found = await rise(model, x, { target, masks: tensor(masks.flat(), [3, ...space]) });
    near((await numbers(found)).slice(0, count), means, 5e-4);
  });

  it('has the maps that are made of gradients', async () => {
    const plain = saliency(model, x, { target });
    await expectSame(inputXGradient(graph, x, { target }), mul(x, plain));
    await expectSame(await smoothGrad(model, x, { target, samples: 1, noise: 0 }), plain);
    const noise = mul(scattered([2, ...x.shape.slice(1)], 9), 0.1);
    const [a, b] = [0, 1].map((k) => saliency(graph, add(x, sample(noise, k)), { target })) as [
      Tensor,
      Tensor,
    ];
    await expectSame(await smoothGrad(model, x, { target, noise }), mul(add(a, b), 0.5));
    const apart = sub(a, b);
    await expectSame(await varGrad(model, x, { target, noise }), mul(mul(apart, apart), 0.5), 1e-4);
    const from = mul(scattered([1, ...x.shape.slice(1)], 5), 0.5);
    const draws = { baseline: [0, 0], alpha: [0.25, 0.75] };
    const points = draws.alpha.map((alpha) =>
      saliency(graph, add(from, mul(sub(x, from), alpha)), { target }),
    ) as [Tensor, Tensor];
    const wanted = mul(mul(sub(x, from), add(...points)), 0.5);
    await expectSame(await expectedGradients(model, x, { target, baselines: from, draws }), wanted, 1e-4);
  });

  it('misses what it says in the sums of its maps', async () => {
    const low = mul(x, 0.2);
    const [here, there] = [await scoresOf(x), await scoresOf(low)];
    const change = here.map((score, i) => score - there[i]!);
    for (const [method, options] of [
      [integratedGradients, { steps: 4, baseline: low }],
      [guidedIntegratedGradients, { steps: 2, baseline: low }],
      [deepLift, { baseline: low }],
    ] as const) {
      const { map, gap } = await explain(method as typeof deepLift, model, x, {
        target,
        ...options,
      } as never);
      for (const i of [0, 1]) {
        const missed = (await total(sample(map as unknown as Tensor, i))) - change[i]!;
        expect(Math.abs(missed - (gap as number[])[i]!)).toBeLessThan(1e-3 * Math.abs(here[i]!) + 1e-4);
        // contributions add up, whatever the network
        if (method === deepLift) expect(Math.abs(missed)).toBeLessThan(2e-4 * Math.abs(here[i]!) + 2e-4);
      }
    }
    const many = await explain(integratedGradients, model, x, { target, baseline: low, steps: 40 });
    for (const missed of many.gap as number[])
      expect(Math.abs(missed)).toBeLessThan(0.02 * Math.abs(here[0]!) + 0.02);
    const relevance = await explain(layerwiseRelevance, model, x, { target });
    for (const i of [0, 1]) {
      const missed = (await total(sample(relevance.map, i))) - here[i]!;
      expect(Math.abs(missed - (relevance.gap as number[])[i]!)).toBeLessThan(
        1e-3 * Math.abs(here[i]!) + 1e-4,
      );
    }
    const blur = await explain(blurIntegratedGradients, model, x, { target, steps: 2, maxSigma: 1 });
    expect((blur.gap as number[]).every(Number.isFinite)).toBe(true);
  });

  it.runIf(hasRectifiers)('keeps all relevance where biases get none', async () => {
    // a unit of which nothing but its bias is left has nobody to hand it to
    const alive = network.make();
    const weights = alive.getWeights();
    alive.setWeights(
      alive.weights.map((weight, i) =>
        weight.name.includes('beta') ? fill(weight.shape as number[], 2) : weights[i]!,
      ),
    );
    const { gap, value } = await explain(layerwiseRelevance, alive, x, {
      target,
      composite: epsilon({ epsilon: 1e-9 }),
      bias: 'ignore',
    });
    const scores = await numbers(value);
    (gap as number[]).forEach((missed, i) => expect(Math.abs(missed / scores[i]!)).toBeLessThan(1e-3));
    alive.dispose();
  });

  it.runIf(hasRectifiers)('under a rule has the map of a copy whose rectifiers have it', async () => {
    const map = guidedBackprop(graph, x, { target });
    await expectSame(map, saliency(overrideActivations(model, guided), x, { target }), 1e-4);
    const small = gradCam(model, x, { target, layer });
    const space = x.shape.slice(1, -1);
    if (space.length !== 2) return;
    const large = resizeMap(small, space);
    const wanted = mul(map, expandDims(large, 3));
    await expectSame(guidedGradCam(prepared, x, { target, layer }), wanted, 1e-4);
  });

  it.runIf(!hasRectifiers)('says that a rule has nothing to act on', async () => {
    expect(
      await rejection(() => Promise.resolve().then(() => guidedBackprop(model, x, { target }))),
    ).toContain('guidedBackprop: found no rectifier between the input and the target for the rule to act on');
  });

  const methods = familyOf(network);
  it.each(Object.keys(methods).filter((method) => isCpu || method !== 'rectGrad'))(
    '%s gives one map of each sample, whatever the model is given as',
    async (method) => {
      const run = methods[method]!;
      const before = memory().numTensors;
      const made = run(model, x);
      const map = await made;
      expect(memory().numTensors - before).toBe(1);
      await expectSame(await run(graph, sample(x, 1)), sample(map, 1), 1e-4);
      // those of many passes prepare the model themselves
      if (made instanceof Promise) return;
      await expectSame(await run(prepared, sample(x, 0)), sample(map, 0), 1e-4);
    },
  );
});
