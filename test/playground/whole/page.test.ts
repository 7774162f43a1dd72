import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync, strToU8 } from 'fflate';
import jpeg from 'jpeg-js';
import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { chromiumPath } from '../../setup/chromium';
import { projectFolder } from '../../setup/serveTestFiles';
import { drawnDigits } from '../drawnDigits';
import { drawOn } from '../drawOn';
import { asUploads, graphModelFiles, layersModelFiles } from '../nsfwjsFiles';
import { playgroundForTests } from '../playgroundForTests';
import {
  fileInput,
  likenesses,
  mapPixels,
  pixelsOf,
  settled,
  tensorsHeld,
  texturesHeld,
} from '../servedPage';

// What a user may do on the page and the gate has no time for: npm run test:playground.

describe.skipIf(chromiumPath() === undefined)('the playground, all of it', () => {
  const playground = playgroundForTests();
  let page: Page;

  const opened = async (hash = '') => (page = await playground.opened(hash));
  const facts = () => page.locator('.facts').innerText();
  const errors = () => page.locator('.error').allInnerTexts();
  const copied = async (what: 'Link' | 'Code'): Promise<string> => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: `Copy ${what.toLowerCase()}` }).click();
    await page.getByText(`${what} copied.`).waitFor();
    return page.evaluate(() => navigator.clipboard.readText());
  };

  it.each(['cpu', 'webgl', 'webgpu'])('gives the same map on %s as on wasm', async (backend) => {
    await opened('#strength=100');
    const before = await mapPixels(page);
    await page.getByLabel('Backend').selectOption(backend);
    await settled(page);
    expect(await errors()).toEqual([]);
    expect(await facts()).toContain(`on ${backend}`);
    const after = await mapPixels(page);
    // a few rectifiers fall the other way
    const [one, other] = [before, after].map((bytes) => Buffer.from(bytes, 'latin1'));
    const distance = one!.reduce((sum, byte, i) => sum + Math.abs(byte - other![i]!), 0) / one!.length;
    expect(distance).toBeLessThan(0.1); // of 255
  });

  it('has no task above 200 ms on the main thread, from the start on', async () => {
    const watch = () => {
      const long: number[] = [];
      Object.assign(window, { long });
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) long.push(duration);
      }).observe({ type: 'longtask', buffered: true });
    };
    page = await playground.open('', {}, watch);
    await settled(page);
    for (const method of ['gradCam', 'integratedGradients', 'deconvnet']) {
      await page.getByLabel('Method').selectOption(method);
      await settled(page);
    }
    await page.getByRole('slider', { name: 'Layers made random' }).fill('20');
    await page.getByLabel('Compare with the map of').selectOption('1');
    await settled(page);
    await page.getByRole('button', { name: 'Digits' }).click();
    await settled(page);
    await drawOn(page, drawnDigits[8]!);
    await settled(page);
    const long = await page.evaluate(() => (window as unknown as { long: number[] }).long);
    expect(long.filter((duration) => duration > 200)).toEqual([]);
  });

  it('shows how far a long method is, and stops it', async () => {
    await opened();
    const before = await mapPixels(page);
    const held = await tensorsHeld(page);
    await page.getByLabel('Method').selectOption('smoothGrad');
    const bar = page.getByRole('progressbar', { name: 'Passes done' });
    await bar.waitFor();
    expect(Number(await bar.getAttribute('value'))).toBeGreaterThan(0);
    expect(await copied('Link')).not.toContain('smoothGrad'); // what is taken along is what is there to see
    await page.getByRole('button', { name: 'Stop' }).click();
    await settled(page);
    expect(await errors()).toEqual(['Stopped. The map is the one before.']);
    expect((await mapPixels(page)) === before).toBe(true);
    expect(await copied('Link')).not.toContain('smoothGrad');
    expect(await copied('Code')).toContain('guidedBackprop(model, x');
    await page.getByLabel('Colours').selectOption('inferno'); // of the map before, which it still is
    await settled(page);
    expect(await copied('Link')).toMatch(/^(?!.*smoothGrad).*colors=inferno/);
    await page.getByLabel('Method').selectOption('guidedBackprop');
    await settled(page);
    expect(await errors()).toEqual([]);
    expect(await tensorsHeld(page)).toBeLessThanOrEqual(held + 200); // the program of the plain gradient
  });

  it('goes on with what was asked last, though a long method runs', async () => {
    await opened('#method=smoothGrad');
    await page.getByLabel('Method').selectOption('integratedGradients');
    await page.getByRole('progressbar').waitFor();
    await page.getByLabel('Method').selectOption('saliency');
    await settled(page);
    expect(await page.locator('.sentence').innerText()).toMatch(/^Plain gradient/);
    expect(await errors()).toEqual([]);
  });

  it('turns a photo as the camera notes it', async () => {
    await opened();
    // upright it is red above and blue below; the file has it on its side
    const [width, height] = [64, 64];
    const data = Buffer.alloc(4 * width * height, 255);
    for (let i = 0; i < width * height; i++)
      data.set(i % width < width / 2 ? [255, 0, 0] : [0, 0, 255], 4 * i);
    const plain = jpeg.encode({ width, height, data }, 95).data;
    const app1 = Buffer.from(
      'ffe1002245786966000049492a0008000000010012010300010000000600000000000000',
      'hex',
    );
    const turned = Buffer.concat([plain.subarray(0, 2), app1, plain.subarray(2)]);
    await fileInput(page, 'Your photo').setInputFiles({
      name: 'turned.jpg',
      mimeType: 'image/jpeg',
      buffer: turned,
    });
    await settled(page);
    const photo = await pixelsOf(page.locator('.stage canvas').first());
    const colorAt = (row: number) => [0, 1, 2].map((i) => photo.charCodeAt(4 * (224 * row + 112) + i) > 128);
    expect(colorAt(20)).toEqual([true, false, false]);
    expect(colorAt(200)).toEqual([false, false, true]);
    expect(page.url()).not.toContain('turned');
  });

  it('takes a photo of 12 megapixels, and makes it smaller first', async () => {
    await opened();
    const [width, height] = [4000, 3000];
    const data = Buffer.alloc(4 * width * height, 255);
    data.fill(0, data.length / 2); // white above, black below
    const { data: buffer } = jpeg.encode({ width, height, data }, 50);
    await fileInput(page, 'Your photo').setInputFiles({ name: 'large.jpg', mimeType: 'image/jpeg', buffer });
    await page.locator('.photo canvas[aria-label*="large.jpg"]').waitFor();
    await settled(page);
    expect(await errors()).toEqual([]);
    const photo = await pixelsOf(page.locator('.photo canvas'));
    const redAt = (row: number) => photo.charCodeAt(4 * (224 * row + 112));
    expect(redAt(10)).toBeGreaterThan(240);
    expect(redAt(213)).toBeLessThan(15);
  });

  it('is announced when a map is done, and moves nothing where motion is unwelcome', async () => {
    await opened();
    const live = page.locator('.sentence');
    expect(await live.getAttribute('aria-live')).toBe('polite');
    await page.emulateMedia({ reducedMotion: 'reduce' });
    const moving = await page.evaluate(() =>
      Array.from(document.querySelectorAll('*')).filter((element) => {
        const { transitionDuration, animationName } = getComputedStyle(element);
        return animationName !== 'none' || /[1-9]/.test(transitionDuration);
      }),
    );
    expect(moving).toEqual([]);
    await page.emulateMedia({ reducedMotion: 'no-preference' });
    const bar = page.locator('.bar > span').first();
    expect(await bar.evaluate((element) => getComputedStyle(element).transitionDuration)).toBe('0.2s');
  });

  it('says by text what it says by colour', async () => {
    await opened();
    // the class that is explained and its share, the likeness: all of them are words and numbers, too
    expect(await page.getByRole('radio', { name: /^Neutral 99 %/ }).count()).toBe(1);
    expect(await page.locator('.alike').innerText()).toMatch(/almost the same: rank correlation \d\.\d\d/);
    const map = await page.locator('.map canvas').getAttribute('aria-label');
    expect(map).toMatch(/Shares of the map: the upper left \d+(\.\d)? %, .+, the lower right \d/);
  });

  it.each(['wasm', 'webgl'])(
    'holds no tensor and no texture more on %s after 50 interactions',
    async (backend) => {
      await opened(`#model=digits&backend=${backend}`);
      const held = async () => [await tensorsHeld(page), await texturesHeld(page)];
      const steps = [
        () => page.getByLabel('Method').selectOption('gradCam'),
        () => page.getByLabel('Method').selectOption('integratedGradients'),
        () => page.getByLabel('Compare with the map of').selectOption('1'),
        () => page.getByRole('button', { name: 'A handwritten 3' }).click(),
        () => page.getByLabel('Colours').selectOption('viridis'),
        () => page.getByRole('slider', { name: 'Layers made random' }).fill('3'),
        () => page.getByLabel('Compare with the map of').selectOption(''),
        () => page.getByLabel('Method').selectOption('guidedBackprop'),
        () => page.getByRole('slider', { name: 'Layers made random' }).fill('0'),
        () => page.getByRole('button', { name: 'A handwritten 7' }).click(),
      ];
      const round = async () => {
        for (const step of steps) {
          await step();
          await settled(page);
        }
        return held();
      };
      await round();
      const once = await round(); // now each method has its program, of the network and of the random one
      for (let i = 0; i < 4; i++) await round();
      const [tensors, textures] = await round();
      expect(tensors).toBe(once[0]);
      expect(textures).toBeLessThanOrEqual(once[1]!);
      expect(textures! > 0).toBe(backend === 'webgl');
      expect(await errors()).toEqual([]);
    },
  );

  it('checks a map, and stops the check', async () => {
    await opened();
    await page.getByRole('button', { name: 'Check this map: Guided backprop' }).click();
    await page.locator('.check dl').waitFor();
    await settled(page);
    expect(await page.locator('.check p').first().innerText()).toMatch(/guidedBackprop|map/i);
    const figures = await page.locator('.check dd').allInnerTexts();
    expect(figures).toHaveLength(7);
    expect(figures[0]).toMatch(/^(1\.00|0\.9\d), almost the same$/);
    await page.getByLabel('Method').selectOption('saliency');
    await settled(page);
    expect(await page.locator('.check dl').count()).toBe(0); // said of another map
    await page.getByRole('button', { name: /^Check this map/ }).click();
    await page.getByRole('button', { name: 'Stop' }).click();
    await settled(page);
    expect(await errors()).toEqual(['Stopped. The map is the one before.']);
    expect(await page.locator('.check dl').count()).toBe(0);
  });

  it('says so when a file is no image, and goes on', async () => {
    await opened();
    const before = await mapPixels(page);
    const input = fileInput(page, 'Your photo');
    for (const name of ['a.png', 'b.png']) {
      await input.setInputFiles({ name, mimeType: 'image/png', buffer: Buffer.from(`no image, ${name}`) });
      await settled(page);
      expect(await errors()).toEqual([
        'the file is not an image that this browser can read; a JPEG, PNG or WebP is',
      ]);
      expect((await mapPixels(page)) === before).toBe(true); // the network is not loaded again for it
    }
    await page.getByRole('button', { name: 'Drawing', exact: true }).click();
    await settled(page);
    expect(await errors()).toEqual([]);
  });

  it('takes a model of the user as a zip, with its labels', async () => {
    await opened();
    const before = await mapPixels(page);
    const buffer = zipSync({
      ...Object.fromEntries(await layersModelFiles()),
      'metadata.json': strToU8(JSON.stringify({ labels: ['one', 'two', 'three', 'four', 'five'] })),
    });
    await fileInput(page, 'Your model').setInputFiles({
      name: 'mine.zip',
      mimeType: 'application/zip',
      buffer: Buffer.from(buffer),
    });
    await page.locator('.sentence', { hasText: '“three” (99 %)' }).waitFor();
    await settled(page);
    expect(await errors()).toEqual([]);
    expect(await facts()).toContain('mine.zip');
    expect((await mapPixels(page)) === before).toBe(true);
  });

  it('says which file of a model is missing, and goes back', async () => {
    await opened();
    const buffer = (await layersModelFiles()).get('model.json')!;
    const input = fileInput(page, 'Your model');
    await input.setInputFiles({ name: 'model.json', mimeType: 'application/json', buffer });
    await page.getByRole('alert').waitFor();
    const [error] = await errors();
    expect(error).toMatch(
      /^the weights ".+" are missing; choose model\.json and all its weight files together$/,
    );
    expect(await page.locator('.map canvas.empty').count()).toBe(1); // no map of another network
    await page.getByRole('button', { name: 'Photos' }).click();
    await settled(page);
    expect(await errors()).toEqual([]);
  });

  it('takes what is dropped', async () => {
    await opened();
    const cat = readFileSync(join(projectFolder, 'examples/chelsea.png')).toString('base64');
    await page.getByRole('button', { name: 'Drawing', exact: true }).click();
    await settled(page);
    await page.evaluate((base64) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([bytes], 'dropped.png', { type: 'image/png' }));
      window.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
    }, cat);
    await page.getByRole('img', { name: /as the network sees it: dropped\.png/ }).waitFor();
    await settled(page);
    expect(await page.locator('.sentence').innerText()).toContain('“Neutral” (99 %)');
  });

  it('does not start the camera when something else was chosen meanwhile', async () => {
    await opened();
    const tracks = await page.evaluateHandle(() => {
      const open: MediaStreamTrack[] = [];
      const { mediaDevices } = navigator;
      const ask = mediaDevices.getUserMedia.bind(mediaDevices);
      mediaDevices.getUserMedia = async (wanted) => {
        const stream = await ask(wanted);
        open.push(...stream.getTracks());
        return stream;
      };
      return open;
    });
    await page.getByRole('button', { name: 'Camera' }).click();
    await page.getByRole('button', { name: 'Cat', exact: true }).click();
    await page.waitForFunction((open) => open[0]?.readyState === 'ended', tracks);
    await page.getByRole('button', { name: 'Camera', exact: true }).waitFor();
    await settled(page);
    expect(await errors()).toEqual([]);
  });

  it('explains the camera live, and stops it when the page is hidden', async () => {
    await opened();
    await page.getByRole('button', { name: 'Camera' }).click();
    await page.locator('.facts', { hasText: 'pictures a second' }).waitFor({ timeout: 60_000 });
    const one = await mapPixels(page);
    await page.waitForTimeout(3000);
    expect((await mapPixels(page)) === one).toBe(false);
    await page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { value: true });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await page.getByRole('button', { name: 'Camera', exact: true }).waitFor();
    await settled(page);
    expect(await errors()).toEqual([]);
  });

  it('is used by the keyboard alone', async () => {
    await opened();
    const reach = async (selector: string) => {
      for (let i = 0; i < 40; i++) {
        if (await page.locator(selector).evaluate((element) => element === document.activeElement)) return;
        await page.keyboard.press('Tab');
      }
      throw new Error(`Tab does not reach ${selector}`);
    };
    await reach('.sample:nth-of-type(2)');
    await page.keyboard.press('Enter'); // Drawing
    await settled(page);
    expect(page.url()).toContain('sample=drawing');
    await reach('.class:first-of-type input');
    await page.keyboard.press('ArrowDown'); // the next class
    await settled(page);
    expect(page.url()).toMatch(/target=\d/);
    await reach('.random input[type=range]');
    await page.keyboard.press('ArrowRight');
    await settled(page);
    expect(page.url()).toContain('random=1');
    await reach('.record summary');
    await page.keyboard.press('Enter');
    expect(await page.locator('.record pre').isVisible()).toBe(true);
  });

  it('gives code that has the settings', async () => {
    await opened('#method=gradCam&target=1&colors=inferno&strength=60');
    const code = await copied('Code');
    expect(code).toContain('const map = gradCam(model, x, { target: 1, layer: "out_relu" });');
    expect(code).toContain('const flat = resizeMap(map, x.shape.slice(1, 3));');
    expect(code).toContain("colorize(flat, { colors: 'inferno', percentile: 97 })");
    expect(code).toContain('0.6);');
  });

  it('shows what a link says, though the model was the user’s before', async () => {
    await opened();
    const uploads = asUploads(await layersModelFiles());
    await fileInput(page, 'Your model').setInputFiles(uploads);
    await page.locator('.facts', { hasText: 'model.json' }).waitFor();
    await page.evaluate(() => {
      location.hash = '#model=digits';
    });
    await page.locator('.facts', { hasText: 'the digits network' }).waitFor();
    await settled(page);
    expect(await errors()).toEqual([]);
  });

  it('says what is wrong with a link, and can be set right', async () => {
    page = await playground.open('#target=99');
    const error = page.getByRole('alert');
    await error.waitFor();
    expect(await error.innerText()).toBe('the model has 5 classes, counted from 0; there is no class 99');
    await page.getByRole('radio', { name: 'The highest, whichever it is' }).check();
    await settled(page);
    expect(await errors()).toEqual([]);
  });

  it('takes a GraphModel, whose layers can be made random, too', async () => {
    await opened();
    await fileInput(page, 'Your model').setInputFiles(asUploads(await graphModelFiles()));
    await page.locator('.facts', { hasText: 'model.json' }).waitFor();
    await settled(page);
    expect(await errors()).toEqual([]);
    const slider = page.getByRole('slider', { name: 'Layers made random' });
    const most = Number(await slider.getAttribute('max'));
    expect(most).toBeGreaterThan(20);
    await slider.fill('5');
    await settled(page);
    const [plain, guided] = await likenesses(page);
    expect(Math.abs(plain!)).toBeLessThan(0.4);
    expect(guided).toBeGreaterThan(0.9);
    await slider.fill(String(most));
    await settled(page);
    for (const likeness of await likenesses(page)) expect(Math.abs(likeness)).toBeLessThan(0.4);
    await page.getByLabel('Method').selectOption('gradCam');
    await settled(page);
    expect(await errors()).toEqual([]);
    expect(await page.locator('.sentence').innerText()).toMatch(/^Grad-CAM: the answer “class 0” \(71 %\)/);
  });

  it('opens without a network after the first time', async () => {
    await opened();
    const before = await mapPixels(page);
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    await page.context().setOffline(true);
    await page.reload();
    await settled(page);
    expect((await mapPixels(page)) === before).toBe(true);
    await page.getByLabel('Backend').selectOption('cpu'); // a file that was not asked for before
    await settled(page);
    expect(await errors()).toEqual([]);
    expect(await facts()).toContain('on cpu');
  });

  it('has all its parts where another build has taken its place, and lets other folders of its host be', async () => {
    await opened('#model=digits');
    const scopes = () => page.evaluate(async () => (await caches.keys()).map((name) => name.split(' ')[1]));
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    const { address, beside } = playground.served;
    expect(await scopes()).toEqual([address]);

    const script = await page.evaluate(() => fetch('serviceWorker.js').then((response) => response.text()));
    const other = script.replace(/\.\.\.\[.*?\]/, '').replace(/(CACHE = PREFIX \+ ')\w+/, '$1other');
    beside.set('serviceWorker.js', other);
    beside.set('v2/serviceWorker.js', other);
    beside.set('v2/', '<title>another copy</title>');
    await page.evaluate(async () => {
      for (const folder of ['', 'v2/']) {
        const url = new URL(`${folder}serviceWorker.js`, document.baseURI);
        const registration = await navigator.serviceWorker.register(url);
        await registration.update();
        while (registration.installing || registration.waiting)
          await new Promise((then) => setTimeout(then, 50));
      }
    });
    expect(await scopes()).toEqual([address, address, `${address}v2/`]);
    await page.context().setOffline(true);
    await page.getByLabel('Method').selectOption('layerwiseRelevance'); // a file that was not asked for before
    await settled(page);
    expect(await errors()).toEqual([]);
    expect(await page.locator('.sentence').innerText()).toMatch(/^Layer-wise relevance/);
    beside.clear();
  });
});
