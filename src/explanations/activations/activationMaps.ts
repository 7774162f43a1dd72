import { relu, reshape, sum } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { isTensor } from '../../backends/isTensor';
import { ours } from '../../errors/door';
import { kindOf } from '../../errors/kindOf';
import { notAsync } from '../../errors/notAsync';
import type { Inputs } from '../../model/inputs';
import { isPath } from '../../model/checkPlace';
import { isGraphModel, isLayersModel } from '../../model/modelKinds';
import { isPrepared } from '../../model/networkOf';
import type { Model } from '../../model/networkOf';
import { pathName } from '../../model/place';
import type { Seen } from '../explainer/explainer';
import { asPlace } from '../explainer/findEnds';
import { lastWithSpace } from './lastWithSpace';
import type { MapMethod } from '../calls/method';
import { onePass } from '../calls/onePass';
import type { PlaceName, SaliencyOptions } from '../explainer/options';
import { tensorsIn } from '../inputs/structure';

/** Options of the class activation maps: `gradCam` and its relatives. */
export interface CamOptions extends Omit<SaliencyOptions, 'wrt'> {
  /**
   * The layer, or node of a GraphModel, whose channels are weighed. Left out: the last one before the score
   * whose output has space, more than one cell, behind its activation or the sum that it goes into; the
   * record says which.
   */
  layer?: PlaceName;
  /**
   * Leave in the map, below 0, what speaks against the target.
   *
   * @default false
   */
  signed?: boolean;
  /**
   * Gives the layer's output space: from `[batch, tokens, channels]` of a transformer, the class token
   * dropped, to `[batch, height, width, channels]`. It is given the output, and the gradient there. With
   * `(y) => y` tokens stay in a row. Where the class is read off a token of its own, name a `layer` before
   * the last attention: behind it no other token is read any more, and the map is zeros.
   */
  reshape?: (y: Tensor) => Tensor;
}

/** The names of `CamOptions`. */
export const CAM_OPTIONS: readonly string[] = [
  'target',
  'score',
  'from',
  'batchSize',
  'rule',
  'layer',
  'signed',
  'reshape',
];

/** What a layer gave, and what arrived there, its cells in a row. */
export interface Cells {
  /** The output, `[batch, cells, channels]`, or `[batch, channels, cells]`. */
  readonly y: Tensor;
  /** The gradient there. */
  readonly dy: Tensor;
  /** The axis of the cells. */
  readonly cells: 1 | 2;
}

/** What each channel adds to each cell of the map, of the shape of `y`. */
export type Weighing = (at: Cells) => Tensor;

/** A class activation map as a function, which gives the map alone. */
export function activationMap(name: string, weigh: Weighing): MapMethod<CamOptions> {
  return onePass<CamOptions, MapMethod<CamOptions>>({
    name,
    options: CAM_OPTIONS,
    isOfCells: true,
    resolve: resolveCam,
    ask: ({ target, score, from, batchSize, rule, layer }) => {
      const at = layer === undefined ? [] : [layer];
      return { target, score, from, batchSize, rule, wrt: layer, at, named: 'layer' } as const;
    },
    map: ({ at }, x, options) => camOf(at[0] as Seen, x, options, weigh),
  });
}

/**
 * The options with what is taken for those left out.
 *
 * @param instead What explains a function.
 */
export function resolveCam<O extends CamOptions>(
  options: O,
  model: Model,
  x: Inputs,
  instead = 'saliency',
): O {
  const { signed = false, reshape: change, layer } = options;
  if (typeof signed !== 'boolean') {
    throw ours(new TypeError(`expected signed to be true or false, got ${kindOf(signed)}`));
  }
  if (change !== undefined && typeof change !== 'function') {
    throw ours(new TypeError(`expected reshape to be a function of a tensor, got ${kindOf(change)}`));
  }
  checkLayer(layer);
  const inner: unknown = isPrepared(model) ? model.model : model;
  if (typeof inner === 'function' && !isLayersModel(inner) && !isGraphModel(inner)) {
    throw ours(
      new TypeError(
        'expected model to be a LayersModel, a GraphModel or a prepared model, got a function, which has no ' +
          `layers to be looked at; give the model that it calls, or explain the function with ${instead}`,
      ),
    );
  }
  return { ...options, signed, layer: layer ?? lastWithSpace(model, x, options.target, options.from) };
}

function checkLayer(layer: unknown): void {
  const isPlace = typeof layer === 'object' && layer !== null && 'layer' in layer && isPath(layer.layer);
  if (layer === undefined || isPath(layer) || isPlace) return;
  throw ours(
    new TypeError(
      `expected layer to be a name, a path of names or { layer, node, output }, got ${kindOf(layer)}`,
    ),
  );
}

/** The map of what was seen at a layer, in the layer's own resolution. */
export function camOf(seen: Seen, x: Inputs, options: CamOptions, weigh: Weighing): Tensor {
  const { y, cells, space } = cellsAt(seen, x, options);
  const dy = options.reshape ? arranged(seen.dy, options.reshape) : seen.dy;
  const added = weigh({ y, dy: reshape(dy, y.shape), cells });
  const map = reshape(sum(added, cells === 1 ? 2 : 1), [y.shape[0], ...space]);
  return options.signed ? map : relu(map);
}

/** What a layer gave, its cells in a row, and the lengths of its axes of space. */
export function cellsAt(
  { y, channelAxis }: Pick<Seen, 'y' | 'channelAxis'>,
  x: Inputs,
  { layer, reshape: change }: Pick<CamOptions, 'layer' | 'reshape'>,
): Omit<Cells, 'dy'> & { readonly space: readonly number[] } {
  const name = layer === undefined ? '' : pathName(asPlace(layer).layer);
  const isFirst = channelAxis === 'first' && !change;
  if (!change) checkSpace(y, name, x);
  const values = change ? arranged(y, change) : y;
  const [batch = 1, ...sizes] = values.shape;
  const space = isFirst ? sizes.slice(1) : sizes.slice(0, -1);
  const channels = (isFirst ? sizes[0] : sizes[sizes.length - 1]) as number;
  const shape: [number, number, number] = isFirst ? [batch, channels, -1] : [batch, -1, channels];
  return { y: reshape(values, shape), cells: isFirst ? 2 : 1, space };
}

/** Refuses an output without space, and tokens, whose space their shape does not say. */
function checkSpace(y: Tensor, name: string, x: Inputs): void {
  const shape = `[${y.shape.join(', ')}]`;
  if (y.rank < 3) {
    throw ours(
      new RangeError(
        `expected a layer whose output has space, [batch, ..., channels], got "${name}" with ${shape}; ` +
          'choose another layer, or leave it out',
      ),
    );
  }
  // of a signal, or a text, cells in a row are the space; of an image or a volume they are tokens
  if (y.rank > 3 || tensorsIn(x).every(({ rank }) => rank < 4)) return;
  throw ours(
    new RangeError(
      `expected reshape for "${name}", whose ${shape} are tokens of an image; give e.g. ` +
        `(y) => tf.reshape(y, [-1, height, width, ${y.shape[2]}]), or (y) => y to keep them in a row`,
    ),
  );
}

function arranged(y: Tensor, change: (y: Tensor) => Tensor): Tensor {
  const result: unknown = change(y);
  notAsync(result, 'reshape must not be async');
  if (!isTensor(result)) {
    throw ours(new TypeError(`expected reshape to return a tensor, got ${kindOf(result)}`));
  }
  if (result.rank >= 3 && result.shape[0] === y.shape[0]) return result;
  throw ours(
    new RangeError(
      `expected reshape to return [${y.shape[0]}, ..., channels], got a tensor of shape ` +
        `[${result.shape.join(', ')}] for one of [${y.shape.join(', ')}]`,
    ),
  );
}
