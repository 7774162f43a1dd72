import { argMax, dispose, ready } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-webgl';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import { gradCam } from 'guided-saliency';
import { colorize, drawOnCanvas, imageInput, overlay, toPixels } from 'guided-saliency/image';

const names = ['red', 'green', 'blue'];
const photo = document.querySelector('#photo');
const pen = photo.getContext('2d');
pen.fillStyle = 'grey';
pen.fillRect(0, 0, 64, 64);
pen.fillStyle = 'red';
pen.fillRect(8, 16, 24, 24);

async function explain() {
  await ready();
  const model = await loadLayersModel('model/model.json');
  const x = imageInput(photo, model);
  const map = gradCam(model, x); // of the top class
  const shown = await colorize(map, { colors: 'turbo', percentile: 100 });
  drawOnCanvas(document.querySelector('#map'), overlay(await toPixels(x), shown));
  const best = argMax(model.predict(x), 1);
  const [top] = await best.data();
  document.querySelector('#said').textContent = names[top];
  dispose([x, map, best]);
}
explain();
