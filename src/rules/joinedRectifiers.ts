import { RESHAPES, onlySource, withNumber } from './readKernel';
import type { FoundActivation, Read, Source } from './readKernel';

/*
 * Rectifiers that TF.js runs as other kernels than one of their own:
 *
 *   relu, then min(., c) or clip(., 0, c)     a ReLU6, or a ReLU layer with maxValue; also across a reshape
 *   x [x > theta]                             the ThresholdedReLU layer
 *   max(x, 0), max(a x, x), clip(x, 0, c)     as converted graphs write them
 *
 * Whatever else reads the Relu before a clip sees a Relu by itself.
 */

/** The kernels that clip. */
const CLIPS: ReadonlySet<string> = new Set(['Minimum', 'ClipByValue']);

/** The kernels at which a rectifier of a layer's own kernels ends: most others are told by their name. */
export const ENDS_IN_LAYERS: ReadonlySet<string> = new Set(['Minimum', 'ClipByValue', 'Multiply']);

/** A clip at a constant, and the Relu of the same layer before it. */
export function clippedRelu<N>(node: N, read: Read<N>): FoundActivation<N> | undefined {
  const clip = read(node);
  if (!CLIPS.has(clip.kernel)) return undefined;
  const parts = [node];
  let source = onlySource(clip);
  while (source?.producer !== undefined) {
    const before = read(source.producer);
    parts.unshift(source.producer);
    if (before.kernel === 'Relu') {
      if (before.where !== clip.where) return undefined;
      return { activation: 'relu', parts, input: 'x' };
    }
    source = RESHAPES.has(before.kernel) ? onlySource(before) : undefined;
  }
  return undefined;
}

/** `x [x > theta]`. */
export function thresholdedRelu<N>(node: N, read: Read<N>): FoundActivation<N> | undefined {
  const product = read(node);
  if (product.kernel !== 'Multiply') return undefined;
  for (const [name, other] of OPERANDS) {
    const cast = madeBy(product.inputs[other], 'Cast', read);
    const comparison = cast && madeBy(cast.inputs['x'], 'Greater', read);
    const compared = comparison && onlySource(comparison);
    if (compared?.name === 'a' && compared.value === product.inputs[name]?.value) {
      return { activation: 'thresholdedRelu', parts: [node], input: name };
    }
  }
  return undefined;
}

/** `max(x, 0)`, `max(a x, x)` with 0 < a < 1, `clip(x, 0, c)`. */
export function maximumAsRectifier<N>(node: N, read: Read<N>): FoundActivation<N> | undefined {
  const kernel = read(node);
  if (kernel.kernel === 'ClipByValue') {
    const { clipValueMin: low, clipValueMax: high } = kernel.attrs;
    if (low !== 0 || !(Number(high) > 0)) return undefined;
    return { activation: high === 6 ? 'relu6' : 'relu', parts: [node], input: 'x' };
  }
  if (kernel.kernel !== 'Maximum') return undefined;
  const single = withNumber(kernel);
  if (single) {
    return single.number === 0 ? { activation: 'relu', parts: [node], input: single.name } : undefined;
  }
  for (const [name, other] of OPERANDS) {
    const product = madeBy(kernel.inputs[other], 'Multiply', read);
    const scaled = product && withNumber(product);
    if (!scaled || scaled.source.value !== kernel.inputs[name]?.value) continue;
    if (!(scaled.number > 0 && scaled.number < 1)) continue;
    const first = kernel.inputs[other]?.producer as N;
    return { activation: 'leakyRelu', parts: [first, node], input: scaled.name };
  }
  return undefined;
}

/** The two operands of a kernel, either way round. */
export const OPERANDS = [
  ['a', 'b'],
  ['b', 'a'],
] as const;

/** What made a value, where that is a kernel of this name. */
export function madeBy<N>(source: Source<N> | undefined, kernel: string, read: Read<N>) {
  if (source?.producer === undefined) return undefined;
  const producer = read(source.producer);
  return producer.kernel === kernel ? producer : undefined;
}
