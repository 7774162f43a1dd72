// Explains ten digits of MNIST's test images: npm run digits
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { enableProdMode, setBackend, slice, tidy, type Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-cpu';
import { gradCam, guidedBackprop, saliency } from 'guided-saliency';
import { encodePng, enlarge, toPixels, type Pixels } from 'guided-saliency/image';
import { contactSheet, type Captioned } from '../demo/contactSheet';
import { loadModel } from '../demo/loadModel';
import { showMap } from '../demo/showMap';
import { firstOfEach } from './batches';
import { loadMnist } from './mnist';
import { takesNoOptions } from './takesNoOptions';

/** Screen pixels in a row of one of MNIST's. */
const ENLARGED = 4;

/** Two digits in a row, each with its maps. */
const COLUMNS = 8;

takesNoOptions(
  'digits',
  "Explains ten digits of MNIST's test images: leaves digits.png here, each digit with its maps.",
);
enableProdMode();
await setBackend('cpu');
const model = (await loadModel(fileURLToPath(new URL('model/model.json', import.meta.url)))) as LayersModel;
const { x } = firstOfEach(loadMnist('t10k'));
const maps = {
  saliency: saliency(model, x),
  guidedBackprop: guidedBackprop(model, x),
  gradCam: gradCam(model, x, { layer: 'shapes' }), // 14 x 14; the pooling behind it leaves 7 x 7
};
const scores = tidy(() => model.predict(x) as Tensor);

const cells: Captioned[] = [];
for (let i = 0; i < 10; i++) {
  const digit = await toPixels(sampleOf(x, i), { range: [0, 1] });
  cells.push(cellOf(digit, await captionOf(i)));
  for (const [name, map] of Object.entries(maps)) {
    const shows = name === 'gradCam' ? 'magnitudes' : 'signs';
    cells.push(cellOf(await showMap(sampleOf(map, i), shows, digit), [name]));
  }
}
writeFileSync('digits.png', encodePng(await contactSheet(cells, COLUMNS)));
console.log('digits.png: ten test images, and the maps of what the network takes each for');

/** What the network takes digit `i` for, and how sure it is. */
async function captionOf(i: number): Promise<string[]> {
  const shares = [...(await sampleOf(scores, i).data())];
  const share = Math.max(...shares);
  return [`a ${i}, taken for`, `${shares.indexOf(share)}: ${(100 * share).toFixed(1)} %`];
}

function cellOf(picture: Pixels, caption: readonly string[]): Captioned {
  return { picture: enlarge(picture, ENLARGED), caption };
}

function sampleOf(batch: Tensor, i: number): Tensor {
  const rest = batch.shape.slice(1);
  return slice(batch, [i, ...rest.map(() => 0)], [1, ...rest]);
}
