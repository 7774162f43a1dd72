// Where in a signal a 1-D network sees a spike.
import { setBackend, tensor2d, tensor3d, zeros } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { gradCam, guidedBackprop } from 'guided-saliency';

await setBackend('cpu');
const model = sequential({
  layers: [
    layers.conv1d({
      name: 'spikes',
      inputShape: [64, 1],
      filters: 1,
      kernelSize: 3,
      padding: 'same',
      activation: 'relu',
    }),
    layers.globalMaxPooling1d(),
    layers.dense({ units: 2, activation: 'softmax' }), // quiet, spike
  ],
});
// more in the middle than at both sides
model.setWeights([tensor3d([[[-1]], [[2]], [[-1]]]), zeros([1]), tensor2d([[0, 1]]), zeros([2])]);

const signal = Array.from({ length: 64 }, (_, t) => Math.sin(t / 10) + (t === 40 ? 2 : 0));
const x = tensor3d(signal, [1, 64, 1]);

const largest = (values) => values.indexOf(Math.max(...values));
const cam = gradCam(model, x, { target: 1 }); // [1, 64]: in the resolution of the layer
console.log('spike at', largest(await cam.data()));
const map = guidedBackprop(model, x, { target: 1 }); // [1, 64, 1]: of each sample of the signal
console.log('read at', [...(await map.data())].flatMap((value, t) => (value === 0 ? [] : [t])).join(' '));
