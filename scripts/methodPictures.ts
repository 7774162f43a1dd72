import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import jpeg from 'jpeg-js';

/*
 * Cuts the contact sheet of all methods, docs/methods.jpg, into a picture for each method's page:
 * `npm run demo -- --method all --out docs/methods.jpg`, then `npx tsx scripts/methodPictures.ts`.
 */

/** In the order of the sheet, row by row; the first cell is the photo. */
const methods = [
  ...['photo', 'saliency', 'inputXGradient', 'guidedBackprop', 'deconvnet', 'rectGrad'],
  ...['gradCam', 'gradCamPlusPlus', 'hiResCam', 'layerCam', 'xGradCam', 'guidedGradCam'],
  ...['smoothGrad', 'varGrad', 'integratedGradients', 'expectedGradients'],
  ...['blurIntegratedGradients', 'guidedIntegratedGradients'],
  ...['occlusion', 'rise', 'scoreCam', 'layerwiseRelevance', 'deepLift'],
];

const COLUMNS = 6;
const SIDE = 224;
const GAP = 4;

const sheet = jpeg.decode(readFileSync('docs/methods.jpg'), { useTArray: true });
const row = sheet.height / Math.ceil(methods.length / COLUMNS);
if (sheet.width !== COLUMNS * (SIDE + GAP) - GAP || !Number.isInteger(row)) {
  throw new Error(`docs/methods.jpg is ${sheet.width} × ${sheet.height}: another sheet than this one cuts`);
}
mkdirSync('docs/methods', { recursive: true });
methods.forEach((method, i) => {
  const [left, top] = [(i % COLUMNS) * (SIDE + GAP), Math.floor(i / COLUMNS) * row];
  const data = new Uint8Array(4 * SIDE * SIDE);
  for (let y = 0; y < SIDE; y++) {
    const from = 4 * ((top + y) * sheet.width + left);
    data.set(sheet.data.subarray(from, from + 4 * SIDE), 4 * y * SIDE);
  }
  writeFileSync(`docs/methods/${method}.jpg`, jpeg.encode({ width: SIDE, height: SIDE, data }, 80).data);
});
