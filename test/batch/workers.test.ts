import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { startWorkers } from '../../examples/batch/workers';
import { testSettings } from './settingsOfTests';

describe('startWorkers', () => {
  it('does not blame an image where no worker starts', async () => {
    const workers = startWorkers(1, { script: fileURLToPath(new URL('neverWorker.ts', import.meta.url)) });
    await expect(workers.explain(testSettings('/maps'), 'a.png')).rejects.toThrow(
      new Error('--workers: they do not start; one ended with 3'),
    );
    await workers.end();
  });
});
