import { keep } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { ours } from '../../errors/door';
import { nearest } from '../../errors/nearest';
import { shown } from '../../errors/kindOf';
import { quoted } from '../../errors/quoted';
import { wrongKind } from '../../errors/wrongKind';
import { checkChoice, checkCount } from '../../explanations/explainer/optionValues';
import { nextTask } from '../../explanations/passes/nextTask';
import { randomNumbers } from '../../explanations/noise/randomNumbers';
import { isGraphModel, isLayersModel } from '../../model/modelKinds';
import type { LoadedModel } from '../../model/modelKinds';
import { isPrepared } from '../../model/networkOf';
import type { Model } from '../../model/networkOf';
import { notAModel } from '../../model/notAModel';
import { pathName } from '../../model/place';
import type { LayerPath } from '../../model/place';
import { startNames } from '../../model/startNames';
import type { From } from '../../model/startNames';
import { checkHow, madeRandom } from './how';
import type { How } from './how';
import type { RandomCopy, Weight, WeightedLayer, WeightedModel } from './weighted';
import { weightedLayers } from './weightedLayers';
import { weightedNodes } from './weightedNodes';

/** Which layers become random, one after the other. */
export type Order = 'topDown' | 'bottomUp' | 'independent';

/** How weights are made random. */
export interface RandomnessOptions {
  /**
   * From the output down, from the input up, or each layer alone.
   *
   * @default 'topDown'
   */
  order?: Order;
  /**
   * In another order, anew, or by a function that gives each weight its values.
   *
   * @default 'shuffle'
   */
  how?: How;
  /**
   * Where the random numbers begin, a whole number from 0 on: a seed gives the same weights on every backend,
   * each layer its own, whatever the order.
   *
   * @default 0
   */
  seed?: number;
  /**
   * Whether batch norms and layer norms become random as well.
   *
   * @default false
   */
  batchNorms?: boolean;
}

/** The names of `RandomnessOptions`. */
export const RANDOMNESS_OPTIONS: readonly string[] = ['order', 'how', 'seed', 'batchNorms'];

/** Refuses what weights cannot be made random by; the defaults in the place of what is left out. */
export function resolveRandomness(options: RandomnessOptions): Required<RandomnessOptions> {
  const { order = 'topDown', how = 'shuffle', seed = 0, batchNorms = false } = options;
  checkChoice('order', order, ['topDown', 'bottomUp', 'independent']);
  checkHow(how);
  checkCount('seed', seed, 0);
  if (typeof batchNorms !== 'boolean') {
    throw wrongKind('batchNorms to be true or false', batchNorms, undefined, shown(batchNorms));
  }
  return { order, how, seed, batchNorms };
}

/** A model that can be made random layer by layer. */
export type RandomizableModel = LoadedModel;

/**
 * The weights of a model, made random layer by layer, each once; of a GraphModel, those behind the nodes at
 * which its runs start.
 */
export class Randomness<M extends RandomizableModel> {
  /** Those that become random, from the input to the output. */
  readonly layers: readonly WeightedLayer[];
  private readonly seeds = new Map<Weight['key'], number>();
  private readonly made = new Map<Weight['key'], Tensor>();
  private readonly model: WeightedModel<M>;

  constructor(
    maker: string,
    model: M,
    private readonly options: Required<RandomnessOptions>,
    from?: From,
  ) {
    this.model = weightedModel(maker, model, from);
    const random = randomNumbers(options.seed);
    for (const { key } of this.model.layers.flatMap(({ weights }) => weights)) {
      this.seeds.set(key, Math.floor(random.uniform() * 2 ** 32));
    }
    this.layers = this.model.layers.filter(({ isNorm }) => options.batchNorms || !isNorm);
    if (this.layers.length > 0) return;
    throw ours(new RangeError(`found no layer with weights in the model; there is nothing to make random`));
  }

  /** The layers in the order in which they become random. */
  inOrder(): readonly WeightedLayer[] {
    return this.options.order === 'bottomUp' ? this.layers : [...this.layers].reverse();
  }

  /** The layers that are random once this one is; it is the last. */
  upTo(layer: WeightedLayer): readonly WeightedLayer[] {
    const order = this.inOrder();
    return this.options.order === 'independent' ? [layer] : order.slice(0, order.indexOf(layer) + 1);
  }

  /** The layer of this name. */
  find(layer: LayerPath): WeightedLayer {
    const name = pathName(layer);
    const found = this.layers.find(({ path }) => pathName(path) === name);
    if (found) return found;
    const names = this.layers.map(({ path }) => pathName(path));
    const near = nearest(name, names, 0.4);
    const likely = near === undefined ? '' : `did you mean "${near}"? `;
    const skipped = this.model.layers.some(({ path }) => pathName(path) === name);
    const norm = skipped ? 'it is random with { batchNorms: true } only; ' : likely;
    throw ours(
      new RangeError(`no layer "${name}" with weights; ${norm}those that have some are ${quoted(names)}`),
    );
  }

  /** A copy of the model with these layers random, which holds nothing itself. */
  async copy(layers: readonly WeightedLayer[], signal?: AbortSignal): Promise<M & RandomCopy> {
    for (const layer of layers) {
      if (layer.weights.every(({ key }) => this.made.has(key))) continue;
      await nextTask();
      signal?.throwIfAborted();
      for (const weight of layer.weights) {
        if (this.made.has(weight.key)) continue;
        signal?.throwIfAborted();
        if (weight.tensor.isDisposed) throw ours(new Error('the model is disposed'));
        const seed = this.seeds.get(weight.key)!;
        this.made.set(weight.key, keep(await madeRandom(layer, weight, this.options.how, seed)));
      }
    }
    const keys = layers.flatMap(({ weights }) => weights.map(({ key }) => key));
    return this.model.copy(new Map(keys.map((key) => [key, this.made.get(key)!])), []);
  }

  /** The same, which owns its random weights: they are no longer known here. */
  async ownCopy(layers: readonly WeightedLayer[], signal?: AbortSignal): Promise<M & RandomCopy> {
    await this.copy(layers, signal);
    const copy = this.model.copy(this.made, [...this.made.values()]);
    this.made.clear();
    return copy;
  }

  /** Frees the random weights. */
  dispose(): void {
    for (const tensor of this.made.values()) tensor.dispose();
    this.made.clear();
  }
}

/** The model whose layers can be made random: a prepared one has it inside. */
export function randomizable(model: Model): RandomizableModel {
  const inner = isPrepared(model) ? model.model : model;
  if (isLayersModel(inner) || isGraphModel(inner)) return inner;
  throw notAModel(inner, 'a LayersModel or a GraphModel', 'the weights of a function cannot be reached');
}

function weightedModel<M extends RandomizableModel>(
  maker: string,
  model: M,
  from: From | undefined,
): WeightedModel<M> {
  return isLayersModel(model) ? weightedLayers(maker, model) : weightedNodes(model, startNames(from));
}
