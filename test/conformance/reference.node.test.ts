import { getBackend } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { graphCases } from './graphCases';
import { opsWithoutPath } from './opsWithoutPath';

// Node alone has files and processes, and once is enough
describe.runIf(typeof process !== 'undefined' && getBackend() === 'cpu')('the conformance suite', () => {
  it('has up-to-date references: every 12th case gives the stored numbers again', async () => {
    const { execFile } = await import('node:child_process');
    const { promisify } = await import('node:util');
    await promisify(execFile)(process.execPath, ['scripts/generateConformance.mjs', '--check=12']);
  });

  it('leaves out no op of tfjs-converter that numbers can pass', async () => {
    const { readdir, readFile } = await import('node:fs/promises');
    const folder = 'node_modules/@tensorflow/tfjs-converter/dist/operations/op_list';
    const files = (await readdir(folder)).filter((file) => file.endsWith('.js'));
    const sources = await Promise.all(files.map((file) => readFile(`${folder}/${file}`, 'utf8')));
    const ops = sources.flatMap((source) =>
      [...source.matchAll(/'tfOpName': '(\w+)'/g)].map(([, op]) => op as string),
    );
    expect(ops.length).toBeGreaterThan(200);

    const covered = new Set(graphCases.map(({ subject }) => subject));
    expect(ops.filter((op) => !covered.has(op) && !opsWithoutPath.has(op))).toEqual([]);
    expect([...opsWithoutPath].filter((op) => covered.has(op) || !ops.includes(op))).toEqual([]);
  });
});
