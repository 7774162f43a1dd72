import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Page } from 'playwright';
import { beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath } from '../../setup/chromium';
import { projectFolder } from '../../setup/serveTestFiles';
import { asUploads, graphModelFiles } from '../nsfwjsFiles';
import { playgroundForTests } from '../playgroundForTests';
import { fileInput, mapPixels, pixelsOf, settled } from '../servedPage';

// What a user takes along: code that runs, and a report: npm run test:playground.

describe.skipIf(chromiumPath() === undefined)('what is taken along', () => {
  const playground = playgroundForTests();
  let page: Page;
  beforeAll(() => {
    const wasm = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json');
    for (const kind of ['', '-simd', '-threaded-simd']) {
      const name = `tfjs-backend-wasm${kind}.wasm`;
      playground.served.beside.set(`/wasm/${name}`, readFileSync(join(wasm, `../dist/${name}`)));
    }
    playground.served.beside.set('cat.png', readFileSync(join(projectFolder, 'examples/chelsea.png')));
  });

  const opened = async (hash = '', options = {}) => (page = await playground.opened(hash, options));

  const copiedCode = async () => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: 'Copy code' }).click();
    await page.getByText('Code copied.').waitFor();
    return page.evaluate(() => navigator.clipboard.readText());
  };

  /** The canvas that the code draws on, in a page with an image and nothing else. */
  const drawnBy = async (code: string, image: string): Promise<string> => {
    const part = (name: string) => [
      `guided-saliency${name && `/${name}`}`,
      join(projectFolder, 'src', name, 'index.ts'),
    ];
    const { outputFiles } = await build({
      stdin: { contents: `${code}\ndocument.title = 'done';`, resolveDir: projectFolder },
      alias: Object.fromEntries(['image', 'relevance', 'metrics', ''].map(part)) as Record<string, string>,
      bundle: true,
      format: 'esm',
      target: 'es2022',
      write: false,
      logLevel: 'error',
    });
    playground.served.beside.set('code.js', outputFiles[0]!.text);
    playground.served.beside.set(
      'code.html',
      `<!doctype html><link rel="icon" href="data:,"><img src="${image}"><canvas></canvas>
       <script type="module">await document.images[0].decode(); await import('./code.js');</script>`,
    );
    await page.goto(`${playground.served.address}code.html`);
    await page.waitForFunction(() => document.title === 'done', undefined, { timeout: 120_000 });
    return pixelsOf(page.locator('canvas'));
  };
  const distance = (one: string, other: string) => {
    const [a, b] = [one, other].map((bytes) => Buffer.from(bytes, 'latin1'));
    expect(a!.length).toBe(b!.length);
    return a!.reduce((sum, byte, i) => sum + Math.abs(byte - b![i]!), 0) / a!.length;
  };

  it.each([
    ['guidedBackprop', '#colors=inferno&strength=60&target=1'],
    ['gradCam', '#method=gradCam&layer=block_13_expand_relu'],
    ['occlusion', '#method=occlusion'],
    ['layerwiseRelevance', '#method=layerwiseRelevance'],
  ])('is code for %s, which draws the same map of a LayersModel', async (method, hash) => {
    await opened(hash);
    const shown = await mapPixels(page);
    const code = await copiedCode();
    expect(code).toContain(`${method}(model, x, {`);
    expect(distance(await drawnBy(code, 'cat.png'), shown)).toBeLessThan(0.1);
  });

  it('is code for a GraphModel, which draws the same map', async () => {
    await opened();
    const files = await graphModelFiles();
    await fileInput(page, 'Your model').setInputFiles(asUploads(files));
    await page.locator('.facts', { hasText: 'model.json' }).waitFor();
    await settled(page);
    const shown = await mapPixels(page);
    const code = await copiedCode();
    expect(code).toContain("import { loadGraphModel } from '@tensorflow/tfjs-converter';");
    for (const [name, file] of files) playground.served.beside.set(name, file);
    expect(distance(await drawnBy(code, 'cat.png'), shown)).toBeLessThan(0.1);
  });

  it.each(['guidedBackprop&backend=cpu', 'rise', 'expectedGradients', 'blurIntegratedGradients', 'scoreCam'])(
    'is code for the digits network, which draws the same map by %s',
    async (method) => {
      await opened(`#model=digits&digit=2&method=${method}`);
      const shown = await mapPixels(page);
      const code = await copiedCode();
      const small = await drawnBy(code, 'digits/2.png');
      // the page shows each pixel as a square of eight
      const squares = Array.from({ length: 4 * 224 * 224 }, (_, i) => {
        const [row, column] = [Math.floor(i / 4 / 224), Math.floor(i / 4) % 224];
        return small[4 * (28 * Math.floor(row / 8) + Math.floor(column / 8)) + (i % 4)];
      });
      expect(distance(squares.join(''), shown)).toBeLessThan(0.1);
    },
  );

  const savedReport = async (): Promise<string> => {
    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save report' }).click();
    const download = await saving;
    expect(download.suggestedFilename()).toMatch(/^\w+-\d+\.html$/);
    return readFileSync(await download.path(), 'utf8');
  };
  /** The pixels of each picture in a report, opened by itself. */
  const pictures = async (html: string): Promise<string[]> => {
    await page.setContent(html, { waitUntil: 'load' });
    return page.evaluate(async () =>
      Promise.all(
        Array.from(document.images, async (image) => {
          await image.decode();
          const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
          const context = canvas.getContext('2d')!;
          context.drawImage(image, 0, 0);
          const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
          return Array.from(data, (byte) => String.fromCharCode(byte)).join('');
        }),
      ),
    );
  };

  it('is a report with the map’s own pixels, and nothing of the photo', async () => {
    await opened('#strength=100');
    const alone = await mapPixels(page);
    await page.getByRole('slider', { name: 'Map over the photo' }).fill('40');
    await settled(page);
    const html = await savedReport();
    expect(html).toContain('Not in it: the photo, and its name; the map may show its outlines.');
    expect(html).toContain('&quot;method&quot;: &quot;guidedBackprop&quot;'); // the record
    expect(html).toMatch(/Network<\/th><td>MobileNetV2 from nsfwjs: LayersModel, 224 × 224/);
    expect(html).toMatch(/Like the map of “Porn”<\/th><td>\d\.\d\d, almost the same/);
    expect(html).not.toMatch(/<script|src="http|url\(/);
    expect(html.match(/href="([^"]*)"/)?.[1]).toBe(`${playground.served.address}#strength=40`);
    const [map, ...others] = await pictures(html);
    expect(others).toEqual([]);
    expect(map === alone).toBe(true);
  });

  it('is a report with the photo where the user says so, both classes, and the checks', async () => {
    await opened('#model=digits&digit=3&second=3&strength=100&random=2');
    await page.getByRole('button', { name: /^Check this map/ }).click();
    await page.locator('.check dl').waitFor();
    await settled(page);
    const said = await page.locator('.check p').first().innerText();
    const photo = await pixelsOf(page.locator('.photo canvas'));
    const [one, other] = [await mapPixels(page), await pixelsOf(page.locator('.second canvas'))];
    await page.getByLabel('Put the photo into the report, too').check();
    const html = await savedReport();
    expect(html).toContain(said);
    expect(html).toMatch(/Like the edges in the picture<\/th><td>-?\d\.\d\d/);
    expect(html.match(/Like itself, random down to/g)).toHaveLength(4);
    expect(html).toMatch(/Plain gradient with 2 of 4 layers random, like before<\/th><td>-?\d\.\d\d/);
    const found = await pictures(html);
    expect(found.map((pixels, i) => pixels === [photo, one, other][i])).toEqual([true, true, true]);
  });

  it('is a report that does not name the photo, nor link to what it cannot show', async () => {
    await opened();
    const buffer = readFileSync(join(projectFolder, 'examples/chelsea.png'));
    await fileInput(page, 'Your photo').setInputFiles({ name: 'grandma.png', mimeType: 'image/png', buffer });
    await page.locator('.photo canvas[aria-label*="grandma"]').waitFor();
    await settled(page);
    const html = await savedReport();
    expect(html).not.toContain('grandma');
    expect(html).not.toContain('href=');
  });
});
