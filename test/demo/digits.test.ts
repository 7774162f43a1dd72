import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** Runs a command of the digits as `npm run` does; what reads its arguments ends before anything is made. */
function run(file: string, option: string): Promise<{ code: number; output: string; errors: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['--import', tsx, `examples/digits/${file}`, option],
      { cwd: root, timeout: 30_000 },
      (_error, output, errors) => resolve({ code: child.exitCode ?? NaN, output, errors }),
    );
  });
}

describe.each([
  ['show.ts', 'npm run digits', "Explains ten digits of MNIST's test images"],
  ['train.ts', 'npm run digits:train', 'Trains the network of this folder on MNIST'],
])('%s', (file, name, what) => {
  it('answers --help', async () => {
    const { code, output, errors } = await run(file, '--help');
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    expect(output).toContain(`Usage: ${name} [options]`);
    expect(output).toContain(what);
  });

  it.each([
    ['--out', "error: unknown option '--out'\n"],
    ['7', 'error: too many arguments. Expected 0 arguments but got 1.\n'],
  ])('refuses %s', async (argument, message) => {
    const { code, output, errors } = await run(file, argument);
    expect({ code, output }).toEqual({ code: 1, output: '' });
    expect(errors).toBe(`${message}(it takes no arguments)\n`);
  });
});
