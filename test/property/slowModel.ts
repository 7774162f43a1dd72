import type { LayerPlan, ModelPlan, NodePlan } from './randomModel';
import { slowConv2d, slowDense, slowDepthwise } from './slow/convolution';
import {
  slowAveragePool,
  slowGlobalAveragePool,
  slowMaxPool,
  slowUpSampling,
  slowZeroPadding,
} from './slow/pooling';
import {
  clipped,
  curves,
  leaky,
  parametric,
  slowBatchNorm,
  slowConcat,
  slowCurve,
  slowProduct,
  slowReshape,
  slowSum,
  thresholded,
  type Curve,
} from './slow/pointwise';
import { mapped, volume, type SlowRule, type Step, type Volume } from './slow/volume';

/** A forward pass of a random model, written with loops, and the way back. */
export interface SlowRun {
  readonly outputs: Volume;
  /** How near a kink or a tie it came. */
  readonly margin: number;
  /** The gradient of the scores of the classes, one for each sample, to each input. */
  gradients(classes: readonly number[], rule: SlowRule): Volume[];
}

/** Runs a plan. Its last layer is a Dense with an activation, before which the score of a class stands. */
export function slowRun(plan: ModelPlan, inputs: readonly Volume[]): SlowRun {
  const values: Volume[] = [];
  const steps: (Step | undefined)[] = [];
  let scores: Volume | undefined;
  plan.nodes.forEach((node, at) => {
    const xs = node.inputs.map((input) => values[input] as Volume);
    const step =
      node.layer && stepOf(node.layer, xs, [plan.batch, ...node.shape], at === plan.nodes.length - 1);
    if (step && at === plan.nodes.length - 1) scores = step.y;
    steps.push(step);
    values.push(step ? step.y : (inputs[at] as Volume));
  });
  if (!scores) throw new Error('internal: a plan without layers');
  const top = scores;
  return {
    outputs: probabilities(plan.nodes.at(-1) as NodePlan, top),
    margin: Math.min(...steps.map((step) => step?.margin ?? Infinity)),
    gradients: (classes, rule) => {
      const arriving = plan.nodes.map(() => undefined as Volume | undefined);
      arriving[plan.nodes.length - 1] = oneHot(top, classes);
      for (let at = plan.nodes.length - 1; at >= plan.inputCount; at--) {
        const dy = arriving[at];
        if (!dy) continue;
        (steps[at] as Step).back(dy, rule).forEach((dx, i) => {
          const input = (plan.nodes[at] as NodePlan).inputs[i] as number;
          const before = arriving[input];
          arriving[input] = before ? mapped(dx, (value, j) => value + before.data[j]!) : dx;
        });
      }
      return plan.nodes
        .slice(0, plan.inputCount)
        .map(({ shape }, i) => arriving[i] ?? volume([plan.batch, ...shape]));
    },
  };
}

/** Whether a rule finds a rectifier between an input and the scores. */
export function hasRectifier({ nodes }: ModelPlan): boolean {
  return nodes
    .slice(0, -1)
    .some(
      ({ layer }) =>
        layer &&
        (layer.kind === 'reLU' ||
          layer.kind === 'leakyReLU' ||
          layer.kind === 'thresholdedReLU' ||
          layer.kind === 'prelu' ||
          ('activation' in layer && layer.activation !== 'softmax' && curves[layer.activation].rectifies)),
    );
}

function stepOf(layer: LayerPlan, xs: readonly Volume[], shape: readonly number[], isLast: boolean): Step {
  const [x] = xs as [Volume];
  const weight = (name: string) => {
    const found = layer.weights[name];
    return found && volume(found.shape, found.values);
  };
  const needed = (name: string) => weight(name) as Volume;
  switch (layer.kind) {
    case 'conv2d':
      return activated(
        slowConv2d(x, { ...layer, kernel: needed('kernel'), bias: weight('bias') }),
        curves[layer.activation],
      );
    case 'depthwiseConv2d':
      return activated(
        slowDepthwise(x, { ...layer, kernel: needed('kernel'), bias: weight('bias') }),
        curves[layer.activation],
      );
    case 'dense': {
      const dense = slowDense(x, needed('kernel'), weight('bias'));
      return isLast || layer.activation === 'softmax' ? dense : activated(dense, curves[layer.activation]);
    }
    case 'batchNormalization':
      return slowBatchNorm(x, {
        gamma: weight('gamma'),
        beta: weight('beta'),
        mean: needed('mean'),
        variance: needed('variance'),
      });
    case 'activation':
      return slowCurve(x, curves[layer.activation]);
    case 'reLU':
      return slowCurve(x, layer.parameter === undefined ? curves.relu : clipped(layer.parameter));
    case 'leakyReLU':
      return slowCurve(x, leaky(layer.parameter as number));
    case 'thresholdedReLU':
      return slowCurve(x, thresholded(layer.parameter as number));
    case 'prelu':
      return slowCurve(x, parametric(needed('alpha')));
    case 'maxPooling2d':
      return slowMaxPool(x, { ...layer, size: layer.poolSize });
    case 'averagePooling2d':
      return slowAveragePool(x, { ...layer, size: layer.poolSize });
    case 'globalAveragePooling2d':
      return slowGlobalAveragePool(x);
    case 'upSampling2d':
      return slowUpSampling(x, layer.size);
    case 'zeroPadding2d':
      return slowZeroPadding(x, layer.around);
    case 'flatten':
      return slowReshape(x, shape);
    case 'add':
      return slowSum(xs);
    case 'average':
      return slowSum(xs, 1 / xs.length);
    case 'multiply':
      return slowProduct(x, xs[1] as Volume);
    case 'concatenate':
      return slowConcat(xs);
  }
}

function activated(step: Step, curve: Curve): Step {
  const { y, margin, back } = slowCurve(step.y, curve);
  return {
    y,
    margin: Math.min(margin ?? Infinity, step.margin ?? Infinity),
    back: (dy, rule) => step.back(back(dy, rule)[0] as Volume, rule),
  };
}

function oneHot(scores: Volume, classes: readonly number[]): Volume {
  const width = scores.shape[1] as number;
  return mapped(scores, (_, i) => (classes[Math.floor(i / width)] === i % width ? 1 : 0));
}

function probabilities({ layer }: NodePlan, scores: Volume): Volume {
  const activation = layer?.kind === 'dense' ? layer.activation : 'linear';
  if (activation !== 'softmax') return mapped(scores, curves[activation].value);
  const width = scores.shape[1] as number;
  return mapped(scores, (value, i) => {
    const row = Array.from(scores.data.subarray(i - (i % width), i - (i % width) + width));
    const highest = Math.max(...row);
    return Math.exp(value - highest) / row.reduce((sum, each) => sum + Math.exp(each - highest), 0);
  });
}
