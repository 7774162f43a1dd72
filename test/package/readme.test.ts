import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { chromium } from 'playwright';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { codeBlocks } from '../docs/codeBlocks';
import { writeCat } from '../docs/page';
import { chromiumPath, softwareFlags } from '../setup/chromium';
import { projectFolder } from '../setup/serveTestFiles';
import { pnpmProject, scratchProject, type ScratchProject } from './scratchProject';
import { asModelJson, asPage } from './userCode';

const readme = readFileSync(join(projectFolder, 'README.md'), 'utf8');

/** The first block, as it is printed. */
const printed = codeBlocks('README.md', readme)[0]!.code;

/** The packages that the README says to install, and no other. */
const asked = /^npm install guided-saliency (.+)$/m.exec(readme)![1]!.split(' ');

let scratch: ScratchProject;
beforeAll(() => {
  scratch = scratchProject(inject('tarball'), asked);
});
afterAll(() => scratch.remove());

/** Runs the block in Node, in a page that is a stand-in; gives what was put on the canvas. */
function explained(project: ScratchProject): unknown {
  project.write('page.mjs', asPage);
  return project.run('first.mjs', `import './page.mjs';\n${printed}\nreport();`);
}

// A photo of 2 x 2: white, 85, black, 51. The score is the mean of the red, so that the map is 1/4 in red
// wherever there is light: red is full (255) there, the rest in the middle (128); 0.7 of that over 0.3 of the
// photo.
const overIt = [255, 166, 166, 204, 115, 115, 90, 90, 90, 194, 105, 105];

describe("the README's first block", () => {
  it('is for a page, and asks for what it imports', () => {
    const imported = [...printed.matchAll(/^import .*?'((?:@[^/']+\/)?[^/']+)/gm)].map(([, name]) => name);
    expect([...new Set(imported)].sort()).toEqual(['guided-saliency', ...asked].sort());
    expect(printed).toContain('drawOnCanvas');
  });

  it('runs from what npm installs', () => {
    expect(explained(scratch)).toEqual(overIt);
  });

  it('runs from what pnpm installs', ({ skip }) => {
    const project = pnpmProject(scratch.tarball, asked);
    if (project === undefined) return skip('there is no pnpm to be had');
    try {
      expect(explained(project)).toEqual(overIt);
    } finally {
      project.remove();
    }
  });

  it.skipIf(chromiumPath() === undefined)('runs in Chromium, and shows the cat', async () => {
    const { folder } = scratch;
    writeCat(folder);
    scratch.write('first.js', printed);
    await build({
      entryPoints: [join(folder, 'first.js')],
      bundle: true,
      format: 'esm',
      outfile: join(folder, 'bundle.js'),
      logLevel: 'error',
    });
    const browser = await chromium.launch({ executablePath: chromiumPath()!, args: [...softwareFlags] });
    try {
      const page = await browser.newPage();
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(error.message));
      await page.route('**/*', (route) => {
        const file = new URL(route.request().url()).pathname.slice(1);
        const headers = { 'access-control-allow-origin': '*' };
        if (file === '') return route.fulfill({ contentType: 'text/html', body: '<body>' });
        if (file === 'model.json') return route.fulfill({ headers, body: JSON.stringify(asModelJson) });
        if (file === 'weights.bin') return route.fulfill({ headers, body: Buffer.alloc(0) });
        const contentType = file.endsWith('.js') ? 'text/javascript' : 'image/jpeg';
        return route.fulfill({ contentType, path: join(folder, file) });
      });
      await page.goto('http://localhost/');
      await page.addScriptTag({ url: '/bundle.js', type: 'module' });
      const canvas = page.locator('canvas');
      await canvas.waitFor({ timeout: 120_000 }).catch(() => undefined);
      expect(errors).toEqual([]);
      const numbers = await canvas.evaluate((element: HTMLCanvasElement) => {
        const { width, height } = element;
        return [...element.getContext('2d')!.getImageData(0, 0, width, height).data];
      });
      const [red, green] = [0, 1].map((channel) => numbers.filter((_, i) => i % 4 === channel));
      expect(red).toHaveLength(4);
      // 0.7 of the full red of the map, and of its middle in green, over a photo that has less of both
      expect(red!.every((value) => value >= 178)).toBe(true);
      expect(green!.every((value) => value >= 89 && value < 178)).toBe(true);
    } finally {
      await browser.close();
    }
  });
});
