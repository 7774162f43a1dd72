import { attrsKey } from '../attrsKey';
import { isConstant } from '../program';
import type { Constant, Operand, Part, Program, Step, ValueId } from '../program';
import { readersOf } from './readersOf';

/** A product of one of the things that an Unpack gives with a constant, between two reshapes. */
interface Product {
  readonly steps: readonly [Step, Step, Step];
  readonly result: ValueId;
}

/**
 * The products of each step of a sequence with the same weight become one product of the whole sequence: the
 * inputs of an LSTM or a GRU, which so have one gradient.
 */
export function shareProducts(program: Program): Part {
  const readers = readersOf(program);
  const asked = new Set(program.results);
  const gone = new Set<Step>();
  const shapes = new Map(program.shapes);
  const named = (shape: number[]): ValueId => {
    const id = shapes.size; // as values are numbered in their order
    shapes.set(id, shape);
    return id;
  };
  const steps = program.steps.flatMap((unpack) => {
    if (unpack.kernel !== 'Unpack' || unpack.attrs['axis'] !== 0 || unpack.outputs.length < 2)
      return [unpack];
    const value = unpack.inputs['value'];
    if (value === undefined || isConstant(value)) return [unpack];
    const [count, rows, depth] = shapes.get(value) as [number, number, number];
    const isOfMatrices = ({ steps: [reshaped, product, last] }: Product): boolean =>
      [
        [reshaped, [1, rows, depth]] as const,
        [product, [1, rows, widthOf(product)]] as const,
        [last, [rows, widthOf(product)]] as const,
      ].every(([{ outputs }, shape]) => String(shapes.get(outputs[0] as ValueId)) === String(shape));
    const shared = sharedProducts(unpack, (id) => (asked.has(id) ? [] : (readers.get(id) ?? []))).filter(
      (products) => products.every(isOfMatrices),
    );
    return [
      unpack,
      ...shared.flatMap((products) => {
        const [, product, last] = (products[0] as Product).steps;
        for (const { steps } of products) for (const step of steps) gone.add(step);
        const width = widthOf(product);
        const [flat, multiplied, apart] = [
          named([1, count * rows, depth]),
          named([1, count * rows, width]),
          named([count, rows, width]),
        ];
        const { where } = last;
        const reshape = (x: Operand, y: ValueId): Step => {
          const shape = shapes.get(y) as number[];
          return { kernel: 'Reshape', attrs: { shape }, inputs: { x }, list: false, outputs: [y], where };
        };
        return [
          reshape(value, flat),
          { ...product, inputs: { ...product.inputs, a: flat }, outputs: [multiplied] },
          reshape(multiplied, apart),
          { ...unpack, inputs: { value: apart }, outputs: products.map(({ result }) => result), where },
        ];
      }),
    ];
  });
  if (gone.size === 0) return program;
  const left = withoutUnread(
    steps.filter((step) => !gone.has(step)),
    program,
  );
  return { steps: left, results: program.results, shapes };
}

/** How many columns a product with a constant has. */
function widthOf({ inputs, attrs }: Step): number {
  const { shape } = inputs['b'] as Constant;
  return shape[attrs['transposeB'] === true ? 1 : 2] as number;
}

/** Unpacks that nobody reads any more are left out. */
function withoutUnread(steps: readonly Step[], { results }: Program): Step[] {
  const read = new Set<Operand>([...results, ...steps.flatMap(({ inputs }) => Object.values(inputs))]);
  return steps.filter(({ kernel, outputs }) => kernel !== 'Unpack' || outputs.some((id) => read.has(id)));
}

/** The products of all that an Unpack gives, weight by weight. */
function sharedProducts(unpack: Step, reading: (id: ValueId) => readonly Step[]): Product[][] {
  const byWeight = new Map<string, Product[]>();
  const numbers = new Map<Operand | undefined, number>();
  const numberOf = (operand: Operand | undefined): number => {
    const known = numbers.get(operand) ?? numbers.size;
    numbers.set(operand, known);
    return known;
  };
  for (const id of unpack.outputs) {
    const seen = new Set<string>();
    for (const first of reading(id)) {
      const product = productFrom(first, reading);
      if (!product) continue;
      const [, { inputs, attrs }] = product.steps;
      const key = [numberOf(inputs['b']), numberOf(inputs['bias']), attrsKey(attrs)].join();
      if (seen.has(key)) continue;
      seen.add(key);
      byWeight.set(key, [...(byWeight.get(key) ?? []), product]);
    }
  }
  return [...byWeight.values()].filter((products) => products.length === unpack.outputs.length);
}

/** Reshape, product with a constant, reshape: as TF.js's matMul runs matrices. */
function productFrom(first: Step, reading: (id: ValueId) => readonly Step[]): Product | undefined {
  const product = onlyReader(first, reading);
  const last = product && onlyReader(product, reading);
  if (first.kernel !== 'Reshape' || product?.kernel !== '_FusedMatMul' || last?.kernel !== 'Reshape') {
    return undefined;
  }
  const { a, b, bias, preluActivationWeights } = product.inputs;
  const { attrs, rule } = product;
  const isPlain =
    a === first.outputs[0] &&
    isConstant(b) &&
    b.shape.length === 3 &&
    b.shape[0] === 1 &&
    (bias === undefined || isConstant(bias)) &&
    preluActivationWeights === undefined &&
    attrs['transposeA'] !== true &&
    (attrs['activation'] ?? 'linear') === 'linear' &&
    rule === undefined;
  const isApart = [first, product, last].every(
    ({ stops, op, where }) => !stops && !op && where === last.where,
  );
  return isPlain && isApart
    ? { steps: [first, product, last], result: last.outputs[0] as ValueId }
    : undefined;
}

function onlyReader({ outputs }: Step, reading: (id: ValueId) => readonly Step[]): Step | undefined {
  const [reader, ...others] = reading(outputs[0] as ValueId);
  return others.length === 0 ? reader : undefined;
}
