import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pack } from '../package/scratchProject';
import { chromiumPath, softwareFlags } from '../setup/chromium';
import { projectFolder } from '../setup/serveTestFiles';
import { addModel, exampleProject, type ExampleProject } from './exampleProject';
import { served, shownPage, type ShownPage } from './shownPage';
import { tinyMobilenet } from './tinyMobilenet';

// Each folder of examples/ as its user has it: installed by npm from the packed package, built, and run.

let folder: string;
let tarball: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'guided-saliency-'));
  tarball = pack(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function inProject<T>(name: string, body: (project: ExampleProject) => T | Promise<T>): Promise<T> {
  const project = exampleProject(name, tarball);
  try {
    return await body(project);
  } finally {
    project.remove();
  }
}

/** The numbers at the ends of lines such as `rooms 1.50`, by the words before them. */
function byName(lines: readonly string[]): Record<string, number> {
  const entries = lines.map((line): [string, number] => {
    const [, name, value] = /^(.*) (\S+)$/.exec(line)!;
    return [name!, Number(value)];
  });
  return Object.fromEntries(entries);
}

/** A rectangle of red on grey is what every page shows: rows 16 to 39, columns 8 to 31 of 64. */
function expectRedSquare({ said, at, errors }: ShownPage): void {
  expect(errors).toEqual([]);
  expect(said).toBe('red');
  const inside = at(28, 20);
  const outside = at(52, 50);
  // half of the photo, red (255, 0, 0) or grey (128 each), and half of turbo: its last colour, (144, 12, 0),
  // or its first, (35, 23, 27)
  const near = (colour: number[]) => colour.map((value) => expect.closeTo(value, -0.5) as number);
  expect(inside).toEqual(near([199.5, 6, 0]));
  expect(outside).toEqual(near([81.5, 75.5, 77.5]));
  expect(at(17, 9), 'a corner of the square').toEqual(inside);
  expect(at(12, 20), 'above it').toEqual(outside);
}

describe.skipIf(chromiumPath() === undefined)('a page', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: chromiumPath()!, args: [...softwareFlags] });
  });
  afterAll(() => browser?.close());

  const show = (root: string, path = '') => served(root, (url) => shownPage(browser, `${url}${path}`));

  it.each(['index.html', 'modules.html'])('of plain HTML: %s', (file) =>
    inProject('plain-html', async (project) => {
      addModel(project.folder);
      expectRedSquare(await show(project.folder, file));
    }),
  );

  it('without TF.js in front of the script says so', () =>
    inProject('plain-html', async (project) => {
      const html = readFileSync(join(project.folder, 'index.html'), 'utf8');
      const without = html
        .replace(/<script src="[^"]*tf\.min\.js"><\/script>/, '')
        .replace('id="said">', 'id="said">-');
      writeFileSync(join(project.folder, 'index.html'), without);
      expect((await show(project.folder)).errors).toContain(
        'guided-saliency: expected TensorFlow.js as window.tf, got none; put its script in front of this one: ' +
          '<script src="https://cdn.jsdelivr.net/npm/@tensorflow/tfjs@4.22.0/dist/tf.min.js"></script>',
      );
    }));

  it('of a model of Teachable Machine', () =>
    inProject('teachable-machine', async (project) => {
      const { said, at, errors } = await show(project.folder);
      expect(errors).toEqual([]);
      expect(said).toMatch(/^Red 0\.\d\d$/);
      expect(at(112, 80)).not.toEqual(at(190, 190)); // the square, and the rest
    }));

  it.each([
    ['vite-typescript', 'public', 'dist'],
    ['web-worker', 'public', 'dist'],
    ['webpack', 'public', 'public'],
  ])('of %s', (name, assets, built) =>
    inProject(name, async (project) => {
      addModel(join(project.folder, assets));
      project.run('build');
      expectRedSquare(await show(join(project.folder, built)));
    }),
  );

  it('of Next.js', () =>
    inProject('next', async (project) => {
      addModel(join(project.folder, 'public'));
      project.run('build');
      const port = await freePort();
      const server = spawn(process.execPath, ['node_modules/next/dist/bin/next', 'start', '-p', `${port}`], {
        cwd: project.folder,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      try {
        await new Promise<void>((resolve, reject) => {
          server.stdout.on('data', (text: Buffer) => {
            if (text.includes('Ready')) resolve();
          });
          server.on('exit', (code) => reject(new Error(`next start ended with ${code}`)));
        });
        expectRedSquare(await shownPage(browser, `http://127.0.0.1:${port}/`));
      } finally {
        server.kill();
      }
    }));
});

describe('a program of Node', () => {
  it.each(['node-esm', 'node-commonjs'])('%s', (name) =>
    inProject(name, (project) => {
      expect(project.run('start').slice(-2)).toEqual(['gradient [ [ 5, -1 ] ]', 'guided [ [ 2, 2 ] ]']);
    }),
  );

  it('with threads, which give the map that one gives', () =>
    inProject('node-threads', (project) => {
      const [one, two] = ['1', '2'].map((count) => byName(project.run('start', count).slice(-3)));
      expect([one!['threads'], two!['threads']]).toEqual([1, 2]);
      expect(one!['sum']).toBeGreaterThan(0);
      expect(two!['sum']).toBeCloseTo(one!['sum']!, 4);
    }));

  it('that explains a regression on a table', () =>
    inProject('table', (project) => {
      const { price, rooms, age, noise, missing } = byName(project.run('start').slice(-5));
      // 3 · 0.5 + 2 · 1, and each column's part of it: the columns have means near 0
      expect(price).toBeCloseTo(3.5, 1);
      expect(rooms).toBeCloseTo(1.5, 1);
      expect(age).toBeCloseTo(2, 1);
      expect(noise).toBeCloseTo(0, 1);
      expect(missing).toBe(0);
    }));

  it('that explains a signal', () =>
    inProject('signal', (project) => {
      // the filter reads one place to each side of the spike
      expect(project.run('start').slice(-2)).toEqual(['spike at 40', 'read at 39 40 41']);
    }));

  it('that explains a text', () =>
    inProject('text', (project) => {
      // a quarter of the first number of each word's vector
      expect(byName(project.run('start').slice(-4))).toEqual({ a: 0, good: 1, bad: -1, film: 0 });
    }));

  it('that explains @tensorflow-models/mobilenet', () =>
    inProject('mobilenet', async (project) => {
      copyFileSync(join(projectFolder, 'examples/chelsea.png'), join(project.folder, 'photo.png'));
      const { url, close } = await tinyMobilenet();
      try {
        const lines = await start(project, 'index.js', 'photo.png', url);
        expect(lines.slice(-2)).toEqual(['class tench, Tinca tinca', 'map 1 x 224 x 224 x 3']);
        expect([...readFileSync(join(project.folder, 'map.png')).subarray(0, 4)]).toEqual([137, 80, 78, 71]);

        writeFileSync(
          join(project.folder, 'wrapper.js'),
          readFileSync(join(project.folder, 'index.js'), 'utf8').replace('net.model', 'net'),
        );
        await expect(start(project, 'wrapper.js', 'photo.png', url)).rejects.toThrow(
          'guidedBackprop: expected model to be a LayersModel, a GraphModel, a prepared model or a function, ' +
            'got an object of class MobileNetImpl; pass its .model',
        );
      } finally {
        close();
      }
    }));
});

describe('Jest', () => {
  it('tests what explains, in node and in jsdom', () =>
    inProject('jest', (project) => {
      mkdirSync(join(project.folder, 'out'));
      project.run('test', '--json', '--outputFile=out/report.json');
      const report = JSON.parse(readFileSync(join(project.folder, 'out/report.json'), 'utf8')) as object;
      expect(report).toMatchObject({ numPassedTests: 2, numFailedTests: 0, numTotalTestSuites: 2 });
    }));
});

/** Runs a file of a project, beside a server of ours that it asks; gives what it prints, line by line. */
function start({ folder }: ExampleProject, ...parameters: string[]): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, parameters, { cwd: folder });
    let [printed, complaint] = ['', ''];
    child.stdout.on('data', (text: Buffer) => (printed += text.toString()));
    child.stderr.on('data', (text: Buffer) => (complaint += text.toString()));
    child.on('exit', (code) => {
      if (code === 0) resolve(printed.split('\n').filter((line) => line !== ''));
      else reject(new Error(complaint));
    });
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
