import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath } from '../../setup/chromium';
import { projectFolder } from '../../setup/serveTestFiles';
import { layersModelFiles, type ModelFiles } from '../nsfwjsFiles';
import { playgroundForTests } from '../playgroundForTests';
import { mapPixels, settled } from '../servedPage';

// A model by its address: npm run test:playground.

describe.skipIf(chromiumPath() === undefined)('a model by its address', () => {
  const playground = playgroundForTests();
  let page: Page;
  let files: ModelFiles;
  let foreign: Server;
  let isShared = true;
  let asked: string[] = [];
  beforeAll(async () => {
    files = await layersModelFiles();
    foreign = createServer((request, response) => {
      asked.push(`${request.url} from ${request.headers.referer ?? 'nobody'}`);
      if (isShared) response.setHeader('Access-Control-Allow-Origin', '*');
      const file = files.get(request.url!.slice(1));
      if (file) response.end(file);
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => foreign.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => {
    playground.served.beside.clear();
    playground.served.allowed.clear();
    [isShared, asked] = [true, []];
  });
  afterAll(() => {
    foreign?.close();
  });

  const opened = async (hash = '') => (page = await playground.opened(hash));
  const load = async (address: string) => {
    await page.getByText('A network by its address').click();
    await page.getByLabel('Address of a model.json').fill(address);
    await page.getByRole('button', { name: 'Load' }).click();
  };
  const origin = () => `http://127.0.0.1:${(foreign.address() as AddressInfo).port}`;
  const error = async () => {
    await page.getByRole('alert').waitFor();
    return page.getByRole('alert').innerText();
  };
  /** What Chromium itself writes down of requests that went wrong, as they are meant to. */
  const forgiven = () => playground.served.complaints.splice(0);

  it('does not hand its range on to the page’s own networks, nor does a link', async () => {
    await opened('#range=-1%2C1');
    expect(await page.locator('.sentence').innerText()).toContain('(99 %)');
    const before = await mapPixels(page);
    for (const [name, file] of files) playground.served.beside.set(`mine/${name}`, file);
    await load('mine/model.json');
    await page.locator('.facts', { hasText: '/mine/model.json' }).waitFor();
    await page.getByLabel('Black and white are, for this model').selectOption('-1,1');
    await settled(page);
    expect(page.url()).toContain('range=');
    await page.getByRole('button', { name: 'Photos' }).click();
    await page.locator('.facts', { hasText: 'MobileNetV2' }).waitFor();
    await settled(page);
    expect(page.url()).not.toContain('range=');
    expect((await mapPixels(page)) === before).toBe(true);
  });

  it('is loaded from the page’s own site, and a link has it', async () => {
    await opened('#strength=100');
    const before = await mapPixels(page);
    for (const [name, file] of files) playground.served.beside.set(`mine/${name}`, file);
    await load('mine/model.json');
    await page.locator('.facts', { hasText: '/mine/model.json' }).waitFor();
    await settled(page);
    expect(await page.locator('.sentence').innerText()).toContain('“class 2” (99 %)');
    expect((await mapPixels(page)) === before).toBe(true);
    const { hash } = new URL(page.url());
    expect(new URLSearchParams(hash.slice(1)).get('model')).toBe(
      `${playground.served.address}mine/model.json`,
    );
    await page.close();
    await opened(hash);
    expect(await page.locator('.facts').innerText()).toContain('/mine/model.json');
    expect((await mapPixels(page)) === before).toBe(true);
  });

  it('is a folder of Teachable Machine, with its labels', async () => {
    await opened();
    for (const [name, file] of files) playground.served.beside.set(`mine/${name}`, file);
    playground.served.beside.set('mine/metadata.json', JSON.stringify({ labels: ['a', 'b', 'c', 'd', 'e'] }));
    await load(`${playground.served.address}mine/`);
    await page.locator('.sentence', { hasText: '“c” (99 %)' }).waitFor();
    await settled(page);
  });

  it('is Teachable Machine’s, by files and by address, with the range that its models take', async () => {
    await opened('#model=digits');
    const range = page.getByLabel('Black and white are, for this model');
    const folder = join(projectFolder, 'examples/teachable-machine/my-model');
    const names = ['model.json', 'metadata.json', 'weights.bin'];
    await page
      .locator('input[aria-label="Your model"]')
      .setInputFiles(names.map((name) => join(folder, name)));
    await page.locator('.sentence', { hasText: /“(Red|Blue)”/ }).waitFor();
    await settled(page);
    expect(await range.inputValue()).toBe('-1,1');
    await range.selectOption('0,1'); // who knows better has the last word
    await settled(page);
    await page.getByLabel('Backend').selectOption('cpu');
    await settled(page);
    expect(await range.inputValue()).toBe('0,1');

    for (const name of names) playground.served.beside.set(`mine/${name}`, readFileSync(join(folder, name)));
    await load(`${playground.served.address}mine/`);
    await page.locator('.facts', { hasText: '/mine/' }).waitFor();
    await settled(page);
    expect(await range.inputValue()).toBe('-1,1');
    expect(new URL(page.url()).hash).toContain('range=-1%2C1');
  });

  it('may be on another site, when somebody typed it; the site does not learn where from', async () => {
    await opened();
    playground.served.allowed.add(origin());
    await load(`${origin()}/model.json`);
    await page.locator('.sentence', { hasText: '“class 2” (99 %)' }).waitFor();
    await settled(page);
    expect(asked.length).toBe(files.size);
    expect(asked.every((one) => one.endsWith(' from nobody'))).toBe(true);
  });

  it('of another site is asked about, when a link wants it, before anything is sent there', async () => {
    const model = `${origin()}/model.json`;
    page = await playground.open(`#model=${encodeURIComponent(model)}`);
    await page.getByRole('heading', { name: `This link wants a network from 127.0.0.1` }).waitFor();
    await page.waitForTimeout(500);
    expect(asked).toEqual([]);
    expect(await page.locator('.map canvas.empty').count()).toBe(1);
    playground.served.allowed.add(origin());
    await page.getByRole('button', { name: 'Load it' }).click();
    await settled(page);
    expect(await page.locator('.sentence').innerText()).toContain('“class 2” (99 %)');
    await page.close();

    page = await playground.open(`#model=${encodeURIComponent(model)}`);
    await page.getByRole('button', { name: 'Take MobileNetV2 instead' }).click();
    await settled(page);
    expect(await page.locator('.sentence').innerText()).toContain('“Neutral” (99 %)');
    expect(new URL(page.url()).hash).toBe('');
  });

  it.each([
    ['model.json', 'mine', /^there is no file at http:.+\/mine\/model\.json \(404\); give the address of/],
    ['page', '<!doctype html>', /^what is at http:.+ is a web page, not a model; give the address of/],
    ['JSON', '{"a": 1}', /is JSON, but not a model of TensorFlow\.js/],
    ['weights', undefined, /^there is no file at http:.+shard.+\(404\)/],
  ])('says so in words where there is no %s', async (what, content, words) => {
    await opened();
    playground.served.beside.set('mine/other.json', content ?? files.get('model.json')!);
    await load(what === 'model.json' ? 'mine/model.json' : 'mine/other.json');
    expect(await error()).toMatch(words);
    expect(await page.locator('.map canvas.empty').count()).toBe(1);
    forgiven();
    await page.getByRole('button', { name: 'Photos' }).click();
    await settled(page);
    expect(await page.locator('.error').count()).toBe(0);
    expect(await page.locator('.sentence').innerText()).toContain('“Neutral” (99 %)');
  });

  it('says what CORS is about, where a site does not share', async () => {
    await opened();
    isShared = false;
    await load(`${origin()}/model.json`);
    expect(await error()).toMatch(
      /model\.json cannot be read: there is no network, no such host, or it does not let pages of other/,
    );
    forgiven();
  });

  it('says what an address is, where something else is typed', async () => {
    await opened();
    await load('javascript:alert(1)');
    expect(await error()).toMatch(/^That is no address/);
    expect(new URL(page.url()).hash).toBe('');
  });

  it('says so where the model is none for a page of images', async () => {
    await opened();
    const layer = { batch_input_shape: [null, 3], units: 2, name: 'd', dtype: 'float32' };
    const modelTopology = {
      class_name: 'Sequential',
      config: { name: 's', layers: [{ class_name: 'Dense', config: layer }] },
    };
    const weights = [
      { name: 'd/kernel', shape: [3, 2], dtype: 'float32' },
      { name: 'd/bias', shape: [2], dtype: 'float32' },
    ];
    playground.served.beside.set(
      'mine/model.json',
      JSON.stringify({ modelTopology, weightsManifest: [{ paths: ['w.bin'], weights }] }),
    );
    playground.served.beside.set('mine/w.bin', Buffer.alloc(32));
    await load('mine/model.json');
    expect(await error()).toBe(
      'the page shows models that take one image, [batch, height, width, 1 or 3]; this takes [any,3]',
    );
  });
});
