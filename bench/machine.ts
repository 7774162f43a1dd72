import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { arch, cpus, loadavg, release, totalmem, type } from 'node:os';
import { projectFolder } from '../test/setup/serveTestFiles.ts';

/** What it runs on, and how busy that is with other things: asked before the first measurement. */
export function describeMachine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown CPU';
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  const system = `${type()} ${release().replace(/[^\d.].*$/, '')}`;
  const load = `load before the start ${loadavg()[0]!.toFixed(1)}`;
  return `Machine: ${cpus().length} × ${model} (${arch()}), ${memory}, ${system}; ${load}`;
}

/** What it runs with. */
export function describeVersions(chromium: string | undefined): string {
  const backends = ['cpu', 'wasm', 'webgl', 'webgpu'].map((name) => `backend-${name}`);
  const names = ['core', 'layers', 'converter', ...backends].map((name) => `tfjs-${name}`);
  const packages = names.map((name) => `${name} ${versionOf(`@tensorflow/${name}`)}`);
  const browser = chromium === undefined ? [] : [`Chromium ${chromium}`];
  return [
    'Versions: Node',
    [process.versions.node, ...browser, ...packages, `this library ${commit()}`].join(', '),
  ].join(' ');
}

function versionOf(name: string): string {
  const text = readFileSync(`${projectFolder}/node_modules/${name}/package.json`, 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

function commit(): string {
  const git = (...args: string[]): string =>
    execFileSync('git', args, {
      cwd: projectFolder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  try {
    const changed = git('status', '--porcelain', 'src') === '' ? '' : ', changed since';
    return `at ${git('rev-parse', '--short', 'HEAD')}${changed}`;
  } catch {
    return 'at no known commit'; // a copy without git
  }
}
