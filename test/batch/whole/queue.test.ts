import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Queue } from 'bullmq';
import type { ImageResult } from '../../../examples/batch/imageResult';
import { connectTo, queueName, type ChunkJob } from '../../../examples/batch/queue';
import { saveInShards, smallClassifier } from '../../demo/smallModels';
import { writeSmallImages } from '../smallImages';
import { growthOf, memoryByProcess } from './memoryOf';
import { keepRunning, run } from './processes';
import { hasRedis, startRedis, type RedisServer } from './redisServer';

const COUNT = 10_000;
const SERVER = 'test/batch/whole/server.ts';

/** Milliseconds of silence after which a server is taken for dead. */
const LOCK = '3000';

/**
 * What may be more in use in the last third of a process than in the middle one: the image that is in work
 * takes up to 7 MB, and is seen at any point.
 */
const MOST_GROWTH_MB = 4;

const describeWithRedis = hasRedis() ? describe : describe.skip;

describeWithRedis('npm run batch -- --queue (needs redis-server)', () => {
  let folder: string;
  let model: string;
  let redis: RedisServer;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'batch-queue-'));
    model = await saveInShards(smallClassifier(), folder);
    redis = await startRedis();
  });
  afterAll(async () => {
    await redis.end();
    await rm(folder, { recursive: true });
  });

  const produce = (input: string, output: string, ...more: string[]) =>
    run(
      'examples/batch.ts',
      ...['--input', input, '--output', output, '--model', model, '--method', 'guided'],
      ...['--queue', redis.address, ...more],
    );

  it('makes one map of each of 10,000 images, though servers die, and names the two that have none', async () => {
    const [input, output] = [join(folder, 'many'), join(folder, 'maps of many')];
    const paths = await writeSmallImages(input, COUNT);
    await writeFile(paths[1234] ?? '', readFileSync(paths[1234] ?? '').subarray(0, 60));
    await rename(paths[7777] ?? '', join(input, 'abortAll.png'));

    const log = join(folder, 'memory.jsonl');
    vi.stubEnv('MEMORY_LOG', log);
    vi.stubEnv('NODE_OPTIONS', `--import ${new URL('memoryLog.mjs', import.meta.url).href}`);
    const servers = Array.from({ length: 3 }, () => keepRunning(SERVER, redis.address, LOCK));
    const producer = produce(input, output, '--queue-limit', '20', '--metrics-port', '0');
    const manifest = join(output, 'manifest.jsonl');
    let isKilled = false;
    let longest = 0;
    let ended: number | null | undefined;
    void producer.ended.then((code) => (ended = code));
    while (ended === undefined) {
      await sleep(500);
      if (!isKilled && existsSync(manifest) && linesOf(manifest).length > COUNT / 3) {
        isKilled = servers[0]?.kill() ?? false;
      }
      longest = Math.max(longest, await queueLength(producer.output()));
    }
    vi.unstubAllEnvs();
    const codes = await Promise.all(servers.map((server) => server.stop()));

    expect({ ended, codes, isKilled }).toEqual({ ended: 2, codes: [0, 0, 0], isKilled: true });
    const lines = linesOf(manifest);
    const without = lines.filter(({ state }) => state !== 'done');
    expect(without.map(({ image, state }) => [image, state]).sort()).toEqual([
      [paths[1234], 'undecodable'],
      [join(input, 'abortAll.png'), 'crashed'],
    ]);
    expect(without.map(({ error }) => error).sort()).toEqual([
      '2 workers died while they explained it',
      expect.stringContaining(`cannot decode "${paths[1234]}": `),
    ]);
    const maps = (await readdir(join(output, 'maps'), { recursive: true })).filter((name) =>
      name.endsWith('.png'),
    );
    expect(lines).toHaveLength(COUNT);
    expect(new Set(lines.map(({ image }) => image)).size).toBe(COUNT);
    expect(new Set(lines.flatMap(({ map }) => map ?? [])).size).toBe(COUNT - 2);
    expect(maps).toHaveLength(COUNT - 2);

    expect(longest).toBeGreaterThan(0);
    expect(longest).toBeLessThanOrEqual(20 + 3); // chunks that are given again come on top
    const memory = memoryByProcess(log);
    const most = memory.map((samples) => Math.max(...samples.map(({ rss }) => rss)).toFixed(0));
    console.log(`MB of the processes at most: ${most.join(', ')}`);
    console.log(`deaths of the servers: ${servers.map((server) => server.deaths()).join(', ')}`);
    console.log(producer.output());
    expect(memory.length).toBeGreaterThan(3);
    const grown = memory.map((samples) => growthOf(samples, 'megabytes'));
    expect(Math.max(...grown)).toBeLessThan(MOST_GROWTH_MB);
    expect(memory.map((samples) => growthOf(samples, 'tensors'))).toEqual(memory.map(() => 0));
  });

  it('gives a chunk back within 10 s of SIGTERM, to whoever is there', async () => {
    const [input, output] = [join(folder, 'few'), join(folder, 'maps of few')];
    await writeSmallImages(input, 200);
    const first = run(SERVER, redis.address, LOCK);
    const producer = produce(input, output, '--method', 'rise', '--passes', '2000');
    const manifest = join(output, 'manifest.jsonl');
    while (!existsSync(join(output, 'maps'))) await sleep(100);
    const stopped = performance.now();
    first.child.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    expect(performance.now() - stopped).toBeLessThan(10_000);
    const waiting = await imagesWaiting(redis.address);
    expect([waiting.active, waiting.images]).toEqual([0, 200 - linesOf(manifest).length]);

    const second = run(SERVER, redis.address, LOCK);
    expect(await producer.ended).toBe(0);
    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(0);
    expect(linesOf(manifest)).toHaveLength(200);
  });

  it('has a line for each time that a list names an image, within a chunk and in another one', async () => {
    const paths = await writeSmallImages(join(folder, 'twice'), 64);
    const list = join(folder, 'twice.txt'); // two chunks that are the same, and one of an image that is in both
    await writeFile(list, [...paths, ...paths, paths[0], paths[0]].join('\n'));
    const server = run(SERVER, redis.address, LOCK);
    const output = join(folder, 'maps of twice');
    const producer = produce(list, output);
    expect(await producer.ended).toBe(0);
    server.child.kill('SIGTERM');
    expect(await server.ended).toBe(0);
    expect(producer.output()).toContain('maps      130, of which ');
    expect(linesOf(join(output, 'manifest.jsonl'))).toHaveLength(130);
  });

  it('goes on with --resume after the producer was killed', async () => {
    const [input, output] = [join(folder, 'few'), join(folder, 'maps of few, again')];
    await mkdir(input, { recursive: true });
    await copyFile(model, join(input, 'no image.json'));
    const server = run(SERVER, redis.address, LOCK);
    const first = produce(input, output);
    const manifest = join(output, 'manifest.jsonl');
    while (!existsSync(manifest) || linesOf(manifest).length === 0) await sleep(20);
    first.child.kill('SIGKILL');
    await first.ended;
    const second = produce(input, output, '--resume');
    expect(await second.ended).toBe(0);
    server.child.kill('SIGTERM');
    expect(await server.ended).toBe(0);
    const lines = linesOf(manifest);
    expect(lines).toHaveLength(200);
    expect(new Set(lines.map(({ image }) => image)).size).toBe(200);
  });
});

/** How many images wait in the queue, once the producer has collected what is done. */
async function imagesWaiting(address: string): Promise<{ active: number; images: number }> {
  const redis = await connectTo(address);
  const queue = new Queue<ChunkJob>(queueName, { connection: redis });
  while ((await queue.getCompletedCount()) > 0) await sleep(50);
  await sleep(500);
  const jobs = await queue.getWaiting();
  const active = await queue.getActiveCount();
  await queue.close();
  redis.disconnect();
  return { active, images: jobs.reduce((sum, { data }) => sum + data.chunk.images.length, 0) };
}

/** The lines of a manifest that are whole. */
function linesOf(manifest: string): ImageResult[] {
  const lines = readFileSync(manifest, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as ImageResult);
}

/** How many chunks wait, as Prometheus is told. */
async function queueLength(output: string): Promise<number> {
  const [address] = /http:\S+/.exec(output) ?? [];
  if (address === undefined) return 0;
  const text = await fetch(address).then(
    (response) => response.text(),
    () => '',
  );
  return Number(/^saliency_queue_chunks (\d+)$/m.exec(text)?.[1] ?? 0);
}
