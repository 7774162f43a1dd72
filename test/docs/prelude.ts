import { io, randomNormal, randomUniform, type Tensor4D } from '@tensorflow/tfjs-core';
import { loadGraphModel, type GraphModel } from '@tensorflow/tfjs-converter';
import { layers, sequential, type LayersModel } from '@tensorflow/tfjs-layers';

// What the code blocks of the README may use without saying where it comes from. Any URL that ends in
// `model.json` answers a `loadLayersModel` with the same `model`.

/** Photos of 32 x 32 in, 1000 classes out. Layers: conv1, relu1, pool, conv2, gap, logits, probabilities. */
export const model: LayersModel = sequential({
  name: 'small',
  layers: [
    layers.conv2d({ name: 'conv1', inputShape: [32, 32, 3], filters: 8, kernelSize: 3, padding: 'same' }),
    layers.reLU({ name: 'relu1', maxValue: 6 }),
    layers.maxPooling2d({ name: 'pool', poolSize: 2 }),
    layers.conv2d({ name: 'conv2', filters: 8, kernelSize: 3, padding: 'same', activation: 'relu' }),
    layers.globalAveragePooling2d({ name: 'gap' }),
    layers.dense({ name: 'logits', units: 1000 }),
    layers.activation({ name: 'probabilities', activation: 'softmax' }),
  ],
});

/** The same kind of network as a GraphModel. Nodes: x, pixels, hidden, features, logits, probabilities. */
export const graphModel: GraphModel = await loadGraphModel(io.fromMemory(smallGraph()));

/** A photo of noise, [1, 32, 32, 3] in 0...1. */
export const image: Tensor4D = randomUniform([1, 32, 32, 3], 0, 1, 'float32', 1);

/** Two such photos, [2, 32, 32, 3]. */
export const images: Tensor4D = randomUniform([2, 32, 32, 3], 0, 1, 'float32', 2);

/** Answers the requests for `model` that `fetch` gets; the rest is refused, as no test needs the network. */
export async function answerFetch(url: string | URL | Request): Promise<Response> {
  const name = String(url instanceof Request ? url.url : url);
  if (!name.endsWith('model.json') && !name.endsWith('weights.bin'))
    throw new Error(`a block fetches ${name}`);
  const artifacts = await modelArtifacts();
  if (name.endsWith('weights.bin')) return new Response(io.CompositeArrayBuffer.join(artifacts.weightData));
  return Response.json({
    modelTopology: artifacts.modelTopology,
    weightsManifest: [{ paths: ['weights.bin'], weights: artifacts.weightSpecs }],
  });
}

async function modelArtifacts(): Promise<io.ModelArtifacts> {
  return new Promise((resolve, reject) => {
    const handler = io.withSaveHandler((artifacts) => {
      resolve(artifacts);
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } });
    });
    model.save(handler).catch(reject);
  });
}

function smallGraph(): io.ModelArtifacts {
  const shapes = { shape: [2], w1: [3072, 8], w2: [8, 1000] };
  const weightSpecs = Object.entries(shapes).map(([name, shape]): io.WeightsManifestEntry => {
    return { name, shape, dtype: name === 'shape' ? 'int32' : 'float32' };
  });
  const weights = [shapes.w1, shapes.w2].map((shape, i) =>
    randomNormal(shape, 0, 0.05, 'float32', i + 1).dataSync(),
  );
  const parts = [Int32Array.of(-1, 3072), ...weights].map((values) => values.slice().buffer);
  const weightData = io.CompositeArrayBuffer.join(parts);
  const float = { dtype: { type: 'DT_FLOAT' } };
  const dim = ['-1', '32', '32', '3'].map((size) => ({ size }));
  const node = [
    { name: 'x', op: 'Placeholder', attr: { ...float, shape: { shape: { dim } } } },
    { name: 'shape', op: 'Const', attr: { dtype: { type: 'DT_INT32' } } },
    { name: 'w1', op: 'Const', attr: float },
    { name: 'w2', op: 'Const', attr: float },
    { name: 'pixels', op: 'Reshape', input: ['x', 'shape'], attr: {} },
    { name: 'hidden', op: 'MatMul', input: ['pixels', 'w1'], attr: {} },
    { name: 'features', op: 'Relu', input: ['hidden'], attr: {} },
    { name: 'logits', op: 'MatMul', input: ['features', 'w2'], attr: {} },
    { name: 'probabilities', op: 'Softmax', input: ['logits'], attr: {} },
  ];
  return { modelTopology: { versions: { producer: 1, minConsumer: 1 }, node }, weightSpecs, weightData };
}
