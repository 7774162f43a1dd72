/** An input of a kernel that depends on the model's input. */
export interface Source<N> {
  /** What tells it from every other tensor. */
  readonly value: unknown;
  /** The kernel that made it; undefined where nobody looks further. */
  readonly producer: N | undefined;
}

/** A kernel on a tape, in a program or in a graph, as the finder of activations reads it. */
export interface ReadKernel<N> {
  /** TF.js's name of the kernel. */
  readonly kernel: string;
  readonly attrs: Readonly<Record<string, unknown>>;
  /** The layer that runs it, where that is known. */
  readonly where: string | undefined;
  /** The inputs that depend on the model's input, by TF.js's names. */
  readonly inputs: Readonly<Record<string, Source<N>>>;
  /** The number that an input is, where that is a constant of the graph, and one number. */
  readonly number: (input: string) => number | undefined;
}

/** How a kernel is read. */
export type Read<N> = (node: N) => ReadKernel<N>;

/** An activation that was found. */
export interface FoundActivation<N> {
  /** What it is, e.g. `relu6`. */
  readonly activation: string;
  /** Its kernels, in their order; where it is a rectifier, the first one is what reports call it by. */
  readonly parts: readonly N[];
  /** The input of the first part that it acts on. */
  readonly input: string;
}

/** The kernels that put numbers into another shape, and do nothing else. */
export const RESHAPES: ReadonlySet<string> = new Set(['Reshape', 'ExpandDims', 'Identity']);

/** The kernels of activations that a number of the graph is part of. */
export const TAKES_NUMBER: ReadonlySet<string> = new Set([
  'Add',
  'BiasAdd',
  'Maximum',
  'Minimum',
  'Multiply',
  'RealDiv',
]);

/** The only input of a kernel that depends on the model's; undefined where there are more, or none. */
export function onlySource<N>({
  inputs,
}: ReadKernel<N>): (Source<N> & { readonly name: string }) | undefined {
  const entries = Object.entries(inputs);
  const [first] = entries;
  return first && entries.length === 1 ? { name: first[0], ...first[1] } : undefined;
}

/** Of a kernel of two operands `a` and `b` of which one is a number: the other one, and that number. */
export function withNumber<N>(
  node: ReadKernel<N>,
): { readonly source: Source<N>; readonly name: string; readonly number: number } | undefined {
  const source = onlySource(node);
  if (!source) return undefined;
  const number = node.number(source.name === 'a' ? 'b' : 'a');
  return number === undefined ? undefined : { source, name: source.name, number };
}
