import { readFileSync } from 'node:fs';
import { decode } from 'fast-png';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath } from '../setup/chromium';
import { drawnDigits } from './drawnDigits';
import { drawOn } from './drawOn';
import {
  likenesses,
  mapPixels,
  pixelsOf,
  servedPage,
  settled,
  tensorsHeld,
  type ServedPage,
} from './servedPage';
import { smallTargets, violations } from './violations';

describe.skipIf(chromiumPath() === undefined)('the playground', () => {
  let served: ServedPage;
  let page: Page;
  beforeAll(async () => {
    served = await servedPage();
    page = await served.open();
  });
  afterAll(() => served?.close());

  it('shows a photo, a map and a sentence without a click', async () => {
    await settled(page);
    const pixels = await mapPixels(page);
    expect(pixels).toHaveLength(4 * 224 * 224);
    expect(new Set(pixels).size).toBeGreaterThan(100); // no single colour
    expect(await page.locator('.sentence').innerText()).toMatch(
      /^Guided backprop: the answer “Neutral” \(99 %\) reacts most to .+\. A tenth of the pixels has \d+ %/,
    );
    expect(
      await page.getByRole('img', { name: /^The picture as the network sees it: cat/ }).isVisible(),
    ).toBe(true);
    expect(
      await page.getByRole('img', { name: /^Map over the picture\. .*the upper left \d/ }).isVisible(),
    ).toBe(true);
    expect(await page.locator('.alike').innerText()).toMatch(
      /almost the same: rank correlation (1\.00|0\.9\d)/,
    );
  });

  it('shows another map for another method, and another class of the plain gradient', async () => {
    const guided = await mapPixels(page);
    await page.getByLabel('Method').selectOption('saliency');
    await settled(page);
    const plain = await mapPixels(page);
    expect(plain === guided).toBe(false);
    await page.getByRole('radio', { name: /^Drawing/ }).check();
    await settled(page);
    expect((await mapPixels(page)) === plain).toBe(false);
    expect(await page.locator('.sentence').innerText()).toContain('“Drawing”');
  });

  it('walks a class activation map through the layers', async () => {
    await page.getByLabel('Method').selectOption('gradCam');
    await settled(page);
    const last = await mapPixels(page);
    const slider = page.getByRole('slider', { name: 'Layer', exact: true });
    expect(await slider.getAttribute('aria-valuetext')).toBe('out_relu');
    await slider.fill('40');
    await settled(page);
    expect((await mapPixels(page)) === last).toBe(false);
    expect(page.url()).toContain(`layer=${await slider.getAttribute('aria-valuetext')}`);
  });

  it('shows the photo alone where the map has no strength', async () => {
    await page.getByRole('slider', { name: 'Map over the photo' }).fill('0');
    await settled(page);
    const photo = await pixelsOf(page.locator('.stage canvas').first());
    expect((await mapPixels(page)) === photo).toBe(true);
  });

  it('opens a link with the same settings and the same picture', async () => {
    await page.getByRole('slider', { name: 'Map over the photo' }).fill('60');
    await page.getByLabel('Colours').selectOption('inferno');
    await settled(page);
    const other = await served.open(new URL(page.url()).hash);
    await settled(other);
    expect((await mapPixels(other)) === (await mapPixels(page))).toBe(true);
    expect(await other.getByLabel('Method').inputValue()).toBe('gradCam');
    expect(await other.getByLabel('Colours').inputValue()).toBe('inferno');
    expect(await other.getByRole('radio', { name: /^Drawing/ }).isChecked()).toBe(true);
    await other.close();
  });

  it('saves the pixels that it shows', async () => {
    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save PNG' }).click();
    const saved = decode(readFileSync(await (await saving).path()));
    const shown = Buffer.from(await mapPixels(page), 'latin1');
    const expected = saved.channels === 3 ? shown.filter((_, i) => i % 4 !== 3) : shown;
    expect(Buffer.from(saved.data).equals(expected)).toBe(true);
  });

  it('makes layers random: the plain gradient becomes another map, guided backprop stays', async () => {
    const slider = page.getByRole('slider', { name: 'Layers made random' });
    await slider.fill('4');
    await settled(page);
    const [plain, guided] = await likenesses(page);
    expect(Math.abs(plain!)).toBeLessThan(0.3);
    expect(guided).toBeGreaterThan(0.95);
    await slider.fill((await slider.getAttribute('max')) ?? '');
    await settled(page);
    for (const likeness of await likenesses(page)) expect(Math.abs(likeness)).toBeLessThan(0.3);
  });

  it('says in its address how many layers are random, where a link asks for more than there are', async () => {
    const other = await served.open('#model=digits&random=999');
    await settled(other);
    expect(await other.locator('.random input[type=range]').inputValue()).toBe('4');
    expect(new URL(other.url()).hash).toBe('#model=digits&random=4');
    await other.close();
  });

  it('holds no tensor more after going the same way again', async () => {
    const round = async () => {
      for (const method of ['guidedBackprop', 'gradCam']) {
        await page.getByLabel('Method').selectOption(method);
        await page
          .getByRole('slider', { name: 'Layers made random' })
          .fill(method === 'gradCam' ? '3' : '20');
        await settled(page);
      }
      await page.getByRole('button', { name: 'Drawing', exact: true }).click();
      await settled(page);
      await page.getByRole('button', { name: 'Cat' }).click();
      await settled(page);
      return tensorsHeld(page);
    };
    const once = await round();
    expect(await round()).toBe(once);
  });

  it('has nothing that axe finds wrong, light and dark', async () => {
    for (const summary of await page.locator('summary').all()) await summary.click();
    expect(await violations(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await violations(page)).toEqual([]);
  });

  it('reads a digit that is drawn by hand, beside the map of another class', async () => {
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.getByRole('button', { name: 'Digits' }).click();
    await settled(page);
    await drawOn(page, drawnDigits[1]!);
    await page.getByLabel('Compare with the map of').selectOption('4');
    await settled(page);
    expect(await page.locator('.sentence').innerText()).toContain('the answer “1”');
    expect(await page.locator('.alike').innerText()).toMatch(/^The map of “4” is .+: rank correlation -?\d/);
    expect((await pixelsOf(page.locator('.second canvas'))) === (await mapPixels(page))).toBe(false);
  });

  it('fits a phone: no sideways scrolling, and targets of 44 pixels', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(360);
    expect(await smallTargets(page)).toEqual([]);
  });

  it('had no error, and asked no other host for anything', () => {
    expect(served.complaints).toEqual([]);
  });
});
