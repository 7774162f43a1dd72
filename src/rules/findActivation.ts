import { isHardGate, smoothGate } from './gates';
import { ENDS_IN_LAYERS, clippedRelu, maximumAsRectifier, thresholdedRelu } from './joinedRectifiers';
import type { FoundActivation, Read } from './readKernel';
import { isRectifier, rectifierOfKernel } from './rectifierKinds';

/** How far to look: at single kernels, at those of one layer together, or for all that graphs write. */
export type Reach = 'kernels' | 'layers' | 'graph';

/**
 * The activation that ends at a kernel, made of it alone or of several; undefined where none does.
 *
 * The one finder: a tape, a program and a graph are asked in the same way. It looks at what is before the
 * kernel, never at what is behind it, so that the answer is the same wherever a run ends.
 *
 * @param read How the kernel, and those that made its inputs, are read.
 */
export function findActivation<N>(node: N, read: Read<N>, reach: Reach): FoundActivation<N> | undefined {
  const { kernel } = read(node);
  const single = rectifierOfKernel(kernel);
  if (reach === 'kernels') return single === undefined ? undefined : alone(node, single);
  if (reach === 'layers' && single === undefined && !ENDS_IN_LAYERS.has(kernel)) return undefined;
  const found =
    (single === undefined ? undefined : alone(node, single)) ??
    clippedRelu(node, read) ??
    thresholdedRelu(node, read) ??
    (reach === 'graph' ? (maximumAsRectifier(node, read) ?? smoothGate(node, read)) : undefined);
  if (!found || reach === 'layers' || !isRectifier(found.activation)) return found;
  // the clip inside a hard sigmoid or hard swish is none
  return isHardGate(found, read) ? { ...found, activation: 'hardSigmoid' } : found;
}

function alone<N>(node: N, activation: string): FoundActivation<N> {
  return { activation, parts: [node], input: 'x' };
}
