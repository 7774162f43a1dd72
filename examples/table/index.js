// What a regression on a table makes of each column: integrated gradients from the mean row.
import { mean, setBackend, tensor2d, tidy } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { explain, integratedGradients } from 'guided-saliency';

const columns = ['rooms', 'age', 'noise'];

// price = 3 rooms - 2 age, whatever the noise; all columns about -1...1
const rows = Array.from({ length: 200 }, (_, i) => [Math.sin(i), Math.cos(3 * i), Math.sin(7 * i + 1)]);
const prices = rows.map(([rooms, age]) => 3 * rooms - 2 * age);

await setBackend('cpu');
const model = sequential({
  layers: [layers.dense({ units: 1, inputShape: [3], kernelInitializer: 'zeros' })],
});
model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
await model.fit(tensor2d(rows), tensor2d(prices, [200, 1]), { epochs: 60, batchSize: 20, verbose: 0 });

const x = tensor2d([[0.5, -1, 0.9]]);
const baseline = tidy(() => mean(tensor2d(rows), 0, true)); // the mean row
const { map, value, gap } = await explain(integratedGradients, model, x, { target: 0, baseline });

console.log('price', (await value.data())[0].toFixed(2));
const shares = await map.data();
columns.forEach((column, i) => console.log(column, shares[i].toFixed(2)));
console.log('missing', Math.abs(gap[0]).toFixed(2)); // how far they are from summing to the whole change
