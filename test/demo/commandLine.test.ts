import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { decode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { methodNames } from '../../examples/demo/methods';

const root = fileURLToPath(new URL('../..', import.meta.url));
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'demo-command-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs the demo as `npm run demo --` does. */
function demo(...options: string[]): Promise<{ code: number; output: string; errors: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['--import', tsx, 'examples/demo.ts', ...options],
      { cwd: root },
      (_error, output, errors) => resolve({ code: child.exitCode ?? NaN, output, errors }),
    );
  });
}

describe('npm run demo', () => {
  it('explains the cat by MobileNetV2 on wasm, and leaves one picture', async () => {
    const out = join(folder, 'cat.png');
    const { code, output, errors } = await demo('--out', out);
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    expect(output).toContain('takes [1, 224, 224, 3] in 0...1, on wasm');
    expect(output).toMatch(/^class {5}2 "Neutral", score 0\.99\d; explained by its logit, \d\.\d\d$/m);
    expect(output).toMatch(/^replaced {2}35 x /m);
    expect(output).toMatch(/^note {6}deconvnet sees the photo through max pooling alone/m);
    expect(output).toContain(out);
    const { width, height } = decode(await readFile(out));
    expect([width, height]).toEqual([4 * 224 + 3 * 4, 224 + 2 * 17 + 8]);
  });

  it('lists its options', async () => {
    const { code, output } = await demo('--help');
    expect(code).toBe(0);
    const names = ['model', 'image', 'target', 'labels', 'method', 'passes', 'out', 'input-range', 'backend'];
    for (const option of [...names, 'record', 'replay']) expect(output).toContain(`--${option} <`);
    for (const name of methodNames) expect(output).toContain(name);
    expect(output).toContain('--check ');
  });

  it('says what is wrong in one line, without a stack, and ends with 1', async () => {
    expect(await demo('--image', 'nowhere.png', '--input-range', '-1,1')).toEqual({
      code: 1,
      output: '',
      errors: 'error: --image: no file "nowhere.png"\n',
    });
  });

  it.each([
    [
      ['--method', 'saliency,grandCam'],
      "option '--method <names>' argument 'saliency,grandCam' is invalid. " +
        'No method "grandCam"; did you mean "gradCam"?',
    ],
    [['--passes', '0'], "option '--passes <n>' argument '0' is invalid. Expected a whole number from 1 on."],
    [
      ['--replay', 'made.json', '--target', '1'],
      "option '--replay <out.json>' cannot be used with option '--target <n>'",
    ],
    [
      ['--replay', 'made.json', '--record', 'made.json'],
      "option '--replay <out.json>' cannot be used with option '--record <out.json>'",
    ],
    [
      ['--backend', 'gpu'],
      "option '--backend <name>' argument 'gpu' is invalid. Allowed choices are wasm, cpu.",
    ],
    [
      ['--target', '1.5'],
      "option '--target <n>' argument '1.5' is invalid. Expected a class, counted from 0.",
    ],
    [['--input-range', '1,0'], rangeError('1,0')],
    [['--input-range', '1'], rangeError('1')],
    [['--input-range', ',1'], rangeError(',1')],
    [['--colour'], "unknown option '--colour'"],
    [['cat.png'], 'too many arguments. Expected 0 arguments but got 1.'],
  ])('refuses %j', async (options, message) => {
    expect(await demo(...options)).toEqual({
      code: 1,
      output: '',
      errors: `error: ${message}\n(--help lists the options)\n`,
    });
  });
});

function rangeError(got: string): string {
  return (
    `option '--input-range <low,high>' argument '${got}' is invalid. ` +
    'Expected two numbers, the lower first, such as 0,1 or -1,1 or 0,255.'
  );
}
