import { describe, expect, it } from 'vitest';
import { freshChunk, MOST_TRIES } from '../../examples/batch/chunk';
import type { ImageResult } from '../../examples/batch/imageResult';
import { runChunk } from '../../examples/batch/runChunk';
import { WorkerDied, type Workers } from '../../examples/batch/workers';
import { testSettings } from './settingsOfTests';

/** Runs a chunk of a, b, c with workers that do `explain`. */
async function ran(
  explain: (image: string) => ImageResult,
  { tries = 1, signal = new AbortController().signal } = {},
) {
  const results: ImageResult[] = [];
  let deaths = 0;
  const workers: Workers = {
    explain: (_settings, image) => new Promise((resolve) => resolve(explain(image))),
    end: () => Promise.resolve(),
  };
  const chunk = { ...freshChunk(['a', 'b', 'c']), tries };
  const again = await runChunk(chunk, {
    settings: testSettings('/maps'),
    workers,
    signal,
    onResult: (result) => results.push(result),
    onDeath: () => deaths++,
  });
  return { again, deaths, states: results.map(({ image, state }) => `${image} ${state}`), results };
}

const done = (image: string): ImageResult => ({ image, state: 'done', ms: 1 });
const failed = (image: string): ImageResult => ({ image, state: 'failed', ms: 1, error: 'no file' });

describe('runChunk', () => {
  it('says of each image what became of it', async () => {
    const { again, states } = await ran((image) =>
      image === 'b' ? { ...done(image), state: 'undecodable' } : done(image),
    );
    expect({ again, states }).toEqual({ again: [], states: ['a done', 'b undecodable', 'c done'] });
  });

  it('has what failed tried again, but not for ever', async () => {
    const first = await ran((image) => (image === 'b' ? failed(image) : done(image)));
    expect(first.states).toEqual(['a done', 'c done']);
    expect(first.again).toEqual([{ images: ['b'], tries: 2, deaths: 0 }]);
    const last = await ran(failed, { tries: MOST_TRIES });
    expect(last.again).toEqual([]);
    expect(last.states).toEqual(['a failed', 'b failed', 'c failed']);
  });

  it('sets aside an image of which two workers die', async () => {
    const { states, results, deaths } = await ran((image) => {
      if (image === 'b') throw new WorkerDied('its worker ended by SIGKILL');
      return done(image);
    });
    expect(states).toEqual(['a done', 'b crashed', 'c done']);
    expect(results[1]?.error).toBe('its worker ended by SIGKILL');
    expect(deaths).toBe(2);
  });

  it('forgives one death', async () => {
    let calls = 0;
    const { states, deaths } = await ran((image) => {
      if (image === 'b' && calls++ === 0) throw new WorkerDied();
      return done(image);
    });
    expect({ states, deaths }).toEqual({ states: ['a done', 'b done', 'c done'], deaths: 1 });
  });

  it('gives back what is left when the run stops, also the image that was in work', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const between = await ran((image) => (controller.abort(), done(image)), { signal });
    expect(between.states).toEqual(['a done']);
    expect(between.again).toEqual([{ images: ['b', 'c'], tries: 1, deaths: 0 }]);

    const stopping = new AbortController();
    const inWork = await ran(
      (image) => {
        if (image === 'a') return done(image);
        stopping.abort();
        throw new WorkerDied();
      },
      { signal: stopping.signal },
    );
    expect(inWork.again).toEqual([{ images: ['b', 'c'], tries: 1, deaths: 0 }]);
  });

  it('ends with an error that is not the image’s', async () => {
    const error = new Error('--model: no file');
    await expect(
      ran(() => {
        throw error;
      }),
    ).rejects.toThrow(error);
  });
});
