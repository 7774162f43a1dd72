import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { explain } from 'guided-saliency';
import { toPixels } from 'guided-saliency/image';
import { randomizeFrom } from 'guided-saliency/metrics';
import { contactSheet, type Captioned } from '../demo/contactSheet';
import { encoderOf } from '../demo/encoderOf';
import { showMap } from '../demo/showMap';
import { cascadingMethods, cascadingNetworks, weightedLayers } from './cascading';
import { methodNames, type MethodName } from './methodNames';
import { networks, type Network } from './networks';
import type { PublishedOptions } from './options';
import { loadPhotos } from './photos';

/** The file that they go into. */
export const CASCADING_MAPS = 'cascading-maps.jpg';

/** Shares of the layers that are random. */
const SHARES = [0, 0.25, 0.5, 0.75, 1];

/** The maps of the first photo by the first network, a row for each method, as more layers are random. */
export async function cascadingMaps({ networks: chosen, passes }: PublishedOptions): Promise<Uint8Array> {
  const name = (chosen ?? cascadingNetworks).find((one) => networks[one].isHere())!;
  const { range, load } = networks[name];
  const model = await load();
  const x = loadPhotos(model, range, 1);
  const photo = await toPixels(x, { range });
  const layers = weightedLayers(model).reverse();
  const rows = methodNames.map((): Captioned[] => []);
  let target: number | undefined;
  for (const share of SHARES) {
    const count = Math.ceil(share * layers.length);
    const random = count === 0 ? undefined : await randomizeFrom(model, layers[count - 1]!);
    for (const [i, method] of methodNames.entries()) {
      const { map, chosen: top } = await mapBy(method, random ?? model, x, { target, passes, range });
      target ??= top; // of the model as it is
      const picture = await showMap(map, method === 'gradCam' ? 'magnitudes' : 'signs', photo);
      map.dispose();
      rows[i]!.push({ picture, caption: [method, `${count} of ${layers.length} layers random`] });
    }
    random?.dispose();
  }
  x.dispose();
  model.dispose();
  return encoderOf(CASCADING_MAPS)(await contactSheet(rows.flat(), SHARES.length));
}

interface Asked {
  readonly target: number | undefined;
  readonly passes: number;
  readonly range: Network['range'];
}

async function mapBy(name: MethodName, model: LayersModel, x: Tensor4D, { target, passes, range }: Asked) {
  const entry = cascadingMethods[name];
  const own = 'options' in entry ? entry.options(passes, range) : {};
  const options = { ...own, ...(target === undefined ? {} : { target }) };
  const { map, value, classes } = await explain(entry.method as never, model, x, options as never);
  const chosen = classes ? (await classes.data())[0] : target;
  for (const tensor of [value, classes]) (tensor as Tensor | undefined)?.dispose();
  return { map: map as unknown as Tensor, chosen };
}
