import { describe, expect, it } from 'vitest';
import { freshChunk } from '../../examples/batch/chunk';
import { connectTo, queued } from '../../examples/batch/queue';
import { testSettings } from './settingsOfTests';

const settings = testSettings('/maps');
const idOf = (images: string[], after?: string) =>
  queued({ settings, chunk: freshChunk(images) }, after).opts.jobId;

describe('queued', () => {
  it('gives a chunk an id that is no number and has no colon', () => {
    expect(idOf(['https://example.com/a.png'])).toMatch(/^chunk-[0-9a-f]{32}$/);
  });

  it('gives the same chunk the same id, and another one after another job', () => {
    expect(idOf(['a'])).toBe(idOf(['a']));
    expect(new Set([idOf(['a']), idOf(['b']), idOf(['a'], 'chunk-1'), idOf(['a'], 'chunk-2')]).size).toBe(4);
  });

  it('lets a second try wait', () => {
    const chunk = freshChunk(['a']);
    const delays = [1, 2, 3].map((tries) => queued({ settings, chunk: { ...chunk, tries } }).opts.delay);
    expect(delays).toEqual([0, 1000, 2000]);
  });
});

describe('connectTo', () => {
  it('says where nobody answers, without the password', async () => {
    await expect(connectTo('redis://user:secret@127.0.0.1:1')).rejects.toThrow(
      new Error('--queue: no Redis answers at 127.0.0.1:1 (connect ECONNREFUSED 127.0.0.1:1)'),
    );
  });
});
