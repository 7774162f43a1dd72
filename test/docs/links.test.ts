import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { brokenLinks, brokenMarkdownLinks } from './links';

const folder = mkdtempSync(join(tmpdir(), 'links-'));
mkdirSync(join(folder, 'docs'));
const write = (path: string, lines: string[]) => writeFileSync(join(folder, path), lines.join('\n'));
const own = 'https://github.com/guided-saliency/guided-saliency/blob/main';

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the check of links', () => {
  it('finds what a Markdown page links and is not there', () => {
    write('docs/page.md', ['## A `place`: here', '[up](../README.md)', '`[no](link.md)`']);
    write('README.md', [
      '[a](docs/page.md) [b](docs/page.md#a-place-here) [c](https://example.com/none) [d](docs)',
      '[e](docs/page.md#nowhere) [f](docs/none.md) ![g](none.png)',
      `[h](${own}/docs/page.md) [i](${own}/none.md)`,
      '[j]: none.jpg',
    ]);
    expect(brokenMarkdownLinks(folder, ['README.md', 'docs/page.md'])).toEqual([
      'README.md: docs/page.md#nowhere',
      'README.md: docs/none.md',
      'README.md: none.png',
      `README.md: ${own}/none.md`,
      'README.md: none.jpg',
    ]);
  });

  it('finds what a built page links and is not there', () => {
    write('docs/b.html', ['<p id="here"><img src="../none.png"></p>']);
    write('a.html', [
      '<a id="top" href="docs/b.html#here"></a><a href="#top"></a><a href="https://example.com/none"></a>',
      '<a href="docs/b.html#nowhere"></a><a href="#nowhere"></a><a href="docs"></a>',
    ]);
    expect(brokenLinks(folder, ['a.html', 'docs/b.html'])).toEqual([
      'a.html: docs/b.html#nowhere',
      'a.html: #nowhere',
      'a.html: docs',
      'docs/b.html: ../none.png',
    ]);
  });
});
