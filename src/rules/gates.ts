import { madeBy } from './joinedRectifiers';
import { onlySource, withNumber } from './readKernel';
import type { FoundActivation, Read, Source } from './readKernel';

/*
 * Activations that are no rectifiers, as graphs write them:
 *
 *   swish         x sigmoid(x), x sigmoid(b x)
 *   mish          x tanh(softplus(x))
 *   gelu          x (1 + erf(x / √2)) / 2, or with tanh
 *   hardSigmoid   clip(a x + 1/2, 0, 1)
 *   hardSwish     x relu6(x + 3) / 6, x clip(a x + 1/2, 0, 1)
 */

/** The kernels that are such an activation by themselves, and the input that they act on. */
const SINGLE: Readonly<Record<string, readonly [activation: string, input: string]>> = {
  Sigmoid: ['sigmoid', 'x'],
  Tanh: ['tanh', 'x'],
  Softplus: ['softplus', 'x'],
  Erf: ['erf', 'x'],
  Softmax: ['softmax', 'logits'],
  LogSoftmax: ['logSoftmax', 'logits'],
};

/** The activation other than a rectifier that ends at a kernel. */
export function smoothGate<N>(node: N, read: Read<N>): FoundActivation<N> | undefined {
  const kernel = read(node);
  const single = SINGLE[kernel.kernel];
  if (single) return { activation: single[0], parts: [node], input: single[1] };
  const { scale, sources } = factorsOf(node, read);
  const [first, second] = sources;
  if (!first || !second || sources.length > 2) return undefined;
  for (const [x, gate] of [
    [first, second],
    [second, first],
  ] as const) {
    const activation = gatedBy(gate, x.value, scale, read);
    const parts = activation === undefined ? undefined : kernelsBetween(x.value, node, read);
    const input = parts && inputNamed(parts[0] as N, x.value, read);
    if (activation !== undefined && parts && input !== undefined) {
      return { activation, parts, input };
    }
  }
  return undefined;
}

/** Whether a rectifier of one or several kernels is the clip of a hard sigmoid or hard swish. */
export function isHardGate<N>({ parts, input }: FoundActivation<N>, read: Read<N>): boolean {
  const last = parts[parts.length - 1] as N;
  return shiftedInto(read(parts[0] as N).inputs[input], limitOf(last, read), read) !== undefined;
}

/** Up to where a clip lets pass. */
function limitOf<N>(node: N, read: Read<N>): number | undefined {
  const { kernel, attrs, number } = read(node);
  if (kernel === 'Relu6') return 6;
  if (kernel === 'ClipByValue') return Number(attrs['clipValueMax']);
  return kernel === 'Minimum' ? (number('a') ?? number('b')) : undefined;
}

/** The value that is shifted, and scaled, into the middle of a clip: x of x + 3 for 6, of a x + 1/2 for 1. */
function shiftedInto<N>(source: Source<N> | undefined, limit: number | undefined, read: Read<N>): unknown {
  const shift = madeBy(source, 'Add', read) ?? madeBy(source, 'BiasAdd', read);
  const shifted = shift && withNumber(shift);
  if (!shifted || limit === undefined) return undefined;
  if (limit === 6 && shifted.number === 3) return shifted.source.value;
  if (limit !== 1 || shifted.number !== 0.5) return undefined;
  const product = madeBy(shifted.source, 'Multiply', read) ?? madeBy(shifted.source, 'RealDiv', read);
  return product && withNumber(product)?.source.value;
}

/** A product taken apart: its numbers multiplied, and what else is multiplied. */
function factorsOf<N>(node: N, read: Read<N>): { scale: number; sources: Source<N>[] } {
  const kernel = read(node);
  if (kernel.kernel !== 'Multiply' && kernel.kernel !== 'RealDiv') return { scale: 1, sources: [] };
  const scaled = withNumber(kernel);
  const { a, b } = kernel.inputs;
  if (!scaled && (kernel.kernel === 'RealDiv' || !a || !b)) return { scale: 1, sources: [] };
  if (kernel.kernel === 'RealDiv' && scaled?.name !== 'a') return { scale: 1, sources: [] };
  const own = !scaled ? 1 : kernel.kernel === 'RealDiv' ? 1 / scaled.number : scaled.number;
  const given = scaled ? [scaled.source] : [a as Source<N>, b as Source<N>];
  const taken = given.map((source) => {
    const inner = source.producer === undefined ? undefined : factorsOf(source.producer, read);
    return inner && inner.sources.length > 0 ? inner : { scale: 1, sources: [source] };
  });
  return {
    scale: taken.reduce((product, { scale }) => product * scale, own),
    sources: taken.flatMap(({ sources }) => sources),
  };
}

/** What `scale x gate` is, if it is an activation. */
function gatedBy<N>(gate: Source<N>, x: unknown, scale: number, read: Read<N>): string | undefined {
  const isScale = (wanted: number) => Math.abs(scale - wanted) < 1e-3 * wanted;
  const isOfX = (source: Source<N> | undefined) => source !== undefined && scaledFrom(source, read) === x;
  if (gate.producer === undefined) return undefined;
  const kernel = read(gate.producer);
  if (isScale(1) && kernel.kernel === 'Sigmoid' && isOfX(kernel.inputs['x'])) return 'swish';
  if (isScale(1) && kernel.kernel === 'Tanh') {
    return madeBy(kernel.inputs['x'], 'Softplus', read)?.inputs['x']?.value === x ? 'mish' : undefined;
  }
  const sum = kernel.kernel === 'Add' ? withNumber(kernel) : undefined;
  if (isScale(0.5) && sum?.number === 1) {
    const inside = madeBy(sum.source, 'Erf', read) ?? madeBy(sum.source, 'Tanh', read);
    return inside && (inside.kernel === 'Tanh' || isOfX(inside.inputs['x'])) ? 'gelu' : undefined;
  }
  const limit = limitOf(gate.producer, read);
  const clipped = kernel.kernel === 'Minimum' ? madeBy(onlySource(kernel), 'Relu', read) : kernel;
  if (limit === undefined || shiftedInto(clipped?.inputs['x'], limit, read) !== x) return undefined;
  return isScale(1 / limit) ? 'hardSwish' : undefined;
}

/** What a value is made of by a number: x of a x. */
function scaledFrom<N>(source: Source<N>, read: Read<N>): unknown {
  const product = madeBy(source, 'Multiply', read) ?? madeBy(source, 'RealDiv', read);
  return (product && withNumber(product)?.source.value) ?? source.value;
}

/** More kernels than an activation is made of. */
const MOST = 16;

/** The kernels that lead from a value to a kernel, in their order; undefined where others lead there, too. */
function kernelsBetween<N>(x: unknown, end: N, read: Read<N>): N[] | undefined {
  const found = new Set<N>();
  const visit = (node: N): boolean => {
    if (found.has(node)) return true;
    const isWithin = Object.values(read(node).inputs).every(
      ({ value, producer }) =>
        value === x || (producer !== undefined && found.size < MOST && visit(producer)),
    );
    found.add(node);
    return isWithin;
  };
  return visit(end) ? [...found] : undefined;
}

function inputNamed<N>(node: N, x: unknown, read: Read<N>): string | undefined {
  return Object.entries(read(node).inputs).find(([, { value }]) => value === x)?.[0];
}
