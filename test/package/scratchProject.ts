import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { projectFolder } from '../setup/serveTestFiles';

/** A project of a user, in a folder of its own far from ours, with the packed package installed. */
export interface ScratchProject {
  readonly folder: string;
  readonly tarball: string;
  /** Writes a file, runs it with Node, and gives its last line of output, which is JSON. */
  run(file: string, text: string): unknown;
  write(file: string, text: string): void;
  remove(): void;
}

/** Installs the packed package into a new project, beside `dependencies`. */
export function scratchProject(tarball: string, dependencies: string[]): ScratchProject {
  const folder = mkdtempSync(join(tmpdir(), 'guided-saliency-'));
  return projectWith(folder, tarball, () =>
    npm(folder, 'install', '--prefer-offline', '--strict-peer-deps', tarball, ...dependencies),
  );
}

/** Packs the package as `npm publish` would, into `folder`; gives the file. */
export function pack(folder: string): string {
  npm(projectFolder, 'pack', '--pack-destination', folder); // builds first: the script `prepack`
  return join(
    folder,
    readdirSync(folder).find((name) => name.endsWith('.tgz'))!,
  );
}

/**
 * A new project with a packed package, installed by pnpm: a module there finds what it asked for, and nothing
 * else.
 *
 * @returns undefined where there is no pnpm to be had.
 */
export function pnpmProject(tarball: string, dependencies: string[]): ScratchProject | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'guided-saliency-pnpm-'));
  const pnpm = (...parameters: string[]) =>
    execute(folder, 'npx', '--yes', '--prefer-offline', 'pnpm@9', ...parameters);
  try {
    pnpm('--version');
  } catch {
    rmSync(folder, { recursive: true });
    return undefined;
  }
  return projectWith(folder, tarball, () => pnpm('add', '--prefer-offline', tarball, ...dependencies));
}

function projectWith(folder: string, tarball: string, install: () => void): ScratchProject {
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  write('package.json', JSON.stringify({ name: 'scratch', private: true, type: 'module' }));
  install();
  return {
    folder,
    tarball,
    write,
    run(file, text) {
      write(file, text);
      const output = execute(folder, process.execPath, file);
      return JSON.parse(output.trim().split('\n').at(-1)!) as unknown;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Runs a program of our development dependencies, e.g. `tsc`, in `folder`. */
export function execute(folder: string, program: string, ...parameters: string[]): string {
  const path = join(projectFolder, 'node_modules/.bin');
  const env = { ...process.env, PATH: `${path}:${process.env['PATH']}` };
  try {
    return execFileSync(program, parameters, { cwd: folder, env, encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    const output = `${stdout.slice(-2000)}\n${stderr.slice(-2000)}`;
    throw new Error(`${program} ${parameters.join(' ')} failed:\n${output}`);
  }
}

export function npm(folder: string, ...parameters: string[]): void {
  execute(folder, 'npm', ...parameters, '--no-audit', '--no-fund', '--loglevel=error');
}
