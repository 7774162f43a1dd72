import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CascadingResult } from '../../examples/published/cascading';
import { cascadingFigure, cascadingTables } from '../../examples/published/cascadingReport';
import type { CosineResult } from '../../examples/published/cosine';
import { cosineFigure, cosineTables } from '../../examples/published/cosineReport';
import { deviationOf, inTable, meanOf } from '../../examples/published/means';
import { addResult, readResults } from '../../examples/published/results';

const alike = (value: number) => ({ spearman: value, spearmanAbsolute: 0.5, ssim: 0.25, hog: null });

/** Two photos of four layers; the second is less alike by .2. */
const cascading: CascadingResult = {
  network: 'mobilenet_v2',
  method: 'guided',
  seed: 0,
  steps: 2,
  passes: 1,
  backend: 'wasm',
  photos: ['chelsea', 'coffee'],
  classes: [1, 2],
  layers: 4,
  random: [2, 4],
  samples: [0.9, 0.7].map((value) => ({
    curves: { spearman: [value, -0.1], spearmanAbsolute: [0.6, 0.2], ssim: [0.5, 0], hog: [null, null] },
    random: alike(0),
    edges: alike(0.3),
  })),
};

describe('the report on cascading randomisation', () => {
  it('has the means over photos, signed and absolute beside each other, edges and a random map', () => {
    const tables = cascadingTables([cascading]);
    expect(tables).toContain('| guided | 0.80 | 0.60 | −0.10 | 0.20 | 0.30 | 0.50 | 0.00 | 0.50 | 2 × 1 |');
    expect(tables).toContain('| guided | 0.50 | – | 0.00 | – | 0.25 | – | 0.25 | – | 2 × 1 |');
    expect(tables).toContain('is at most 0.14.'); // √(2 · .1²)
  });

  it('says of what was not measured that it was not', () => {
    const figure = cascadingFigure([cascading], ['spearman', 'spearmanAbsolute'], 'a title');
    expect(figure.match(/not measured/g)).toHaveLength(6);
    expect(figure).toContain('<title>a title</title>');
  });
});

describe('the report on cosine convergence', () => {
  const of = (median: number) => ({ median, mean: median, medianAbsolute: 2 * median });
  const cosine: CosineResult = {
    network: 'tiny_vgg',
    method: 'guided',
    photo: 'chelsea',
    seed: 0,
    start: 'top',
    layers: ['c', 'b', 'a'],
    cosines: [of(0.1), of(0.2), of(0.3)],
    input: of(0.4),
  };

  it('has the medians half way, at the first layer and at the input', () => {
    const other = { ...cosine, photo: 'coffee', input: of(0.2) };
    expect(cosineTables([cosine, other])).toContain(
      '| guided | 0.40 | 0.20 | 0.60 | 0.30 | 0.60 | 0.30 | 2 |',
    );
    expect(cosineFigure([cosine])).toContain('median of |cos|');
  });
});

describe('results', () => {
  it('come back as they were written, to four digits', () => {
    const folder = mkdtempSync(join(tmpdir(), 'published-'));
    try {
      const path = join(folder, 'deeper', 'results.jsonl');
      expect(readResults(path)).toEqual([]);
      addResult(path, { name: 'a', values: [1 / 3, null] });
      addResult(path, { name: 'b', values: [] });
      expect(readResults(path)).toEqual([
        { name: 'a', values: [0.3333, null] },
        { name: 'b', values: [] },
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('have means of what is there', () => {
    expect([meanOf([1, null, 3]), meanOf([undefined]), deviationOf([1, 3]), deviationOf([1])]).toEqual([
      2,
      null,
      Math.SQRT2,
      0,
    ]);
    expect([null, -0.004, -0.126, 1].map(inTable)).toEqual(['–', '0.00', '−0.13', '1.00']);
  });
});
