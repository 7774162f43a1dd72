import { ready, argMax, dispose, type Tensor } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-webgl';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import { gradCam } from 'guided-saliency';
import { colorize, drawOnCanvas, imageInput, overlay, toPixels } from 'guided-saliency/image';

const NAMES = ['red', 'green', 'blue'];

/** Draws on `canvas` where in the photo the model sees its top class, and gives that class. */
export async function explain(photo: HTMLCanvasElement, canvas: HTMLCanvasElement): Promise<string> {
  await ready();
  const model = await loadLayersModel('model/model.json');
  const x = imageInput(photo, model);
  const map = gradCam(model, x);
  const scores = model.predict(x) as Tensor;
  const best = argMax(scores, 1);
  const shown = await colorize(map, { colors: 'turbo', percentile: 100 });
  drawOnCanvas(canvas, overlay(await toPixels(x), shown));
  const top = (await best.data())[0] ?? 0;
  dispose([x, map, scores, best]);
  model.dispose();
  return NAMES[top] ?? 'unknown';
}
