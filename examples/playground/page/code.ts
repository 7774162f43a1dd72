import type { Explained } from '../messages';
import { factsOf, takesLayer } from '../methods';
import type { Settings } from '../settings';

/** The lines that make a map with what npm installs. */
export function codeFor(settings: Settings, { method, target, layer }: Explained): string {
  const { range, colors, strength, backend } = settings;
  const { kind, passes, options } = factsOf(method);
  const given = [
    `target: ${target}`,
    ...Object.entries(options ?? {}).map(([name, value]) => `${name}: ${value}`),
    ...(takesLayer(method) && layer !== null ? [`layer: ${JSON.stringify(pathOf(layer))}`] : []),
  ];
  const call = `${passes === 'many' ? 'await ' : ''}${method}(model, x, { ${given.join(', ')} })`;
  const [flat, imported] =
    kind === 'layer'
      ? ['resizeMap(map, x.shape.slice(1, 3))', ', resizeMap']
      : kind === 'input'
        ? ['reduceChannels(map)', ', reduceChannels']
        : ['map', ''];
  return `// npm install guided-saliency @tensorflow/tfjs-core @tensorflow/tfjs-layers @tensorflow/tfjs-backend-${backend}
import * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-${backend}';
import { ${method}${imported} } from 'guided-saliency';
import { colorize, drawOnCanvas, imageInput, overlay, toPixels } from 'guided-saliency/image';

await tf.setBackend('${backend}');
const model = await loadLayersModel('model.json');
const photo = document.querySelector('img');
const range = [${range.replace(',', ', ')}];

const x = imageInput(photo, model, { range });
const map = ${call};
const colours = await colorize(${flat}, { colors: '${colors}', percentile: 97 });
const picture = overlay(await toPixels(x, { range }), colours, ${strength / 100});
drawOnCanvas(document.querySelector('canvas'), picture);
`;
}

function pathOf(layer: string): string | string[] {
  const path = layer.split(' › ');
  return path.length === 1 ? layer : path;
}
