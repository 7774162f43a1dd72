// What each word adds to the score of a text: words are numbers, which have no gradient, so that the question is
// put to what the embedding makes of them.
import { mul, setBackend, sum, tensor2d, zeros } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { explain, saliency } from 'guided-saliency';

const words = ['a', 'film', 'good', 'bad', 'not'];

await setBackend('cpu');
const model = sequential({
  layers: [
    layers.embedding({ name: 'embedding', inputDim: words.length, outputDim: 2, inputLength: 4 }),
    layers.globalAveragePooling1d(),
    layers.dense({ units: 1, activation: 'sigmoid' }),
  ],
});
model.setWeights([
  tensor2d([
    [0, 0],
    [0, 1],
    [4, 1],
    [-4, 1],
    [-2, 0],
  ]),
  tensor2d([[1], [0]]),
  zeros([1]),
]);

const text = ['a', 'good', 'bad', 'film'];
const ids = tensor2d([text.map((word) => words.indexOf(word))], [1, 4], 'int32');

const { at } = await explain(saliency, model, ids, { target: 0, wrt: 'embedding', at: ['embedding'] });
const [{ y, dy }] = at; // [1, 4, 2] both: the vectors of the words, and the gradients with respect to them
const shares = await sum(mul(y, dy), -1).data();
text.forEach((word, i) => console.log(word, shares[i].toFixed(2)));
