import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { captionedGrid, type Pixels } from '../../../src/image';

function plain(width: number, height: number, color: readonly [number, number, number]): Pixels {
  const data = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let i = 0; i < width * height; i++) data.set(color, 4 * i);
  return { width, height, data };
}

const red = plain(120, 40, [255, 0, 0]);
const blue = plain(80, 30, [0, 0, 255]);

/** What the elements of a kind hold of some attributes, one row an element. */
const rows = (svg: string, element: string, names: readonly string[]) =>
  [...svg.matchAll(new RegExp(`<${element} [^>]*>`, 'g'))].map(([tag]) =>
    names.map((name) => Number(new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1])),
  );
const texts = (svg: string) => [...svg.matchAll(/<text [^>]*>([^<]*)</g)].map(([, text]) => text);
const wrong = <T>(value: unknown) => value as T;

describe('captionedGrid', () => {
  it('puts pictures of one row beside each other, each with its caption below', () => {
    const svg = captionedGrid([
      { picture: red, caption: 'photo' },
      { picture: blue, caption: 'map' },
    ]);
    // cells of 120 x 40 with a gap of 4, a line of 17 for the caption and 8 below it
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="244" height="65" /);
    expect(rows(svg, 'image', ['x', 'y', 'width', 'height'])).toEqual([
      [0, 0, 120, 40],
      [124, 0, 80, 30],
    ]);
    expect(rows(svg, 'text', ['x', 'y'])).toEqual([
      [0, 53],
      [124, 43],
    ]);
    expect(texts(svg)).toEqual(['photo', 'map']);
  });

  it('has the pixels themselves in it', () => {
    const svg = captionedGrid([{ picture: blue, caption: '' }]);
    const [, base64 = ''] = /href="data:image\/png;base64,([^"]+)"/.exec(svg) ?? [];
    const { width, height, data } = decode(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)));
    expect([width, height]).toEqual([80, 30]);
    expect([...data].every((value, i) => value === [0, 0, 255][i % 3])).toBe(true);
  });

  it('takes a large picture, and one that can be seen through', () => {
    const large = plain(600, 300, [1, 2, 3]);
    for (let i = 0; i < large.data.length; i++) large.data[i] = (i * 7919) % 251; // which does not pack well
    const [, base64 = ''] = /base64,([^"]+)"/.exec(captionedGrid([{ picture: large, caption: '' }])) ?? [];
    const { channels, data } = decode(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)));
    expect(channels).toBe(4);
    expect(data).toEqual(new Uint8Array(large.data));
  });

  it('begins another row after `columns`, and a line of a caption at each line break', () => {
    const cells = ['one', 'two\nlines', 'three'].map((caption) => ({ picture: red, caption }));
    const svg = captionedGrid(cells, { columns: 2, gap: 10 });
    expect(svg).toContain('width="250" height="174"'); // rows of 40 + 2 * 17 + 8, a gap between
    expect(rows(svg, 'image', ['x', 'y'])).toEqual([
      [0, 0],
      [130, 0],
      [0, 92],
    ]);
    expect(texts(svg)).toEqual(['one', 'two', 'lines', 'three']);
    expect(rows(svg, 'text', ['y'])).toEqual([[53], [53], [70], [145]]);
  });

  it('stands in a square where `columns` is left out', () => {
    const svg = captionedGrid(Array.from({ length: 7 }, () => ({ picture: red, caption: '' })));
    expect(svg).toContain('width="368"'); // three
  });

  it('makes a cell as wide as a long caption', () => {
    const svg = captionedGrid([
      { picture: plain(10, 10, [0, 0, 0]), caption: 'guidedIntegratedGradients' },
      { picture: red, caption: '' },
    ]);
    const second = rows(svg, 'image', ['x'])[1]![0];
    expect(second).toBeGreaterThan(13 * 0.5 * 25); // at half of its size a letter
  });

  it('takes nothing in a caption for a sign of its own', () => {
    const svg = captionedGrid([{ picture: red, caption: '<b>"a" & b</b>' }]);
    expect(texts(svg)).toEqual(['&#60;b&#62;&#34;a&#34; &#38; b&#60;/b&#62;']);
    expect(svg).toContain('<title>&#60;b&#62;&#34;a&#34; &#38; b&#60;/b&#62;</title>');
  });

  it('has the captions as its title', () => {
    const cells = ['photo', 'a map\n2 passes'].map((caption) => ({ picture: red, caption }));
    expect(captionedGrid(cells)).toContain('role="img"');
    expect(captionedGrid(cells)).toContain('<title>photo; a map, 2 passes</title>');
  });

  it('refuses what does not fit, by name', () => {
    const cell = { picture: red, caption: 'a' };
    const message = (body: () => unknown) => {
      try {
        body();
      } catch (error) {
        return String(error);
      }
      return 'nothing';
    };
    expect(message(() => captionedGrid([]))).toBe(
      'RangeError: captionedGrid: expected cells to be at least one, got none',
    );
    expect(message(() => captionedGrid(wrong(cell)))).toBe(
      'TypeError: captionedGrid: expected cells to be a list of { picture, caption }, got an object of class Object',
    );
    expect(message(() => captionedGrid(wrong([red])))).toBe(
      'TypeError: captionedGrid: expected cells[0].picture to be pixels, { width, height, data }, got undefined',
    );
    expect(message(() => captionedGrid(wrong([cell, { picture: red }])))).toBe(
      'TypeError: captionedGrid: expected cells[1].caption to be a text, got undefined',
    );
    expect(message(() => captionedGrid([cell], { columns: 0 }))).toBe(
      'RangeError: captionedGrid: expected columns to be a whole number above 0, got 0',
    );
    expect(message(() => captionedGrid([cell], { gap: -1 }))).toBe(
      'RangeError: captionedGrid: expected gap to be a whole number of pixels, got -1',
    );
    expect(message(() => captionedGrid([cell], wrong({ column: 1 })))).toBe(
      'TypeError: captionedGrid: no option "column"; did you mean "columns"?',
    );
    expect(message(() => captionedGrid([{ picture: plain(0, 3, [0, 0, 0]), caption: '' }]))).toBe(
      'RangeError: captionedGrid: expected cells[0].picture to hold a pixel, got none',
    );
  });

  it.skipIf(typeof document === 'undefined')(
    'is drawn by a browser: pictures, and captions below',
    async () => {
      const long = 'guidedIntegratedGradients, 200 passes: WWWWWWWWWW';
      const svg = captionedGrid([
        { picture: red, caption: long },
        { picture: blue, caption: 'map' },
      ]);
      const image = new Image();
      image.src = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
      await image.decode();
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [image.width, image.height];
      const pen = canvas.getContext('2d')!;
      pen.drawImage(image, 0, 0);
      const second = rows(svg, 'image', ['x'])[1]![0]!;
      expect([...pen.getImageData(5, 5, 1, 1).data]).toEqual([255, 0, 0, 255]);
      expect([...pen.getImageData(second + 5, 5, 1, 1).data]).toEqual([0, 0, 255, 255]);

      /** How many pixels of a part below a picture are dark. */
      const ink = (left: number, top: number, width: number) =>
        pen
          .getImageData(left, top, width, image.height - top)
          .data.filter((value, i) => i % 4 === 0 && value < 200).length;
      expect(ink(0, 40, second - 4)).toBeGreaterThan(300);
      expect(ink(second - 4, 0, 4)).toBe(0); // the caption ends in its own cell
      expect(ink(second, 30, 60)).toBeGreaterThan(40);
    },
  );
});
