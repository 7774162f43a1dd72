import { memory, tensor1d, tensor2d, tensor3d, tensor4d, zeros } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { plotBars, plotSeries, plotTokens, sliceGrid } from '../../../src/image';
import { rejection } from '../../support/rejection';

/** What the elements of a kind hold of an attribute. */
const attributes = (text: string, element: string, name: string) =>
  [...text.matchAll(new RegExp(`<${element}[^>]* ${name}="([^"]*)"`, 'g'))].map(([, value]) => value);

const wrong = <T>(value: unknown) => value as T;

describe('plotSeries', () => {
  const series = tensor1d([0, 1, 0, -1]);

  it('draws a piece between each two samples, in the colour of the first one’s value', async () => {
    const svg = await plotSeries(series, tensor1d([2, -2, 0, 1]), { percentile: 100 });
    expect(attributes(svg, 'path', 'stroke')).toEqual([
      '#aaa', // the edge
      'rgb(103,0,31)', // the red end of RdBu, as the series speaks for the target
      'rgb(5,48,97)',
      'rgb(242,239,238)', // its middle
    ]);
    // three pieces between x = 48 and 632, from y = 8 for the largest sample to 136 for the least
    expect(attributes(svg, 'path', 'd').slice(1)).toEqual([
      'M48,72L242.67,8',
      'M242.67,8L437.33,72',
      'M437.33,72L632,136',
    ]);
    expect(svg).toContain('<title>A series of 4 samples; full colour is 2 of the map</title>');
  });

  it('goes by its options, and takes a batch of one with one channel', async () => {
    const plain = await plotSeries(series, tensor1d([2, -2, 0, 1]), { width: 200, height: 80, limit: 4 });
    const batch = await plotSeries(tensor3d([[[0], [1], [0], [-1]]]), tensor2d([[2, -2, 0, 1]]), {
      width: 200,
      height: 80,
      limit: 4,
    });
    expect(batch).toBe(plain);
    expect(plain).toContain('width="200" height="80"');
    const grey = await plotSeries(series, tensor1d([2, -2, 0, 1]), {
      colors: 'grey',
      signed: false,
      limit: 2,
    });
    expect(attributes(grey, 'path', 'stroke').slice(1)).toEqual([
      'rgb(255,255,255)',
      'rgb(0,0,0)',
      'rgb(0,0,0)',
    ]);
  });

  it('has numbers at its axes that differ, with room for them, and whole ones for samples', async () => {
    const svg = await plotSeries(tensor1d([1e6, 1e6 + 1, 1e6 + 0.5]), zeros([3]));
    const numbers = [...svg.matchAll(/<text x="(\d+)"[^>]*>([^<]*)</g)];
    expect(numbers.map(([, , number]) => number)).toEqual(['0', '1', '2', '1000000', '1000000.5', '1000001']);
    expect(Number(numbers[4]![1])).toBeGreaterThan(55); // what '1000000.5' takes at 11 pixels
  });

  it('draws a series that does not change, and one of a single sample', async () => {
    expect(attributes(await plotSeries(zeros([3]), zeros([3])), 'path', 'd')).toHaveLength(3);
    expect(attributes(await plotSeries(zeros([1]), zeros([1])), 'path', 'd')).toHaveLength(2);
  });

  it('refuses what does not fit, by name', async () => {
    expect(await rejection(() => plotSeries(series, zeros([3])))).toBe(
      'RangeError: plotSeries: expected map to have the 4 samples of series, got 3',
    );
    expect(await rejection(() => plotSeries(series, zeros([1, 4, 2])))).toBe(
      'RangeError: plotSeries: expected map to be [n], [1, n] or [1, n, 1], got [1, 4, 2]; sum its last axis up with ' +
        'reduceChannels(map), or take one sample',
    );
    expect(await rejection(() => plotSeries(series, tensor1d([0, NaN, 0, 0])))).toBe(
      'RangeError: plotSeries: expected map to hold finite numbers, got NaN',
    );
    expect(await rejection(() => plotSeries(series, series, wrong({ widht: 3 })))).toBe(
      'TypeError: plotSeries: no option "widht"; did you mean "width"?',
    );
    expect(await rejection(() => plotSeries(series, series, { height: 5 }))).toBe(
      'RangeError: plotSeries: expected height to be at least 60 pixels, got 5',
    );
  });
});

describe('plotBars', () => {
  const map = tensor1d([0.5, -2, 1]);

  it('has a bar for each value, the largest first, to the right where it is positive', async () => {
    const svg = await plotBars(map, { names: ['age', 'a < b', 'weight'], width: 480 });
    expect([...svg.matchAll(/<text x="160"[^>]*>([^<]*)</g)].map(([, name]) => name)).toEqual([
      'a &#60; b',
      'weight',
      'age',
    ]);
    const widths = attributes(svg, 'rect', 'width').map(Number);
    expect(widths[0]! / widths[1]!).toBeCloseTo(2, 1);
    expect(widths[1]! / widths[2]!).toBeCloseTo(2, 1);
    const zero = Number(attributes(svg, 'line', 'x1')[0]);
    const lefts = attributes(svg, 'rect', 'x').map(Number);
    expect(lefts[0]! + widths[0]!).toBe(zero);
    expect(lefts.slice(1)).toEqual([zero, zero]);
    expect(svg).toContain('<title>3 of 3 values, the largest first: a &#60; b -2, weight 1, age 0.5</title>');
  });

  it('cuts names where the room ends, and writes long numbers short', async () => {
    const names = [
      'a'.repeat(30),
      'W'.repeat(24),
      'income of a household',
      '\u{1f600}'.repeat(20),
      'zero \0 byte',
    ];
    const svg = await plotBars(tensor1d([1.23456e9, 4, -3e-6, 2, 1]), { names });
    expect([...svg.matchAll(/<text x="160"[^>]*>([^<]*)</g)].map(([, name]) => name)).toEqual([
      'a'.repeat(19) + '…',
      'W'.repeat(12) + '…',
      '\u{1f600}'.repeat(6) + '…',
      'zero \ufffd byte', // what XML has no sign for
      'income of a househ…',
    ]);
    const values = [...svg.matchAll(/fill="#555">([^<]*)</g)].map(([, value]) => value);
    expect(values).toEqual(['1.235e+9', '4', '2', '1', '-3e-6']);
  });

  it('numbers what has no name, and leaves out what is small', async () => {
    const svg = await plotBars(map, { most: 2 });
    expect(attributes(svg, 'rect', 'x')).toHaveLength(2);
    expect(svg).toContain('2 of 3 values, the largest first: 1 -2, 2 1');
  });

  it('refuses what does not fit, by name', async () => {
    expect(await rejection(() => plotBars(map, { names: ['a'] }))).toBe(
      'RangeError: plotBars: expected names to be 3, one for each value, got 1',
    );
    expect(await rejection(() => plotBars(map, wrong({ names: 'abc' })))).toBe(
      'TypeError: plotBars: expected names to be a list of texts, got a string',
    );
    expect(await rejection(() => plotBars(map, { most: 0 }))).toBe(
      'RangeError: plotBars: expected most to be a whole number above 0, got 0',
    );
  });
});

describe('plotTokens', () => {
  it('has each token with its number, as text, dark on light and light on dark', async () => {
    const html = await plotTokens(['<b>not</b>', 'good'], tensor2d([[-3, 0.12345]]));
    expect(attributes(html, 'span', 'data-value')).toEqual(['-3', '0.1235']);
    expect(attributes(html, 'span', 'title')).toEqual(['-3', '0.1235']);
    expect(html).toContain('>&#60;b&#62;not&#60;/b&#62;</span>');
    expect(html.match(/color:(#\w+)/g)).toEqual(['color:#fff', 'color:#000']);
  });

  it('refuses what does not fit, by name', async () => {
    expect(await rejection(() => plotTokens(['a'], zeros([2])))).toBe(
      'RangeError: plotTokens: expected map to have a value for each of the 1 tokens, got 2',
    );
    expect(await rejection(() => plotTokens(wrong('a b'), zeros([2])))).toBe(
      'TypeError: plotTokens: expected tokens to be a list of texts, got a string',
    );
  });
});

describe('sliceGrid', () => {
  const volume = tensor4d(
    [0, 1, 2, 3, 4].flatMap((value) => [value, -value]),
    [1, 5, 1, 2],
  );
  const reds = (data: Uint8ClampedArray) => [...data.filter((_, i) => i % 4 === 0)];

  it('shows slices by one scale, as far from each other as can be', async () => {
    const picture = await sliceGrid(volume, { slices: 3, columns: 2, gap: 1, limit: 4 });
    expect([picture.width, picture.height]).toEqual([5, 3]);
    // 0, 2 and 4, with white between and where none is
    expect(reds(picture.data)).toEqual([
      ...[128, 128, 255, 192, 64],
      ...[255, 255, 255, 255, 255],
      ...[255, 0, 255, 255, 255],
    ]);
  });

  it('shows all of a small volume in a square', async () => {
    const { width, height } = await sliceGrid(volume, { gap: 0 });
    expect([width, height]).toEqual([6, 2]);
  });

  it('refuses what does not fit, by name, and leaves no tensor behind', async () => {
    const before = memory().numTensors;
    const flat = zeros([2, 2]);
    expect(await rejection(() => sliceGrid(flat))).toBe(
      'RangeError: sliceGrid: expected map to be [depth, height, width], [1, depth, height, width] or [1, depth, ' +
        'height, width, 1], got [2, 2]',
    );
    flat.dispose();
    await sliceGrid(volume);
    expect(memory().numTensors).toBe(before);
  });
});
