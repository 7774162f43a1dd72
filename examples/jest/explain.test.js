const { memory, setBackend, tensor2d } = require('@tensorflow/tfjs-core');
require('@tensorflow/tfjs-backend-cpu');
const { layers, sequential } = require('@tensorflow/tfjs-layers');
const { explain } = require('./explain');

test('explains the top class, and leaves no tensor', async () => {
  await setBackend('cpu');
  const model = sequential({
    layers: [
      layers.dense({ units: 2, inputShape: [2], activation: 'relu', useBias: false }),
      layers.dense({ units: 2, useBias: false }),
    ],
  });
  model.setWeights([
    tensor2d([
      [1, 3],
      [2, -4],
    ]),
    tensor2d([
      [1, 0],
      [0, 1],
    ]),
  ]);
  const x = tensor2d([[2, 0]]);
  const before = memory().numTensors;

  const { values, png } = await explain(model, x);
  expect(values).toEqual([[3, -4]]);
  expect([...png.slice(0, 4)]).toEqual([137, 80, 78, 71]);
  expect(memory().numTensors).toBe(before);
});
