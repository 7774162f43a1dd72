import { profile, type Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { prepare, type saliency, type SaliencyOptions } from 'guided-saliency';
import { expectSame } from './expectSame';
import { later } from './later';

/**
 * Expects the maps that a model's program gives, prepared and not, to be that of a plain function that
 * predicts, which runs the layers; gives the kernels that ran for the one that is not prepared.
 */
export async function expectAsPredicted(
  method: typeof saliency,
  model: LayersModel,
  x: Tensor,
  options: SaliencyOptions,
): Promise<string[]> {
  let map: Tensor | undefined;
  const { kernelNames } = await profile(() => (map = later(() => method(model, x, options))));
  const slow = method((x: Tensor) => model.predict(x) as Tensor, x, options);
  await expectSame(map!, slow);
  const prepared = prepare(model);
  await expectSame(
    later(() => method(prepared, x, options)),
    slow,
  );
  prepared.dispose();
  return kernelNames;
}
