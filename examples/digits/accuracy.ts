import { argMax, equal, sum, tidy, type Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { batchAt } from './batches';
import type { Digits } from './idx';

const BATCH = 500;

/** How many of the digits, or of the first `count` of them, the network takes for what they are. */
export async function rightOf(model: LayersModel, digits: Digits, count = digits.count): Promise<number> {
  let right = 0;
  for (let from = 0; from < count; from += BATCH) {
    const { x, y } = batchAt(digits, from, Math.min(BATCH, count - from));
    const hits = tidy(() => sum(equal(argMax(model.predict(x) as Tensor, 1), argMax(y, 1))));
    right += (await hits.data())[0]!;
    for (const tensor of [x, y, hits]) tensor.dispose();
  }
  return right;
}
