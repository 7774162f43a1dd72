import { input, layers, model } from '@tensorflow/tfjs-layers';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { dense } from './applying.ts';
import { seedWeights } from './seedWeights.ts';

/** How many words a text has, of how many. */
export const text = { length: 100, words: 5000 };

const cell = { kernelInitializer: 'zeros', recurrentInitializer: 'zeros' } as const;

/** A LayersModel that reads a text with an LSTM in both directions, over an embedding. */
export function bidirectionalLstm(): LayersModel {
  const layer = layers.lstm({ units: 64, ...cell });
  return reader('bidirectional_lstm', (x) => layers.bidirectional({ layer, mergeMode: 'concat' }).apply(x));
}

/** A LayersModel that reads a text with a GRU, over an embedding. */
export function gru(): LayersModel {
  return reader('gru', (x) => layers.gru({ units: 128, ...cell }).apply(x));
}

function reader(name: string, read: (x: SymbolicTensor) => unknown): LayersModel {
  const ids = input({ shape: [text.length], dtype: 'int32' });
  const embedding = layers.embedding({
    inputDim: text.words,
    outputDim: 64,
    embeddingsInitializer: 'zeros',
    name: 'embedding',
  });
  const last = read(embedding.apply(ids) as SymbolicTensor) as SymbolicTensor;
  const built = model({ inputs: ids, outputs: dense(dense(last, 64, 'relu'), 2, 'softmax'), name });
  seedWeights(built);
  return built;
}
