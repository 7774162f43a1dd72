import { input, layers, model, type LayersModel } from '@tensorflow/tfjs-layers';
import { on, seeded } from './seeded';

const reading = () => [
  layers.bidirectional({
    layer: layers.lstm({ units: 3, returnSequences: true, recurrentInitializer: 'glorotUniform' }),
    mergeMode: 'concat',
    name: 'both',
  }),
  layers.gru({ units: 4, recurrentInitializer: 'glorotUniform', name: 'last' }),
  layers.dense({ units: 3, activation: 'softmax', name: 'classes' }),
];

/** Texts of 4 words of 9, in 3 classes: an embedding, an LSTM read from both sides, a GRU. */
export function text(): LayersModel {
  const x = input({ shape: [4], dtype: 'int32', name: 'words' });
  const words = on(x, layers.embedding({ inputDim: 9, outputDim: 3, name: 'embedding' }));
  return seeded(model({ inputs: x, outputs: reading().reduce((y, layer) => on(y, layer), words) }), 3);
}

/** The same from the embedding's output on, `[batch, 4, 3]`. */
export function embedded(): LayersModel {
  const x = input({ shape: [4, 3], name: 'vectors' });
  const made = model({ inputs: x, outputs: reading().reduce((y, layer) => on(y, layer), x) });
  const whole = text();
  made.setWeights(whole.getWeights().slice(1));
  return made;
}
