import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execute, npm } from '../package/scratchProject';
import { projectFolder } from '../setup/serveTestFiles';

/** A copy of a folder of examples/, far from ours, in which npm has installed what its package.json says. */
export interface ExampleProject {
  readonly folder: string;
  /** Runs a script of its package.json, and gives what that prints, line by line. */
  run(script: string, ...parameters: string[]): string[];
  remove(): void;
}

/** @param tarball The packed package, which it gets in place of the published one. */
export function exampleProject(name: string, tarball: string): ExampleProject {
  const folder = mkdtempSync(join(tmpdir(), `guided-saliency-${name}-`));
  const isSource = (path: string) => !/\/(node_modules|dist|\.next)$/.test(path);
  cpSync(join(projectFolder, 'examples', name), folder, { recursive: true, filter: isSource });
  const file = join(folder, 'package.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as { dependencies: Record<string, string> };
  manifest.dependencies['guided-saliency'] = `file:${tarball}`;
  writeFileSync(file, JSON.stringify(manifest));
  npm(folder, 'install', '--prefer-offline', '--strict-peer-deps');
  return {
    folder,
    run: (script, ...parameters) =>
      execute(folder, 'npm', 'run', '--silent', script, '--', ...parameters)
        .split('\n')
        .filter((line) => line !== ''),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Puts the model that the examples of pages load where they look for it. */
export function addModel(folder: string): void {
  cpSync(join(projectFolder, 'examples/model'), join(folder, 'model'), { recursive: true });
}
