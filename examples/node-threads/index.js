import { randomUniform, setBackend } from '@tensorflow/tfjs-core';
import { getThreadsCount } from '@tensorflow/tfjs-backend-wasm';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { guidedBackprop, prepare } from 'guided-saliency';
import { startThreads } from './startThreads.js';

const count = Number(process.argv[2] ?? 2);
if (count > 1) await startThreads(count);
else await setBackend('wasm');

// stands for your model: three convolutions, the same numbers each time
const model = sequential();
for (let seed = 1; seed <= 3; seed++) {
  model.add(
    layers.conv2d({
      ...(seed === 1 && { inputShape: [64, 64, 3] }),
      filters: 32,
      kernelSize: 3,
      activation: 'relu',
      kernelInitializer: { className: 'GlorotUniform', config: { seed } },
    }),
  );
}
model.add(layers.globalAveragePooling2d({}));

const fast = prepare(model);
const image = randomUniform([1, 64, 64, 3], 0, 1, 'float32', 7);
let sum = 0;
let least = Infinity;
for (let i = 0; i < 20; i++) {
  const start = performance.now();
  const map = guidedBackprop(fast, image, { target: 0 });
  sum = (await map.data()).reduce((before, value) => before + Math.abs(value), 0);
  least = Math.min(least, performance.now() - start);
  map.dispose();
}
console.log(`threads ${getThreadsCount()}`);
console.log(`milliseconds ${least.toFixed(1)}`);
console.log(`sum ${sum.toFixed(5)}`);
