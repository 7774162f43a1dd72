import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { chromiumPath } from '../../setup/chromium';
import { projectFolder } from '../../setup/serveTestFiles';
import { drawnDigits } from '../drawnDigits';
import { drawOn, PAD } from '../drawOn';
import { playgroundForTests } from '../playgroundForTests';
import { mapPixels, settled } from '../servedPage';
import { smallTargets, violations } from '../violations';

// A digit, drawn by hand: npm run test:playground.

describe.skipIf(chromiumPath() === undefined)('a digit on the playground', () => {
  const playground = playgroundForTests();
  let page: Page;

  const opened = async (hash = '#model=digits', options = {}) =>
    (page = await playground.opened(hash, options));
  const sentence = () => page.locator('.sentence').innerText();

  it('is a sample before anybody draws, by a button, and the link has it', async () => {
    await opened('');
    await page.getByRole('button', { name: 'Digits' }).click();
    await settled(page);
    expect(await sentence()).toMatch(/the answer “7” \((100|9\d) %\)/);
    await page.getByRole('button', { name: 'A handwritten 4' }).click();
    await settled(page);
    expect(await sentence()).toMatch(/the answer “4”/);
    expect(new URL(page.url()).hash).toBe('#model=digits&digit=4');
    await page.getByRole('button', { name: 'Photos' }).click();
    await settled(page);
    expect(await sentence()).toMatch(/the answer “Neutral”/);
  });

  it.each([0, 1, 2, 4, 7])('is read as %d when one is drawn with the mouse', async (digit) => {
    await opened();
    await drawOn(page, drawnDigits[digit]!);
    await settled(page);
    expect(await sentence()).toContain(`the answer “${digit}”`);
    const map = await mapPixels(page);
    expect(map).toHaveLength(4 * 224 * 224);
    expect(new Set(map).size).toBeGreaterThan(50);
    expect(page.url()).not.toContain('stroke'); // no link has a drawing
    await page.getByRole('button', { name: 'Clear' }).click();
    await settled(page);
    expect(await sentence()).toContain('the answer “7”'); // the sample again
  });

  it('is read while it is drawn', async () => {
    await opened();
    const before = await mapPixels(page);
    const { x, y, width, height } = (await page.locator(PAD).boundingBox())!;
    await page.mouse.move(x + 0.5 * width, y + 0.2 * height);
    await page.mouse.down();
    await page.mouse.move(x + 0.5 * width, y + 0.8 * height, { steps: 10 });
    await page.waitForTimeout(200);
    await settled(page);
    expect(await sentence()).toContain('the answer “1”'); // the pen is still down
    expect((await mapPixels(page)) === before).toBe(false);
    await page.mouse.up();
  });

  it('is drawn with a finger, and the page does not scroll under it', async () => {
    await opened('#model=digits', { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    await page.locator(PAD).scrollIntoViewIfNeeded();
    const { x, y, width, height } = (await page.locator(PAD).boundingBox())!;
    const scrolled = await page.evaluate(() => scrollY);
    const client = await page.context().newCDPSession(page);
    const at = (right: number, down: number) => [{ x: x + width * right, y: y + height * down }];
    const [first, ...rest] = drawnDigits[7]![0]!;
    await client.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at(...first!) });
    for (const point of rest)
      await client.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: at(...point) });
    await client.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await page.locator('button:enabled', { hasText: 'Undo' }).waitFor();
    await settled(page);
    expect(await page.locator('.photo canvas').getAttribute('aria-label')).toContain('your drawing');
    expect(await sentence()).toContain('the answer “7”');
    expect(await page.evaluate(() => scrollY)).toBe(scrolled);
  });

  it('is drawn with the keyboard alone', async () => {
    await opened();
    for (let i = 0; i < 40; i++) {
      if (await page.locator(PAD).evaluate((pad) => pad === document.activeElement)) break;
      await page.keyboard.press('Tab');
    }
    for (let i = 0; i < 8; i++) await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Space');
    for (let i = 0; i < 5; i++) await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Space');
    await settled(page);
    expect(await sentence()).toContain('the answer “1”');
    await page.keyboard.press('Backspace');
    await settled(page);
    expect(await sentence()).toContain('the answer “7”'); // the sample
  });

  it('has a second map beside the first, in the same scale', async () => {
    await opened('#model=digits&digit=3&second=3&strength=100&method=inputXGradient');
    const [first, second] = [await mapPixels(page), page.locator('.second canvas')];
    expect(await second.count()).toBe(1);
    expect(await page.locator('.alike').innerText()).toMatch(
      /^The map of “3” is (opposite|not alike|a little alike|alike|very alike): rank correlation -?\d\.\d\d/,
    );
    // the map of 3 as the only one has a scale of its own
    await page.getByRole('radio', { name: /^3/ }).check();
    await settled(page);
    expect(await second.count()).toBe(0); // a class is not compared with itself
    expect((await mapPixels(page)) === first).toBe(false);
  });

  it('has nothing that axe finds wrong, light and dark, and fits a phone', async () => {
    await opened('#model=digits&second=1');
    await page.getByText('A network by its address').click();
    await page.getByRole('button', { name: 'Digits', pressed: true }).hover();
    expect(await violations(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await violations(page)).toEqual([]);
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    expect(await smallTargets(page)).toEqual([]);
  });

  it('is read without a network, though it was not asked for before', async () => {
    await opened('');
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    await page.context().setOffline(true);
    await page.getByRole('button', { name: 'Digits' }).click();
    await settled(page);
    await drawOn(page, drawnDigits[0]!);
    await settled(page);
    expect(await sentence()).toContain('the answer “0”');
  });

  it('shows which button is on where the system has colours of its own', async () => {
    await opened('#model=digits');
    await page.emulateMedia({ forcedColors: 'active' });
    const groundOf = (name: string) =>
      page.getByRole('button', { name }).evaluate((button) => getComputedStyle(button).backgroundColor);
    expect(await groundOf('Digits')).not.toBe(await groundOf('Photos'));
    expect(await groundOf('A handwritten 7')).not.toBe(await groundOf('A handwritten 8'));
    expect(await violations(page)).toEqual([]);
  });

  it('fits a phone however long the name of a class is', async () => {
    await opened('#model=digits');
    await page.setViewportSize({ width: 360, height: 740 });
    const folder = join(projectFolder, 'examples/digits/model');
    const named = ['model.json', 'weights.bin'].map((name) => ({
      name,
      mimeType: 'application/octet-stream',
      buffer: readFileSync(join(folder, name)),
    }));
    const names = Array.from({ length: 10 }, (_, i) => `n0212304${i}_tabby_cat_${'tiger_cat_'.repeat(6)}`);
    const labels = { name: 'labels.txt', mimeType: 'text/plain', buffer: Buffer.from(names.join('\n')) };
    await page.locator('input[aria-label="Your model"]').setInputFiles([...named, labels]);
    await page.locator('.sentence', { hasText: 'tabby_cat' }).waitFor();
    await settled(page);
    await page.getByLabel('Compare with the map of').selectOption({ index: 1 });
    await page.locator('.second').waitFor();
    await settled(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  });

  it('says of the map that is there what it was made of, whatever a link wants in its place', async () => {
    await opened('#model=digits');
    const listed = () => page.locator('.classes .class').last().innerText();
    await page.evaluate(() => (location.hash = '#model=digits&target=999'));
    await page.getByText('there is no class 999').waitFor();
    expect(await listed()).toMatch(/^class 999\s+…$/);
    expect(await sentence()).toContain('the answer “7”');

    await page.evaluate(
      () => (location.hash = `#model=${encodeURIComponent('https://example.org/model.json')}`),
    );
    await page.getByRole('heading', { name: 'This link wants a network from example.org' }).waitFor();
    expect(await page.locator('.facts').innerText()).toMatch(/ ms on wasm, the digits network$/);
    const photo = page.getByRole('img', { name: 'The picture as the network sees it: a handwritten 7.' });
    expect(await photo.count()).toBe(1);
  });

  it('leaves no tensor behind, however long one draws', async () => {
    await opened();
    const held = () => page.locator('.tensors').getAttribute('data-tensors');
    await drawOn(page, drawnDigits[8]!);
    await settled(page);
    const once = await held();
    for (const digit of [5, 8]) {
      await page.getByRole('button', { name: 'Clear' }).click();
      await drawOn(page, drawnDigits[digit]!);
      await settled(page);
    }
    expect(await held()).toBe(once);
  });
});
