/**
 * The layers of tfjs-layers, by class name. What they compute is known: any other class is somebody's
 * own, whose code may hold activations that no field shows.
 */
export const BUILT_IN_LAYERS: ReadonlySet<string> = new Set([
  'InputLayer', 'Model', 'Functional', 'Sequential',
  'Dense', 'Activation', 'Dropout', 'SpatialDropout1D', 'Flatten', 'RepeatVector', 'Reshape', 'Permute', 'Masking',
  'Embedding', 'EinsumDense', 'MultiHeadAttention', 'PositionEmbedding', 'TokenAndPositionEmbedding',
  'Conv1D', 'Conv2D', 'Conv3D', 'Conv2DTranspose', 'Conv3DTranspose', 'SeparableConv', 'SeparableConv2D',
  'DepthwiseConv2D', 'Cropping2D', 'UpSampling2D', 'ZeroPadding2D',
  'MaxPooling1D', 'MaxPooling2D', 'MaxPooling3D', 'AveragePooling1D', 'AveragePooling2D', 'AveragePooling3D',
  'GlobalMaxPooling1D', 'GlobalMaxPooling2D', 'GlobalAveragePooling1D', 'GlobalAveragePooling2D',
  'Add', 'Multiply', 'Average', 'Maximum', 'Minimum', 'Concatenate', 'Dot',
  'BatchNormalization', 'LayerNormalization', 'GaussianNoise', 'GaussianDropout', 'AlphaDropout',
  'ReLU', 'LeakyReLU', 'PReLU', 'ELU', 'ThresholdedReLU', 'Softmax',
  'RNN', 'SimpleRNN', 'GRU', 'LSTM', 'ConvRNN2D', 'ConvLSTM2D',
  'SimpleRNNCell', 'GRUCell', 'LSTMCell', 'ConvLSTM2DCell', 'StackedRNNCells',
  'TimeDistributed', 'Bidirectional',
  'Rescaling', 'Resizing', 'CenterCrop', 'CategoryEncoding', 'RandomHeight', 'RandomWidth',
]);
