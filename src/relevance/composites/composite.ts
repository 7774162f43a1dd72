import type { RelevanceRule } from '../rules/relevanceRule';

/** A place where relevance is shared out, as a composite sees it. */
export interface RelevanceNode {
  /** TF.js's name of the kernel, e.g. `Conv2D`, `BatchMatMul`, `Add`, `AvgPool`. */
  readonly kernel: string;
  /**
   * A layer with weights: any convolution, or a matrix product; a sum of branches; an average, also over all
   * cells.
   */
  readonly kind: 'convolution' | 'dense' | 'sum' | 'average';
  /** The layer that runs it, as a path `outer > inner`; of a GraphModel the node; undefined in a function. */
  readonly layer: string | undefined;
  /** Whether no other layer with weights lies between it and the input (or `wrt`). */
  readonly isFirst: boolean;
  /** What the kernel was told apart from its tensors, e.g. `strides`. */
  readonly attrs: Readonly<Record<string, unknown>>;
}

/**
 * Which rule is in force where: a function from a node to its rule.
 *
 * Without a rule a sum and an average share out in proportion to their terms, and a layer with weights would
 * have to pass relevance on as it is, which is an error where its output has another shape than its input.
 * Activations, poolings, batch norms and whatever moves values are not asked about: they pass.
 */
export type Composite = (node: RelevanceNode) => RelevanceRule | undefined;

/** Where a composite says which layers it names; one key for all copies of this module. */
const NAMES: unique symbol = Symbol.for('guided-saliency.namedLayers') as never;

/** Gives a composite the names of layers that must be there. */
export function naming(composite: Composite, names: readonly string[]): Composite {
  return Object.defineProperty(composite, NAMES, { value: names });
}

/** The layers that a composite names. */
export function namesIn(composite: Composite): readonly string[] {
  return (composite as Composite & { [NAMES]?: readonly string[] })[NAMES] ?? [];
}

/** Whether a layer goes by a name: by its whole path, or the last part of it. */
export function isNamed({ layer }: RelevanceNode, name: string): boolean {
  return layer === name || layer?.split(' > ').pop() === name;
}
