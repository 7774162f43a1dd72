import type { Tensor } from '@tensorflow/tfjs-core';
import { isContainer, refCountOf, type Layer } from '../../model/layers/layerGraph';
import { OF_COPY, OWN_CODE } from '../../model/layers/runsItsClass';

/** What a copy does otherwise than its original, in one layer. */
export interface LayerEdit {
  /** Fields that take the place of the original's, e.g. `activation`. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** What takes the place of the layer's `call`. */
  readonly call?: Layer['call'];
  /** Whether that runs code of the user's own, which may do something else each time. */
  readonly ownCode?: boolean;
}

/** One copy of a model, as its layers know it. */
export interface Copy {
  /** The function that makes it, which errors name. */
  readonly maker: string;
  /** The model that was copied. */
  readonly name: string;
  isDisposed: boolean;
}

/** On a shadow: the layer whose weights it uses. */
const ORIGINAL = Symbol.for('guided-saliency.original');

/** What needs the weights, and does not ask by itself whether they are there. */
const CHECKED = ['predict', 'predictOnBatch', 'getWeights'];

/** What would change the original, or would need its optimizer. */
const REFUSED = ['setWeights', 'loadWeights', 'add', 'pop', 'compile', 'evaluate', 'toJSON', 'getConfig'];
const REFUSED_ASYNC = ['fit', 'fitDataset', 'trainOnBatch', 'evaluateDataset', 'save'];

/**
 * A second face of a layer: its fields, weights and methods by inheritance, and what differs as its own.
 *
 * Whatever is written to it stays with it. It refuses what would reach through to the original.
 *
 * @param isChanged Whether it, or a layer in it, differs from the original. One that does not is run by the
 *   original itself, which a custom layer with private `#fields` needs.
 */
export function shadowLayer(layer: Layer, copy: Copy, edit: LayerEdit, isChanged: boolean): Layer {
  const shadow = Object.create(layer) as Layer;
  const original = originalOf(layer);
  const check = () => checkInUse(copy, original);
  const run = runner(layer, shadow, edit, isChanged);
  const call = ofCopy(function (this: Layer, inputs: Tensor | Tensor[], kwargs: Record<string, unknown>) {
    check();
    return run(this, inputs, kwargs);
  });
  define(shadow, {
    [ORIGINAL]: original,
    [OWN_CODE]: edit.ownCode ?? false,
    ...edit.fields,
    assertNotDisposed: check,
    call,
    dispose: () => ({ refCountAfterDispose: refCountOf(shadow), numDisposedVariables: 0 }),
    setWeights: refusal(copy, 'setWeights'),
  });
  Object.defineProperty(shadow, 'trainable', {
    get: () => layer.trainable,
    set: refusal(copy, 'trainable', 'set'),
  });
  if (!isChanged) {
    define(shadow, {
      computeMask: layer.computeMask.bind(layer),
      computeOutputShape: layer.computeOutputShape.bind(layer),
    });
  }
  if (isContainer(layer)) define(shadow, containerMethods(layer, copy, check));
  return shadow;
}

/** The layer whose weights a layer uses: itself, unless it is part of a copy. */
function originalOf(layer: Layer): Layer {
  return (layer as Layer & { [ORIGINAL]?: Layer })[ORIGINAL] ?? layer;
}

/** Gives an object fields of its own, whatever it inherits under those names. */
export function define(object: object, fields: Readonly<Record<string | symbol, unknown>>): void {
  for (const name of Reflect.ownKeys(fields)) {
    Object.defineProperty(object, name, {
      value: fields[name as string],
      writable: true,
      configurable: true,
      enumerable: typeof name === 'string',
    });
  }
}

type Run = (self: Layer, inputs: Tensor | Tensor[], kwargs: Record<string, unknown>) => Tensor | Tensor[];

function runner(layer: Layer, shadow: Layer, edit: LayerEdit, isChanged: boolean): Run {
  const { call } = edit;
  if (call) return (_self, inputs, kwargs) => call(inputs, kwargs);
  // eslint-disable-next-line @typescript-eslint/unbound-method -- bound where it is called
  const { call: ordinary } = layer;
  // `self` is not the shadow where a copy of the copy calls
  const selfOf = (self: Layer) => (self === shadow && !isChanged ? layer : self);
  if (!isStateful(layer)) return (self, inputs, kwargs) => ordinary.call(selfOf(self), inputs, kwargs);
  return (self, inputs, kwargs) => {
    const { states_: states } = layer as Layer & { states_?: Tensor[] | null };
    return ordinary.call(self, inputs, { ...kwargs, initialState: kwargs['initialState'] ?? states });
  };
}

/** Whether a layer, and not only one in it, keeps a state from one call to the next. */
export function isStateful(layer: Layer): boolean {
  return Reflect.get(layer, '_stateful') === true;
}

function containerMethods(layer: Layer, copy: Copy, check: () => void): Record<string, unknown> {
  const inUse = CHECKED.map((name) => [name, guarded(layer, name, check)]);
  const refused = REFUSED.map((name) => [name, refusal(copy, name)]);
  const refusedAsync = REFUSED_ASYNC.map((name) => [name, rejection(copy, name)]);
  return Object.fromEntries([...inUse, ...refused, ...refusedAsync]) as Record<string, unknown>;
}

function guarded(layer: Layer, name: string, check: () => void) {
  const method = Reflect.get(layer, name) as (...args: unknown[]) => unknown;
  return ofCopy(function (this: unknown, ...args: unknown[]) {
    check();
    return method.apply(this, args);
  });
}

function ofCopy<F extends (...args: never) => unknown>(method: F): F {
  return Object.assign(method, { [OF_COPY]: true });
}

function checkInUse({ maker, name, isDisposed }: Copy, original: Layer): void {
  if (isDisposed) throw new Error(`${maker}: the copy of "${name}" is disposed`);
  if (refCountOf(original) === 0) {
    throw new Error(
      `${maker}: the copy of "${name}" has lost its weights, as the original is disposed; ` +
        'keep the original while the copy is in use',
    );
  }
}

function refusal({ maker }: Copy, method: string, verb = 'call') {
  return () => {
    throw new Error(
      `${method}: a copy made by ${maker} only predicts and explains; ${verb} ${method} on the original`,
    );
  };
}

function rejection(copy: Copy, method: string) {
  return () => new Promise(refusal(copy, method));
}
