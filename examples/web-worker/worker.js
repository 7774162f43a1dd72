import { argMax, dispose, ready } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-webgl'; // on an OffscreenCanvas of its own
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import { gradCam } from 'guided-saliency';
import { colorize, imageInput, overlay, toPixels } from 'guided-saliency/image';

const names = ['red', 'green', 'blue'];

addEventListener('message', async ({ data: { bitmap, url } }) => {
  await ready();
  const model = await loadLayersModel(url);
  const x = imageInput(bitmap, model);
  const map = gradCam(model, x); // of the top class
  const shown = await colorize(map, { colors: 'turbo', percentile: 100 });
  const { data, width, height } = overlay(await toPixels(x), shown);
  const best = argMax(model.predict(x), 1);
  const [top] = await best.data();
  postMessage({ picture: new ImageData(data, width, height), top: names[top] });
  dispose([x, map, best]);
});
