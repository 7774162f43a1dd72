import { memory, ones, type Tensor } from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { saliency } from 'guided-saliency';
import { describe, expect, it } from 'vitest';

const cell = { units: 2, dropout: 0.5, recurrentDropout: 0.5, recurrentInitializer: 'glorotNormal' } as const;
const recurrent = {
  simpleRNN: () => layers.simpleRNN({ ...cell }),
  lstm: () => layers.lstm({ ...cell }),
  gru: () => layers.gru({ ...cell }),
  stacked: () => layers.rnn({ cell: [layers.lstmCell({ ...cell }), layers.gruCell({ ...cell })] }),
  bidirectional: () => layers.bidirectional({ layer: layers.lstm({ ...cell }), mergeMode: 'concat' }),
};

describe('an RNN with dropout', () => {
  it.each(Object.entries(recurrent))('%s: is explained without a mask left in it', async (_, make) => {
    const model = sequential({ layers: [layers.inputLayer({ inputShape: [2, 3] }), make()] });
    const fields = JSON.stringify(model.layers.map((layer) => Object.keys(layer)));
    const x = ones([1, 2, 3]);
    const before = memory().numTensors;
    const [map, again] = [saliency(model, x, { target: 0 }), saliency(model, x, { target: 0 })];
    expect(memory().numTensors - before).toBe(2);
    expect(JSON.stringify(model.layers.map((layer) => Object.keys(layer)))).toBe(fields);
    expect(await map.array()).toEqual(await again.array());
    // as in inference: what `predict` gives before and after is one
    const [first, second] = [model.predict(x) as Tensor, model.predict(x) as Tensor];
    expect(await first.array()).toEqual(await second.array());
  });
});
