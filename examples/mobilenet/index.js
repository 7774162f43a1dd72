// Why @tensorflow-models/mobilenet says what it says of a photo: `node index.js photo.png`.
import { readFileSync, writeFileSync } from 'node:fs';
import * as mobilenet from '@tensorflow-models/mobilenet';
import { mul, reshape, setBackend } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { decode } from 'fast-png';
import { guidedBackprop } from 'guided-saliency';
import { colorize, encodePng, imageInput } from 'guided-saliency/image';

const [photo = 'photo.png', modelUrl] = process.argv.slice(2); // left out: the model is fetched from its site

await setBackend('cpu');
const net = await mobilenet.load({ version: 2, alpha: 1, ...(modelUrl && { modelUrl, inputRange: [0, 1] }) });
const x = imageInput(decode(readFileSync(photo)), { size: 224, range: [0, 1] });

const [best] = await net.classify(mul(reshape(x, [224, 224, 3]), 255)); // the wrapper wants 0...255
console.log('class', best.className);

const map = guidedBackprop(net.model, x); // the wrapper's model; of its top class
console.log('map', map.shape.join(' x '));
writeFileSync('map.png', encodePng(await colorize(map)));
