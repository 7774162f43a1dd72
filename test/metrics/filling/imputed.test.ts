import { getBackend, tensor, type Tensor } from '@tensorflow/tfjs-core';
import { saliency } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { imputed } from '../../../src/metrics/filling/imputed';
import { randomNumbers } from '../../../src/explanations/noise/randomNumbers';
import { loadSharedModel, readFloats, readTensor } from '../../support/sharedModel';
import { storedMaps } from '../../support/storedMaps';
import { isQuickest } from '../../support/thinned';

/** A picture of one channel. */
const grey = (rows: number[][]) => ({
  values: Float32Array.from(rows.flat()),
  height: rows.length,
  width: rows[0]!.length,
  channels: 1,
});

/** The same by Gauss elimination of the whole system, cell by cell. */
function byElimination(values: number[], isMissing: number[], height: number, width: number): number[] {
  const n = values.length;
  const rows = values.map((value, cell) => {
    const row = new Array<number>(n + 1).fill(0);
    row[cell] = 1;
    if (!isMissing[cell]) row[n] = value;
    if (!isMissing[cell]) return row;
    let total = 0;
    for (let other = 0; other < n; other++) {
      const down = Math.abs(Math.floor(other / width) - Math.floor(cell / width));
      const right = Math.abs((other % width) - (cell % width));
      if (other === cell || down > 1 || right > 1) continue;
      const weight = down + right === 1 ? 1 / 6 : 1 / 12;
      row[other] = -weight;
      total += weight;
    }
    row[cell] = total;
    return row;
  });
  for (let i = 0; i < n; i++) {
    const pivot = rows.findIndex((row, at) => at >= i && Math.abs(row[i]!) > 1e-12);
    [rows[i], rows[pivot]] = [rows[pivot]!, rows[i]!];
    for (let k = 0; k < n; k++) {
      const factor = rows[k]![i]! / rows[i]![i]!;
      if (k !== i) rows[k] = rows[k]!.map((value, j) => value - factor * rows[i]![j]!);
    }
  }
  expect(height * width).toBe(n);
  return rows.map((row, i) => row[n]! / row[i]!);
}

// numbers in JavaScript alone: the same on every backend
describe.runIf(getBackend() === 'cpu')('imputed', () => {
  it('is, by hand, the weighted mean of the neighbours, of those that there are', async () => {
    const centre = grey([
      [1, 2, 3],
      [4, 99, 6],
      [7, 8, 12],
    ]);
    const middle = (2 + 4 + 6 + 8) / 6 + (1 + 3 + 7 + 12) / 12;
    expect((await imputed(centre, [0, 0, 0, 0, 1, 0, 0, 0, 0]))[4]).toBeCloseTo(middle, 5);
    // of the corner the cells 2 and 4 with 1/6, and 5 with 1/12
    const corner = grey([
      [99, 2],
      [4, 5],
    ]);
    expect((await imputed(corner, [1, 0, 0, 0]))[0]).toBeCloseTo((2 / 6 + 4 / 6 + 5 / 12) / (5 / 12), 5);
  });

  it('solves for neighbours that are missing, too: a straight line', async () => {
    expect(
      [...(await imputed(grey([[1, 0, 0, 7]]), [0, 1, 1, 0]))].map((value) => Math.round(value * 1e4)),
    ).toEqual([1e4, 3e4, 5e4, 7e4]);
  });

  it('takes each channel by itself, and leaves what is not missing as it is', async () => {
    const two = { values: Float32Array.of(1, 10, 0, 0, 3, 30), height: 1, width: 3, channels: 2 };
    const found = await imputed(two, [0, 1, 0]);
    expect([...found].map((value) => Number(value.toFixed(4)))).toEqual([1, 10, 2, 20, 3, 30]);
    expect([...two.values]).toEqual([1, 10, 0, 0, 3, 30]);
    expect([...(await imputed(two, [0, 0, 0]))]).toEqual([...two.values]);
  });

  it('is the mean of each channel where no cell is left', async () => {
    const two = { values: Float32Array.of(1, 10, 3, 50), height: 1, width: 2, channels: 2 };
    expect([...(await imputed(two, [1, 1]))]).toEqual([2, 30, 2, 30]);
  });

  it('is what elimination gives, whatever is missing', async () => {
    const random = randomNumbers(3);
    for (const share of [0.2, 0.5, 0.9]) {
      const values = Array.from({ length: 20 }, () => random.normal());
      const isMissing = values.map((_, i) => (i > 0 && random.uniform() < share ? 1 : 0));
      const picture = { values: Float32Array.from(values), height: 4, width: 5, channels: 1 };
      const wanted = byElimination(values, isMissing, 4, 5);
      (await imputed(picture, isMissing)).forEach((value, i) => expect(value).toBeCloseTo(wanted[i]!, 5));
    }
  });
});

const stored = (await storedMaps()).filter(({ method }) => method === 'road_imputed_gradient');

describe.skipIf(stored.length === 0 || !isQuickest())('imputed: as other libraries', () => {
  it.each(stored)('$method', async ({ file, input, target, params }) => {
    const model = await loadSharedModel('tiny_vgg');
    const photo = await readTensor(`golden/${input}`, [1, 64, 64, 3]);
    const map = await saliency(model, photo, { target }).data();
    const cells = Array.from({ length: 4096 }, (_, i) =>
      [0, 1, 2].reduce((sum, channel) => sum + Math.abs(map[3 * i + channel]!), 0),
    );
    const rising = [...cells].sort((a, b) => a - b);
    const wanted = await readFloats(`golden/${file}`);
    const picture = {
      values: Float32Array.from(await photo.data()),
      height: 64,
      width: 64,
      channels: 3,
    };
    for (const [k, percentile] of (params['percentiles'] as number[]).entries()) {
      const at = (percentile / 100) * 4095;
      const [below, above] = [rising[Math.floor(at)]!, rising[Math.ceil(at)]!];
      const limit = below + (above - below) * (at - Math.floor(at));
      const found = await imputed(
        picture,
        cells.map((cell) => (cell < limit ? 0 : 1)),
      );
      const theirs = wanted.subarray(k * found.length, (k + 1) * found.length);
      // a cell of nearly the limit may be missing in one alone; it touches no more than those around it
      const off = found.filter((value, i) => Math.abs(value - theirs[i]!) > 1e-5).length;
      expect(off / found.length, `${percentile}`).toBeLessThan(0.005);
      const score = (await (model.predict(tensor(found, [1, 64, 64, 3])) as Tensor).data())[target]!;
      expect(score).toBeCloseTo((params['probability'] as number[])[k]!, 3);
    }
    model.dispose();
  });
});
