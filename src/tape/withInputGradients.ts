import { Tensor, ones, tidy, util } from '@tensorflow/tfjs-core';
import { backward } from './back/backward';
import { pathBetween } from './back/pathBetween';
import { tfEngine } from '../backends/engine';
import type { Gradients } from '../backends/engine';
import { Recording } from './recording/recording';
import { checkEngine } from '../errors/checkEngine';
import { door } from '../errors/door';
import { letGo } from '../errors/letGo';
import { notAsync } from '../errors/notAsync';
import { wrongKind } from '../errors/wrongKind';
import { tidied } from '../tensors/tidied';

/**
 * Runs `body` with `tf.grad`, `tf.grads`, `tf.valueAndGrad` and `tf.valueAndGrads` answered by this library's
 * engine: the gradients that TF.js lacks, has wrong or has slow are there, on every backend.
 *
 * `withInputGradients(() => tf.grad(f)(x))` is `tf.grad(f)(x)` with the gradients of `saliency`.
 *
 * `tf.variableGrads` and the optimizers go the same way. Gradients with respect to weights are right too, and
 * are computed where they are asked for, so that training inside `body` works; but it is not what the engine
 * is fast at. Nested gradients work, also a gradient of a `saliency` map, as far as the kernels on the way
 * back have gradients themselves. TF.js's own answer is back when `body` ends, however it ends.
 *
 * @param body What to run; not async, as the engine is TF.js's own again when it returns.
 * @returns What `body` returns.
 * @throws TypeError if `body` returns a promise.
 * @throws Error from inside, where a gradient cannot be computed, naming the kernel.
 * @example
 * ```ts
 * const score = (x: tf.Tensor) => tf.sum(model.predict(x) as tf.Tensor);
 * const map = withInputGradients(() => tf.grad(score)(image));
 * ```
 */
export function withInputGradients<T>(body: () => T): T {
  return door('withInputGradients', () => {
    checkEngine();
    if (typeof body !== 'function') {
      throw wrongKind('body to be a function', body, 'put the gradient in it, () => tf.grad(f)(x)');
    }
    const result = answeringGradients(body);
    notAsync(result, 'expected body not to be async; its gradients end when it returns');
    return result;
  });
}

/** Runs `body` with our answer to `tf.grad` and its relatives. */
export function answeringGradients<T>(body: () => T): T {
  const engine = tfEngine();
  const hadOwn = Object.prototype.hasOwnProperty.call(engine, 'gradients');
  const before = engine.gradients;
  engine.gradients = gradients;
  try {
    return body();
  } finally {
    if (hadOwn) engine.gradients = before;
    else delete (engine as Partial<typeof engine>).gradients;
  }
}

/** TF.js's `engine().gradients`, with its contract: `grads` null where `f` does not depend on an `x`. */
const gradients: Gradients = (f, xs, dy, allowNoGradients = false) => {
  const recording = new Recording();
  try {
    return tidied(() => {
      const wanted = xs.map((x) => recording.watch(x));
      const value = recording.run(() => tidy('forward', f));
      checkTensor(value);
      const from = recording.valueOf(value);
      const depends =
        from && (wanted.includes(from) || pathBetween(recording.nodes, wanted, [from]).length > 0);
      if (!depends && !allowNoGradients) {
        throw new Error(
          'withInputGradients: y = f(x) does not depend on x; let f enclose all that leads from x to y',
        );
      }
      if (!from) return { value, grads: xs.map(() => null) };
      if (dy && !util.arraysEqual(dy.shape, value.shape)) {
        throw new RangeError(
          `withInputGradients: expected dy to have the shape of y, [${value.shape.join(', ')}], got [${dy.shape.join(', ')}]`,
        );
      }
      const seed = { value: from, dy: dy ?? ones(value.shape) };
      const grads: (Tensor | null)[] = recording.back(() => backward(recording, [seed], wanted));
      return { value, grads };
    });
  } finally {
    recording.dispose();
  }
};

function checkTensor(value: unknown): void {
  if (value instanceof Tensor) return;
  if (value instanceof Promise) letGo(value);
  const got = value instanceof Promise ? 'a promise' : typeof value;
  throw new TypeError(`withInputGradients: expected f to return a tensor, got ${got}`);
}
