import { tensor } from '@tensorflow/tfjs-core';
import {
  input,
  layers,
  model as modelOf,
  type LayersModel,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import type { LayerPlan, ModelPlan, NodePlan } from './randomModel';

type Layer = InstanceType<typeof layers.Layer>;

/** The order in which TF.js's layers list their weights. */
const ORDER = ['kernel', 'bias', 'gamma', 'beta', 'mean', 'variance', 'alpha'];

/** A plan as a LayersModel. */
export function layersModel(plan: ModelPlan): LayersModel {
  const made = new Map<number, Layer>();
  const values: SymbolicTensor[] = [];
  for (const { layer, inputs, shape } of plan.nodes) {
    if (!layer) {
      values.push(input({ shape: [...shape] }));
      continue;
    }
    const built = made.get(layer.id) ?? layerOf(layer, shape);
    made.set(layer.id, built);
    const xs = inputs.map((each) => values[each] as SymbolicTensor);
    values.push(built.apply(xs.length === 1 ? (xs[0] as SymbolicTensor) : xs) as SymbolicTensor);
  }
  setWeights(plan.nodes, made);
  return modelOf({ inputs: values.slice(0, plan.inputCount), outputs: values.at(-1) as SymbolicTensor });
}

function layerOf(layer: LayerPlan, shape: readonly number[]): Layer {
  const zeros = { kernelInitializer: 'zeros', useBias: 'bias' in layer.weights } as const;
  switch (layer.kind) {
    case 'conv2d':
      return layers.conv2d({ ...zeros, ...window(layer), filters: shape[2] as number });
    case 'depthwiseConv2d':
      return layers.depthwiseConv2d({
        ...window(layer),
        useBias: zeros.useBias,
        depthwiseInitializer: 'zeros',
        depthMultiplier: layer.weights['kernel']!.shape[3] as number,
      });
    case 'dense':
      return layers.dense({ ...zeros, units: shape[0] as number, activation: layer.activation });
    case 'batchNormalization':
      return layers.batchNormalization({ scale: 'gamma' in layer.weights, center: 'beta' in layer.weights });
    case 'activation':
      return layers.activation({ activation: layer.activation });
    case 'reLU':
      return layers.reLU(layer.parameter === undefined ? {} : { maxValue: layer.parameter });
    case 'leakyReLU':
      return layers.leakyReLU({ alpha: layer.parameter as number });
    case 'thresholdedReLU':
      return layers.thresholdedReLU({ theta: layer.parameter as number });
    case 'prelu':
      return layers.prelu();
    case 'maxPooling2d':
      return layers.maxPooling2d(pool(layer));
    case 'averagePooling2d':
      return layers.averagePooling2d(pool(layer));
    case 'globalAveragePooling2d':
      return layers.globalAveragePooling2d({});
    case 'upSampling2d':
      return layers.upSampling2d({ size: [...layer.size] });
    case 'zeroPadding2d':
      return layers.zeroPadding2d({
        padding: layer.around.map((pair) => [...pair]) as [[number, number], [number, number]],
      });
    case 'flatten':
      return layers.flatten();
    case 'add':
      return layers.add();
    case 'average':
      return layers.average();
    case 'multiply':
      return layers.multiply();
    case 'concatenate':
      return layers.concatenate();
  }
}

function window({
  kernelSize,
  strides,
  padding,
  dilation,
  activation,
}: Extract<LayerPlan, { kind: 'conv2d' | 'depthwiseConv2d' }>) {
  return {
    kernelSize: [...kernelSize] as [number, number],
    ...(dilation === 1 ? { strides: [...strides] as [number, number] } : { dilationRate: dilation }),
    padding: padding as 'same' | 'valid',
    activation,
  };
}

function pool({
  poolSize,
  strides,
  padding,
}: Extract<LayerPlan, { kind: 'maxPooling2d' | 'averagePooling2d' }>) {
  return {
    poolSize: [...poolSize] as [number, number],
    strides: [...strides] as [number, number],
    padding: padding as 'same' | 'valid',
  };
}

function setWeights(nodes: readonly NodePlan[], made: ReadonlyMap<number, Layer>): void {
  const plans = new Map(nodes.flatMap(({ layer }) => (layer ? [[layer.id, layer] as const] : [])));
  for (const [id, layer] of made) {
    const { weights } = plans.get(id) as LayerPlan;
    const values = ORDER.filter((name) => name in weights).map((name) => {
      const { shape, values: numbers } = weights[name]!;
      return tensor([...numbers], [...shape]);
    });
    if (values.length > 0) layer.setWeights(values);
    for (const value of values) value.dispose();
  }
}
