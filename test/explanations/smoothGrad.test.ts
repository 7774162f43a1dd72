import {
  abs,
  add,
  div,
  max,
  mean,
  memory,
  randomNormal,
  reshape,
  slice,
  sqrt,
  square,
  stack,
  sub,
  sum,
  tensor2d,
  tile,
  zeros,
} from '@tensorflow/tfjs-core';
import type { Rank, Tensor } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { explain, running, saliency, valueAndSaliency } from 'guided-saliency';
import type { TargetOptions } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { manyPasses } from '../../src/explanations/calls/manyPasses';
import { TARGET_OPTIONS } from '../../src/explanations/explainer/options';
import { sampled } from '../../src/explanations/passes/passes';
import { mapTensors } from '../../src/explanations/inputs/structure';
import { expectSame } from '../support/expectSame';
import { dense, stack as layerStack } from '../support/tinyLayers';

interface SmoothOptions extends TargetOptions {
  /** `[samples, ...one sample]`, added as it is. */
  noise?: Tensor;
  samples?: number;
}

/** SmoothGrad over the explainer: the mean map over noisy copies. */
const smoothGrad = manyPasses<SmoothOptions>({
  name: 'smoothGrad',
  options: [...TARGET_OPTIONS, 'noise', 'samples'],
  resolve: ({ samples = 4, ...rest }) => ({ samples, ...rest }),
  ask: ({ target, score, wrt }) => ({ target, score, wrt }),
  passes: ({ explainer, x, options: { noise, samples = 0 }, control }) =>
    sampled(samples, control, (first, count) => {
      const copies = mapTensors(x, (one) => {
        const batch = one.shape[0];
        const rest = one.shape.slice(1);
        const some = slice(noise!, [first, ...rest.map(() => 0)], [count, ...rest]);
        const each = tile(reshape(some, [count, 1, ...rest]), [1, batch, ...rest.map(() => 1)]);
        return add(tile(one, [count, ...rest.map(() => 1)]), reshape(each, [count * batch, ...rest]));
      });
      return explainer.explain(copies).map;
    }),
});

/** Scores that cross: the class of noisy copies is often another. */
const model = layerStack(
  [2],
  dense([
    [1, -1, 0.5],
    [0.5, 1, -1],
  ]),
  layers.reLU(),
  dense([
    [1, 0.5],
    [-1, 2],
    [0.5, 1],
  ]),
);
const x = tensor2d([
  [0.3, 0.1],
  [0.2, 0.4],
]);
const samples = 6;
const noise = randomNormal([samples, 2], 0, 1, 'float32', 7);

/** The mean map of the noisy copies, one by one: of classes given, or of each copy's own. */
function meanOfCopies(target?: number[]): Tensor {
  const maps = Array.from({ length: samples }, (_, i) =>
    saliency(model, add(x, slice(noise, [i, 0], [1, 2])), target ? { target } : {}),
  );
  return div(
    maps.reduce((a, b) => add(a, b)),
    samples,
  );
}

const furthest = async (a: Tensor, b: Tensor) => (await max(abs(sub(a, b))).data())[0]!;

/** The classes of the clean inputs. */
const clean = async () => Array.from(await valueAndSaliency(model, x).classes!.data());

describe('SmoothGrad, a trial of the machinery for many passes', () => {
  it.each([1, 2, 4, 10])('is the mean over noisy copies, %s passes at once', async (batchSize) => {
    const expected = meanOfCopies(await clean());
    const before = memory().numTensors;
    const map = await smoothGrad(model, x, { noise, samples, batchSize });
    expect(memory().numTensors - before).toBe(1);
    await expectSame(map, expected);
  });

  it('explains the class of the clean input, not that of each noisy copy', async () => {
    const map = await smoothGrad(model, x, { noise, samples });
    expect(await furthest(map, meanOfCopies())).toBeGreaterThan(0.1);
  });

  it('comes along with its standard error', async () => {
    const seen: number[] = [];
    const maps = Array.from({ length: samples }, (_, i) =>
      saliency(model, add(x, slice(noise, [i, 0], [1, 2])), { target: { output: 0, class: [0, 0] } }),
    );
    for await (const { map, standardError, done, total } of running(smoothGrad, model, x, {
      noise,
      samples,
      batchSize: 2,
      target: 0,
    })) {
      seen.push(done, total);
      const far = stack(maps.slice(0, done));
      await expectSame(map, mean(far, 0));
      const variance = div(sum(square(sub(far, mean(far, 0))), 0), done - 1);
      await expectSame(standardError, sqrt(div(variance, done)));
    }
    expect(seen).toEqual([2, 6, 4, 6, 6, 6]);
  });

  it('stops once its standard error is small enough', async () => {
    const progress: number[][] = [];
    const still = zeros<Rank.R2>([50, 2]);
    const { map, record } = await explain(smoothGrad, model, x, {
      noise: still,
      samples: 50,
      batchSize: 1,
      until: { standardError: 0.02 },
      onProgress: (done, total) => progress.push([done, total]),
    });
    expect(progress).toEqual([
      [1, 50],
      [2, 2],
    ]);
    expect(record.passes).toBe(2);
    await expectSame(map, saliency(model, x));
  });

  it('is rejected, and leaves nothing, where it is stopped as its standard error is small enough', async () => {
    const still = zeros<Rank.R2>([50, 2]);
    const stop = new AbortController();
    const before = memory().numTensors;
    const answer = smoothGrad(model, x, {
      noise: still,
      samples: 50,
      batchSize: 1,
      until: { standardError: 0.02 },
      signal: stop.signal,
      onProgress: (done, total) => {
        if (done === total) stop.abort(new Error('enough'));
      },
    });
    await expect(answer).rejects.toThrow(/^enough$/);
    expect(memory().numTensors).toBe(before);
  });

  it('lets the event loop have its turn, and says how far it is', async () => {
    const events: string[] = [];
    const { port1: here, port2: there } = new MessageChannel();
    here.onmessage = () => events.push('turn');
    await smoothGrad(model, x, {
      noise,
      samples: 3,
      onProgress: (done) => {
        events.push(`${done}`);
        there.postMessage('somebody else has something to do');
      },
    });
    here.close();
    expect(events.filter((event) => event !== 'turn')).toEqual(['1', '2', '3']);
    expect(events.indexOf('turn')).toBeLessThan(events.indexOf('3'));
    expect(events).toContain('turn');
  });

  it('is rejected with the reason of its signal, and leaves nothing', async () => {
    const before = memory().numTensors;
    for (const after of [0, 1, 3]) {
      const controller = new AbortController();
      if (after === 0) controller.abort(new Error('the user left'));
      const onProgress = (done: number) => {
        if (done === after) controller.abort(new Error('the user left'));
      };
      const options = { noise, samples: 3, signal: controller.signal, onProgress };
      await expect(smoothGrad(model, x, options)).rejects.toThrow(/^the user left$/);
      await expect(explain(smoothGrad, model, x, options)).rejects.toThrow(/^the user left$/);
    }
    expect(memory().numTensors).toBe(before);
  });

  it('leaves nothing where it fails on the way, or the loop is left', async () => {
    const before = memory().numTensors;
    const onProgress = (done: number) => {
      if (done === 2) throw new Error('the second');
    };
    await expect(smoothGrad(model, x, { noise, samples, onProgress })).rejects.toThrow(/^the second$/);
    for await (const { map, standardError } of running(smoothGrad, model, x, { noise, samples })) {
      map.dispose();
      standardError.dispose();
      break;
    }
    expect(memory().numTensors).toBe(before);
  });

  it('is made again from its record, given the noise', async () => {
    const { map, value, classes, record } = await explain(smoothGrad, model, x, { noise });
    expect(record.options).toEqual({
      samples: 4,
      noise: 'a tensor of shape [6, 2]; give it again',
      target: await clean(),
      score: 'logit',
    });
    expect(record.passes).toBe(4);
    expect(Array.from(await classes!.data())).toEqual(await clean());
    await expectSame(value, valueAndSaliency(model, x).value);
    const again = await explain(smoothGrad, model, x, { ...record.options, noise });
    await expectSame(again.map, map, 1e-6);
  });

  it('refuses passes at once and an end that are none', async () => {
    await expect(smoothGrad(model, x, { noise, batchSize: 0 })).rejects.toThrow(
      /^smoothGrad: expected batchSize to be a whole number of samples above 0, got 0$/,
    );
    await expect(smoothGrad(model, x, { noise, until: 0.02 as never })).rejects.toThrow(
      /^smoothGrad: expected until to be \{ standardError \}, a number above 0, got a number$/,
    );
  });

  it('refuses an option that it does not know', async () => {
    const misspelt = { noise, sample: 3 };
    await expect(smoothGrad(model, x, misspelt)).rejects.toThrow(
      /^smoothGrad: no option "sample"; did you mean "samples"\?$/,
    );
  });
});
