// Maps a second of examples/batch, by workers: npm run bench:batch -- [images] [images of MobileNetV2]
import '@tensorflow/tfjs-backend-cpu';
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { chunksOf } from '../examples/batch/chunk.ts';
import { imagesIn } from '../examples/batch/images.ts';
import { produce } from '../examples/batch/produce.ts';
import { runHere } from '../examples/batch/runHere.ts';
import { settingsOf, type BatchSettings } from '../examples/batch/settings.ts';
import { startWorkers } from '../examples/batch/workers.ts';
import { writeSmallImages } from '../test/batch/smallImages.ts';
import { run } from '../test/batch/whole/processes.ts';
import { startRedis } from '../test/batch/whole/redisServer.ts';
import { saveInShards, smallClassifier } from '../test/demo/smallModels.ts';
import { startBackend } from '../test/setup/startBackend.ts';
import { describeMachine, describeVersions } from './machine.ts';

const [count = 3000, countOfMobileNet = 60] = process.argv.slice(2).map(Number);
const folder = await mkdtemp(join(tmpdir(), 'batch-bench-'));
await startBackend('cpu');
const model = await saveInShards(smallClassifier(), folder);
const redis = await startRedis();
const { signal } = new AbortController();

console.log(`${describeMachine()}; ${describeVersions(undefined)}`);
console.log(
  `load before: ${loadavg()
    .map((load) => load.toFixed(1))
    .join(', ')}\n`,
);
console.log('| workers | small network, here | small network, over Redis | MobileNetV2, over Redis |');
console.log('| --- | --- | --- | --- |');
for (const workers of [1, 2, 3]) {
  const cells = [
    await rateOf('here', count, workers, model),
    await rateOf('queue', count, workers, model),
    await rateOf('queue', countOfMobileNet, workers),
  ];
  console.log(`| ${workers} | ${cells.map((rate) => rate.toFixed(1)).join(' | ')} |`);
}
console.log(
  `\nload after: ${loadavg()
    .map((load) => load.toFixed(1))
    .join(', ')}`,
);
await redis.end();
await rm(folder, { recursive: true });

/** Maps a second, from when every worker has had time to start: a tenth of the images are not counted. */
async function rateOf(
  where: 'here' | 'queue',
  images: number,
  workers: number,
  path?: string,
): Promise<number> {
  const input = join(folder, `images ${images}`);
  await writeSmallImages(input, images);
  const output = join(folder, `maps ${where} ${images} ${workers}`);
  const settings = await settingsOf({
    ...{ input, output, workers, method: 'guidedBackprop', backend: 'wasm', inputRange: [0, 1] },
    ...{ chunk: 64, queueLimit: 100, ...(path === undefined ? {} : { model: path }) },
  });
  const warm = Math.floor(images / 10);
  let done = 0;
  let started = 0;
  const onResult = () => {
    if (++done === warm) started = performance.now();
  };
  const chunks = chunksOf(imagesIn(input, output), Math.min(64, Math.ceil(images / 20)));
  await (where === 'here'
    ? here(chunks, settings, workers, onResult)
    : queue(chunks, settings, workers, onResult));
  return (1000 * (images - warm)) / (performance.now() - started);
}

async function here(
  chunks: ReturnType<typeof chunksOf>,
  settings: BatchSettings,
  count: number,
  onResult: () => void,
): Promise<void> {
  const workers = startWorkers(count);
  await runHere(chunks, count, { settings, workers, signal, onResult });
  await workers.end();
}

async function queue(
  chunks: ReturnType<typeof chunksOf>,
  settings: BatchSettings,
  count: number,
  onResult: () => void,
): Promise<void> {
  const serve = ['--queue', redis.address, '--serve', '--workers', '1'];
  const servers = Array.from({ length: count }, () => run('examples/batch.ts', ...serve));
  await produce(chunks, { settings, queue: redis.address, queueLimit: 100, signal, onResult });
  for (const { child } of servers) child.kill('SIGTERM');
  await Promise.all(servers.map(({ ended }) => ended));
}
