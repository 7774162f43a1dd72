import { reshape, slice, tensor4d, type Tensor4D } from '@tensorflow/tfjs-core';
import { encodePng, enlarge, toPixels } from 'guided-saliency/image';
import { contactSheet, type Captioned } from '../demo/contactSheet';
import { showMap } from '../demo/showMap';
import { batchAt } from '../digits/batches';
import { loadMnist } from '../digits/mnist';
import { similarities } from './cascading';
import { SHOWN, type LabelsResult } from './labels';
import { inTable, markdownTable, meanOf } from './means';
import { methodNames } from './methodNames';

/** Screen pixels in a row of one of MNIST's. */
const ENLARGED = 4;

const SIDE = 28;

/** Each test image with its maps by the network with true labels, and below by that with permuted ones. */
export async function labelsFigure(results: readonly LabelsResult[]): Promise<Uint8Array | undefined> {
  const { shown } = results.find((result) => result.shown) ?? {};
  if (!shown) return undefined;
  const { x, y } = batchAt(loadMnist('t10k'), 0, SHOWN);
  const cells: Captioned[] = [];
  for (let i = 0; i < SHOWN; i++) {
    const one = slice(x as Tensor4D, [i, 0, 0, 0], [1, -1, -1, -1]);
    const digit = await toPixels(one, { range: [0, 1] });
    one.dispose();
    for (const labels of ['true', 'permuted'] as const) {
      cells.push({ picture: enlarge(digit, ENLARGED), caption: [`${labels} labels`, ''] });
      for (const method of methodNames) {
        const values = shown[method][labels][i]!;
        const side = Math.sqrt(values.length);
        const isCam = side < SIDE;
        const map = tensor4d(values, [1, side, side, 1]);
        const flat = isCam ? reshape(map, [1, side, side]) : map;
        const picture = await showMap(flat, isCam ? 'magnitudes' : 'signs', digit);
        cells.push({ picture: enlarge(picture, ENLARGED), caption: [method, ''] });
        map.dispose();
        flat.dispose();
      }
    }
  }
  x.dispose();
  y.dispose();
  return encodePng(await contactSheet(cells, 1 + methodNames.length));
}

/** How well the networks learnt, and how alike their maps are. */
export function labelsTables(results: readonly LabelsResult[]): string {
  const [{ images, compared }] = results as [LabelsResult];
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const learnt = results.flatMap(({ seed, networks }) =>
    Object.entries(networks).map(([name, { share, epochs, test }]) => [
      String(seed),
      NAMES[name as keyof typeof NAMES],
      percent(share),
      String(epochs),
      percent(test),
    ]),
  );
  const head = similarities.flatMap((way) => [`${HEADS[way]} permuted`, `${HEADS[way]} again`]);
  const rows = methodNames.map((method) => [
    method,
    ...similarities.flatMap((way) =>
      (['permuted', 'again'] as const).map((other) =>
        inTable(meanOf(results.map(({ methods }) => methods[method][other][way]?.mean))),
      ),
    ),
  ]);
  return [
    `${images} images of MNIST were learnt; ${results.length} ${results.length === 1 ? 'seed' : 'seeds'}.`,
    '',
    markdownTable(
      ['seed', 'network', 'right of what it learnt', 'epochs', 'right of the test images'],
      learnt,
    ),
    '',
    `The maps of ${compared} test images by the network with true labels, against those by the one with permuted labels ` +
      '(permuted) and by another one with true labels from another start (again); means:',
    '',
    markdownTable(['map', ...head], rows),
    '',
  ].join('\n');
}

const NAMES = { true: 'true labels', permuted: 'permuted labels', again: 'true labels, again' };
const HEADS = { spearman: '±', spearmanAbsolute: 'abs', ssim: 'SSIM', hog: 'HOG' };
