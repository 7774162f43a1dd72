import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { guidedBackprop, integratedGradients, saliency } from 'guided-saliency';
import { parameterRandomization, type Order, type Replacement } from 'guided-saliency/metrics';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readShared } from '../support/files';
import { loadSharedModel, readFloats, readTensor } from '../support/sharedModel';
import { storedMaps, type StoredMap } from '../support/storedMaps';
import { isQuickest } from '../support/thinned';

const all = await storedMaps();
// a path of 50 points at each stage takes long: one order of it stands for the others
const stored = all.filter(({ method }) =>
  /^metric_mprt_((top_down|bottom_up|independent)_(gradient|guided)|top_down_ig_riemann_middle)$/.test(
    method,
  ),
);
const ORDERS: Record<string, Order> = {
  top_down: 'topDown',
  bottom_up: 'bottomUp',
  independent: 'independent',
};

interface Weights {
  readonly layer: string;
  readonly weight: string;
  readonly shape: number[];
  readonly offset: number;
}

/** The replacement weights, where the list of what was random says they are. */
async function replacement(): Promise<Replacement> {
  const aux = JSON.parse(new TextDecoder().decode((await readShared('golden/aux.json')) as ArrayBuffer)) as {
    file: string;
    meaning: string;
  }[];
  const { file, meaning } = aux.find((one) => one.file.includes('replacement_weights'))!;
  const values = await readFloats(`golden/${file}`);
  const table = JSON.parse(meaning.slice(meaning.indexOf('[{'))) as Weights[];
  return (layer, { name, shape }) => {
    const { offset } = table.find((row) => row.layer === layer && row.weight === name)!;
    return values.subarray(offset, offset + shape.reduce((a, b) => a * b, 1));
  };
}

describe.skipIf(stored.length === 0 || !isQuickest())(
  'parameterRandomization: with the weights of another run',
  () => {
    let model: LayersModel;
    let x: Tensor;
    let how: Replacement;
    beforeAll(async () => {
      model = await loadSharedModel('tiny_vgg');
      x = await readTensor(`golden/${stored[0]!.input}`, [1, 64, 64, 3]);
      how = await replacement();
    });
    afterAll(() => {
      model.dispose();
      x.dispose();
    });

    it.each(stored)('$method', async ({ method, file, target, params, f64_rel }: StoredMap) => {
      const [, order, map] = /^metric_mprt_(top_down|bottom_up|independent)_(.*)$/.exec(method)!;
      const options = { target, how, order: ORDERS[order!]! };
      const found =
        map === 'ig_riemann_middle'
          ? await parameterRandomization(integratedGradients, model, x, { ...options, quadrature: 'middle' })
          : await parameterRandomization(map === 'guided' ? guidedBackprop : saliency, model, x, options);
      expect(found.layers).toEqual((params['stages'] as string[]).slice(1));
      const wanted = await readFloats(`golden/${file}`);
      const { curves, values, edges, entropy } = found.samples[0]!;
      const logits = params['logit_at_stage'] as number[];
      values.forEach((value, i) => expect(value).toBeCloseTo(logits[i + 1]!, 4));
      const columns = [
        'spearmanAbsolute',
        'spearman',
        'pearson',
        'ssim',
        undefined,
        'hog',
        'cosine',
      ] as const;
      // a path crosses kinks: three times what their own run in floats is off
      const bound = Math.max(1e-3, 3 * f64_rel!);
      columns.forEach((name, column) => {
        if (name === undefined) return; // the other window
        curves[name]!.forEach((value, i) => {
          const theirs = wanted[(i + 1) * 7 + column]!;
          if (theirs === -9) expect(value).toBeNull();
          // near-equal cells change their ranks
          else expect(Math.abs(value! - theirs), `${name} ${i}`).toBeLessThan(bound);
        });
      });
      const [, withSobel] = await readFloats(`golden/maps/tiny_vgg.coffee.metric_edges_${map}.t6.bin`);
      expect(Math.abs(edges!.spearmanAbsolute! - withSobel!)).toBeLessThan(1e-3);
      if (order === 'independent') {
        expect(entropy.rise).toBeNull();
        return;
      }
      const [before, after, rise] = await readFloats(
        `golden/maps/tiny_vgg.coffee.metric_entropy_rise_${map}.t6.bin`,
      );
      expect(entropy.original).toBeCloseTo(before!, 3);
      expect(entropy.curve[4]).toBeCloseTo(after!, 3);
      expect(entropy.rise).toBeCloseTo(rise!, 3);
    });
  },
);
