import { describe, expect, it } from 'vitest';
import { startMetrics } from '../../examples/batch/metrics';

describe('startMetrics', () => {
  it('serves what it has counted', async () => {
    const { port, onResult, onDeath, onQueue, close } = await startMetrics(0);
    onResult({ image: 'a', state: 'done', ms: 50, map: 'maps/a.png' });
    onResult({ image: 'b', state: 'done', ms: 1, map: 'maps/b.png', found: true });
    onResult({ image: 'c', state: 'crashed', ms: 1 });
    onDeath();
    onQueue(7);
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404);
    close();
    const lines = text
      .split('\n')
      .filter((line) => /^saliency_(images|worker|queue|map_seconds_count)/.test(line));
    expect(lines).toEqual([
      'saliency_images_total{state="done"} 2',
      'saliency_images_total{state="undecodable"} 0',
      'saliency_images_total{state="crashed"} 1',
      'saliency_images_total{state="failed"} 0',
      'saliency_map_seconds_count 1',
      'saliency_worker_deaths_total 1',
      'saliency_queue_chunks 7',
    ]);
  });

  it('counts without a server where there is no port', async () => {
    const { port, onDeath } = await startMetrics(undefined);
    onDeath();
    expect(port).toBeUndefined();
  });
});
