// Trains the network of this folder on MNIST: npm run digits:train
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { getBackend, train, version_core } from '@tensorflow/tfjs-core';
import { rightOf } from './accuracy';
import { SHIFT, shuffledBatches } from './batches';
import { loadMnist } from './mnist';
import { digitsNetwork } from './network';
import { saveModel } from './saveModel';
import { startFastest } from './startFastest';
import { takesNoOptions } from './takesNoOptions';

const SEED = 1;
const EPOCHS = 15;
const BATCH = 100;

/** Of the first epoch; it falls to almost nothing in the last, along half a cosine. */
const RATE = 0.002;

const folder = fileURLToPath(new URL('model/', import.meta.url));
const lines: string[] = [];
const say = (line: string) => {
  console.log(line);
  lines.push(line);
};

takesNoOptions(
  'digits:train',
  'Trains the network of this folder on MNIST, and writes model/; it may take hours.',
);
await startFastest();
const [learned, test] = [loadMnist('train'), loadMnist('t10k')];
const model = digitsNetwork(SEED);
const optimizer = train.adam(RATE);
model.compile({ optimizer, loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
say(`TensorFlow.js ${version_core} on ${getBackend()}, Node ${process.versions.node}`);
say(`MNIST: ${learned.count} images to learn from, ${test.count} to be tested on`);
say(
  `${model.countParams()} weights; Adam, batches of ${BATCH}, shifts of up to ${SHIFT} pixel, seed ${SEED}`,
);
for (let epoch = 0; epoch < EPOCHS; epoch++) {
  const start = performance.now();
  const rate = RATE * (0.5 + 0.5 * Math.cos((Math.PI * epoch) / EPOCHS));
  const { loss, accuracy } = await learn(rate, epoch);
  const seconds = Math.round((performance.now() - start) / 1000);
  const right = await rightOf(model, test);
  say(
    `epoch ${String(epoch + 1).padStart(2)}: rate ${rate.toFixed(6)}, loss ${loss.toFixed(4)}, ` +
      `right ${percent(accuracy)}; of the test images ${percent(right / test.count)}; ${seconds} s`,
  );
}
mkdirSync(folder, { recursive: true });
const bytes = await saveModel(model, folder);
say(`weights.bin: ${bytes} bytes`);
writeFileSync(`${folder}training.log`, `${lines.join('\n')}\n`);

/** Goes through all the images once, in an order of the epoch's own. */
async function learn(rate: number, epoch: number) {
  (optimizer as unknown as { learningRate: number }).learningRate = rate; // protected, and read at each step
  let [loss, accuracy, seen] = [0, 0, 0];
  for await (const { x, y } of shuffledBatches(learned, BATCH, SEED + epoch)) {
    const count = x.shape[0] ?? 0;
    const [batchLoss, batchAccuracy] = (await model.trainOnBatch(x, y)) as [number, number];
    loss += batchLoss * count;
    accuracy += batchAccuracy * count;
    seen += count;
    x.dispose();
    y.dispose();
  }
  return { loss: loss / seen, accuracy: accuracy / seen };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}
