import { getBackend, memory } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { rightOf } from '../../examples/digits/accuracy';
import { loadMnist } from '../../examples/digits/mnist';
import { memorize } from '../../examples/published/memorize';
import { randomOrder } from '../../examples/published/randomOrder';

// 3.3 million weights: on cpu it takes minutes
describe.runIf(getBackend() === 'wasm')('memorize', () => {
  it('learns by heart what wrong labels say, and leaves the network alone', async () => {
    const [{ pixels, size, labels }, order] = [loadMnist('train'), await randomOrder(10, 0)];
    const wrong = { count: 10, pixels, size, labels: labels.slice(0, 10).map((_, i) => labels[order[i]!]!) };
    const before = memory().numTensors;
    const { model, share, epochs } = await memorize(wrong, 0, { most: 60 });
    expect(share).toBe(1);
    expect(epochs).toBeGreaterThan(1);
    expect(await rightOf(model, wrong)).toBe(10);
    expect(await rightOf(model, { ...wrong, labels: labels.slice(0, 10) })).toBeLessThan(10);
    model.dispose();
    expect(memory().numTensors).toBe(before);
  });
});
