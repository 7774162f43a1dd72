import {
  complex,
  getBackend,
  getKernel,
  ones,
  scalar,
  tensor1d,
  tensor2d,
  zeros,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { guided, guidedRelu } from 'guided-saliency';

class HTMLImageElement {
  width = 1;
}
class HTMLCanvasElement {
  getContext = () => ({});
}
class ImageData {
  width = 1;
  height = 1;
  data = new Uint8ClampedArray(4);
}

/** Values of every kind, each wrong somewhere; those that hold tensors are made once, and stay. */
export function wrongValues(model: LayersModel): readonly (readonly [string, unknown])[] {
  const gone = ones([1, 2]);
  gone.dispose();
  const itself: unknown[] = [];
  itself.push(itself);
  const held: Record<string, unknown> = {};
  held['held'] = held;
  return Object.entries({
    undefined,
    null: null,
    true: true,
    '0': 0,
    '-1': -1,
    '1.5': 1.5,
    NaN,
    Infinity,
    '1e9': 1e9,
    bigint: 10n,
    symbol: Symbol('a'),
    'empty text': '',
    label: 'cat',
    number: '0',
    toString: 'toString',
    __proto: '__proto__',
    'empty list': [],
    list: [0],
    'list of text': ['cat'],
    'list of null': [null],
    'list of lists': [[1, 2], [3]],
    'list in itself': itself,
    'list of tensors': [zeros([1, 2])],
    holes: new Array(2),
    object: {},
    'object of another': { a: 1 },
    'object in itself': held,
    'without prototype': Object.create(null) as unknown,
    class: { class: 1 },
    date: new Date(0),
    map: new Map([['a', 1]]),
    regexp: /a/,
    error: new Error('an error'),
    promise: Promise.resolve(0),
    rejected: rejected(),
    function: () => 0,
    'function of nothing': () => undefined,
    asynchronous: () => Promise.resolve(0),
    rule: guided,
    op: guidedRelu,
    scalar: scalar(1),
    tensor1d: tensor1d([1, 2, 3]),
    'tensor of text': tensor2d([['a', 'b']]),
    ...(getKernel('Complex', getBackend()) && { complex: complex(ones([1, 2]), ones([1, 2])) }),
    integers: tensor2d([[1, 2]], [1, 2], 'int32'),
    none: zeros([0, 2]),
    disposed: gone,
    image: zeros([4, 4, 3]),
    floats: new Float32Array(4),
    'big integers': new BigInt64Array(2),
    bytes: new ArrayBuffer(8),
    view: new DataView(new ArrayBuffer(8)),
    model,
    wrapper: { model },
    layer: model.layers[1],
    output: model.outputs[0],
    img: new HTMLImageElement(),
    canvas: new HTMLCanvasElement(),
    'image data': new ImageData(),
    pixels: { width: 1, height: 1, data: [1, 2, 3, 4] },
    'large pixels': { width: 1e9, height: 1e9, data: new Uint8ClampedArray(4) },
    'no pixels': { width: 0, height: 0, data: new Uint8ClampedArray(0) },
  } satisfies Record<string, unknown>);
}

function rejected(): Promise<never> {
  const promise = Promise.reject(new Error('nothing came'));
  promise.catch(() => undefined);
  return promise;
}

/** Arguments with one value in them, however deep, in another's place; and with a name that nobody knows. */
export function* mutations(
  args: readonly unknown[],
  wrong: readonly (readonly [string, unknown])[],
): Generator<readonly [string, readonly unknown[]]> {
  for (const [where, change] of placesIn(args)) {
    for (const [name, value] of wrong) yield [`${where} = ${name}`, change(value)];
  }
}

type Change = (value: unknown) => readonly unknown[];

function* placesIn(args: readonly unknown[]): Generator<readonly [string, Change]> {
  for (const [where, change] of within(args, '')) yield [where, change as Change];
}

function* within(container: object, path: string): Generator<readonly [string, (value: unknown) => unknown]> {
  const entries = Object.entries(container);
  const isList = Array.isArray(container);
  const put = (name: string, value: unknown): unknown =>
    isList
      ? Object.assign([...(container as unknown[])], { [name]: value })
      : { ...container, [name]: value };
  for (const [name, value] of entries) {
    const where = `${path}/${name}`;
    yield [where, (other) => put(name, other)];
    if (!isPlain(value)) continue;
    for (const [deeper, change] of within(value, where)) yield [deeper, (other) => put(name, change(other))];
  }
  if (!isList) yield [`${path}/unknown`, (other) => put('unknown', other)];
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}

/** The tensors that a call gave, to be disposed; not those that it was given. */
export function tensorsOf(result: unknown, given: ReadonlySet<unknown>): Tensor[] {
  if (typeof result !== 'object' || result === null || given.has(result)) return [];
  // tensors, and copies of models that own some
  if (typeof (result as Tensor).dispose === 'function') return [result as Tensor];
  return isPlain(result) ? Object.values(result).flatMap((part) => tensorsOf(part, given)) : [];
}
