import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { progressOf } from '../../examples/demo/progress';

/** A terminal, and what was written to it. */
function terminal(): { stream: PassThrough & { isTTY: boolean }; written: () => string } {
  const stream = Object.assign(new PassThrough(), { isTTY: true });
  return { stream, written: () => String(stream.read() ?? '') };
}

describe('progressOf', () => {
  it('draws a bar on a terminal, and prints no line', () => {
    const { stream, written } = terminal();
    const lines: string[] = [];
    const { onProgress, end } = progressOf('rise', (line) => lines.push(line), {
      terminal: stream,
      every: 0,
    });
    onProgress(10, 40);
    onProgress(20, 40);
    end();
    expect(written()).toMatch(/rise .*10 of 40 passes/);
    expect(lines).toEqual([]);
  });

  it('draws nothing for a method that says nothing on its way', () => {
    const { stream, written } = terminal();
    progressOf('saliency', () => undefined, { terminal: stream }).end();
    expect(written()).toBe('');
  });

  it('prints lines where there is no terminal, but not at the end, which has a line of its own', () => {
    const lines: string[] = [];
    const print = (line: string) => lines.push(line);
    const { onProgress, end } = progressOf('rise', print, { terminal: new PassThrough(), every: 0 });
    for (const done of [10, 20, 40]) onProgress(done, 40);
    end();
    expect(lines).toEqual(['rise: 10 of 40 passes', 'rise: 20 of 40 passes']);
  });

  it('prints one only now and then', () => {
    const lines: string[] = [];
    const print = (line: string) => lines.push(line);
    const { onProgress } = progressOf('rise', print, { terminal: new PassThrough(), every: 60_000 });
    for (const done of [10, 20, 40]) onProgress(done, 40);
    expect(lines).toEqual([]);
  });
});
