import { keep, reshape, sum, tile, zeros } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { isTensor } from '../../backends/isTensor';
import { ours } from '../../errors/door';
import { openExplainer } from '../../explanations/explainer/explainer';
import { asPlace } from '../../explanations/explainer/findEnds';
import type { ExplainOptions, PlaceName } from '../../explanations/explainer/options';
import type { Inputs } from '../../model/inputs';
import type { Outputs } from '../../model/network';
import type { Model } from '../../model/networkOf';
import { WEIGHTS } from '../../targets/seedOfPlace';
import type { WeighedPlace } from '../../targets/seedOfPlace';
import type { Asked } from '../../targets/target';
import { tidied } from '../../tensors/tidied';
import type { Start } from './starts';

/** A target that starts the way back at a place, as the vector says. */
export function targetAt(start: PlaceName, at: Start): Asked {
  const place: WeighedPlace = { ...asPlace(start), [WEIGHTS]: at };
  return place;
}

/** The same at the scores, as if each class were chosen by as much as the vector says. */
export function targetsAtScores(
  starts: readonly Start[],
  model: Model,
  x: Inputs,
  { from }: ExplainOptions,
): { targets: Asked[]; close: () => void } {
  const shape = shapeOfScores(model, x, from);
  const [batch = 1, ...rest] = shape;
  const at = rest.slice(0, -1).map(() => 0);
  const held: Tensor[] = [];
  const close = () => {
    for (const one of held) one.dispose();
  };
  try {
    const targets = starts.map((start): Asked => {
      const [classes, weights] = tidied((): [Tensor, Tensor] => [
        zeros([batch], 'int32'),
        tile(reshape(start(shape), [1, -1]), [batch, 1]),
      ]);
      held.push(keep(classes), keep(weights));
      return { at, chosen: { classes, weights, others: null } };
    });
    return { targets, close };
  } catch (error) {
    close();
    throw error;
  }
}

function shapeOfScores(model: Model, x: Inputs, from: ExplainOptions['from']): number[] {
  let shape: number[] = [];
  const target = (outputs: Outputs) => {
    if (!isTensor(outputs)) {
      throw ours(
        new RangeError(
          'expected a model of one output, got one of several; say where vectors start, e.g. { start: "scores" }',
        ),
      );
    }
    shape = outputs.shape;
    return sum(outputs);
  };
  const explainer = openExplainer(model, { target, score: 'logit', ...(from === undefined ? {} : { from }) });
  try {
    explainer.score(x).dispose();
  } finally {
    explainer.close();
  }
  if (shape.length > 1 && shape.slice(1, -1).every((size) => size === 1)) return shape;
  throw ours(
    new RangeError(
      `expected scores of shape [batch, classes], got [${shape.join(', ')}]; ` +
        'say where vectors start, e.g. { start: "conv_5" }',
    ),
  );
}
