import type { Tensor } from '@tensorflow/tfjs-core';
import { inside, isGraphModel } from '../../model/modelKinds';
import { isPrepared } from '../../model/networkOf';
import type { Model } from '../../model/networkOf';
import { checkWeights } from '../../model/graphs/graphWeights';
import { prepare } from '../../model/programs/prepare';
import { graphFace } from '../../overrides/copies/graphFace';
import { randomizable } from '../randomizing/randomness';
import type { RandomizableModel } from '../randomizing/randomness';
import type { RandomCopy } from '../randomizing/weighted';
import { weightedLayers } from '../randomizing/weightedLayers';

/** A model that can be put on another backend. */
export interface Portable {
  readonly weights: readonly Tensor[];
  /** A copy on the backend at work, with weights of its own; whoever gets it disposes it. */
  readonly copy: (there: (weight: Tensor) => Tensor | undefined) => { model: Model; dispose: () => void };
}

/** Takes the weights of a model apart; refuses a function, whose tensors cannot be reached. */
export function portable(maker: string, model: Model): Portable {
  const inner = randomizable(model);
  const { weights, copy } = isGraphModel(inner) ? ofGraph(inner) : ofLayers(maker, inner);
  return {
    weights,
    copy: (there) => {
      const made = copy(there);
      if (!isPrepared(model)) return { model: made, dispose: () => void made.dispose() };
      const prepared = prepare(made);
      const dispose = () => {
        prepared.dispose();
        made.dispose();
      };
      return { model: prepared, dispose };
    },
  };
}

interface Apart {
  readonly weights: readonly Tensor[];
  readonly copy: (there: (weight: Tensor) => Tensor | undefined) => RandomizableModel & RandomCopy;
}

function ofLayers(maker: string, model: Exclude<RandomizableModel, { execute: unknown }>): Apart {
  const weighted = weightedLayers(maker, model, () => true);
  const all = weighted.layers.flatMap(({ weights }) => weights);
  return {
    weights: all.map(({ tensor }) => tensor),
    copy: (there) => {
      const made = new Map<object | string, Tensor>();
      for (const { key, tensor } of all) {
        const other = made.has(key) ? undefined : there(tensor);
        if (other) made.set(key, other);
      }
      return weighted.copy(made, [...made.values()]);
    },
  };
}

function ofGraph(model: Extract<RandomizableModel, { execute: unknown }>): Apart {
  checkWeights(inside(model));
  const { weightMap } = inside(model).executor;
  return {
    weights: Object.values(weightMap).flatMap((list) => list.filter((weight) => weight !== null)),
    copy: (there) => {
      const owned: Tensor[] = [];
      const moved = (weight: Tensor | null) => {
        const other = weight && there(weight);
        if (other) owned.push(other);
        return other ?? weight;
      };
      const entries = Object.entries(weightMap).map(([name, list]) => [name, list.map(moved)] as const);
      return graphFace(model, Object.fromEntries(entries), owned);
    },
  };
}
