import { cast, customGrad, reshape, tensor, tidy, util, zerosLike } from '@tensorflow/tfjs-core';
import type { GradSaveFunc, Tensor, TensorLike } from '@tensorflow/tfjs-core';
import { isTensor } from '../backends/isTensor';
import { checkEngine } from '../errors/checkEngine';
import { door, ours } from '../errors/door';
import { kindOf } from '../errors/kindOf';
import { checkHome } from '../errors/checkHome';
import { toTensor } from '../errors/toTensor';
import { wrongKind } from '../errors/wrongKind';
import { backward } from '../tape/back/backward';
import { currentFollower } from '../tape/followKernels';
import { Recording } from '../tape/recording/recording';
import type { GradientRule } from '../rules/rule';

/**
 * A differentiable op whose gradient follows a rule. Its result has the shape of `x`, and dtype float32.
 */
export type RuledOp = <T extends Tensor>(x: T | TensorLike) => T;

/** What to do with an op where a rule belongs. */
export const OP_AS_RULE = 'pass the rule that it is made with, such as guided';

/** Where an op carries its rule; one key for all copies of this module. */
const RULE = Symbol.for('guided-saliency.rule');

/**
 * Makes a differentiable op of a rectifier: `op` on the way forward, `rule` on the way back.
 *
 * It works in TF.js's own `tf.grad` as in `saliency`, in chains, and is one rectifier to the rule, of
 * however many kernels it is made. Where `op` itself contains such an op, the outer rule replaces the
 * inner one.
 *
 * @param op A function of one tensor that keeps its shape, e.g. `tf.relu6`, made of differentiable ops.
 * @param rule What goes back instead of the gradient of `op`, e.g. `guided`.
 * @returns The op. It takes a tensor of any rank, a number, nested arrays or a typed array; integers and
 *   booleans are cast to float32. The caller disposes what it returns.
 * @throws TypeError if `op` is not a function or `rule` not a rule; when called, if `op` returns no
 *   tensor or `x` does not hold numbers.
 * @throws RangeError when called, if `op` does not keep the shape of its input.
 * @example
 * ```ts
 * const guidedRelu6 = withRule(tf.relu6, guided);
 * const map = tf.grad((x) => tf.sum(guidedRelu6(tf.mul(x, 8))))(image);
 * ```
 */
export function withRule(op: (x: Tensor) => Tensor, rule: GradientRule): RuledOp {
  const given: { op: unknown; rule: unknown } = { op, rule };
  return door('withRule', () => {
    if (typeof given.op !== 'function') throw wrongKind('op to be a function such as tf.relu', op);
    const isOp = ruleOf(rule) !== undefined;
    if (typeof given.rule !== 'function' || isOp) {
      const got = isOp ? `the op ${rule.name}` : undefined;
      throw wrongKind('rule to be a gradient rule such as guided', rule, isOp ? OP_AS_RULE : undefined, got);
    }
    return ruledOp(`withRule(${op.name.replace(/_?_op$/, '') || 'op'})`, op, rule, true);
  });
}

/**
 * `withRule`, under the name that its errors have.
 *
 * @param ownCode Whether the op is the user's own, and may do something else each time.
 */
export function ruledOp(
  name: string,
  op: (x: Tensor) => Tensor,
  rule: GradientRule,
  ownCode = false,
): RuledOp {
  const forward = Object.assign((x: Tensor) => keepingShape(name, op(x), x), { ownCode });
  const ruled = (x: Tensor | TensorLike) =>
    tidy(() => {
      const input = door(name, () => asFloats(x));
      const recording = currentFollower();
      return recording ? recording.rectifier(forward, input, rule) : onTfjsTape(forward, input, rule);
    });
  Object.defineProperties(ruled, { name: { value: name }, [RULE]: { value: rule } });
  return ruled as RuledOp;
}

/** The rule of an op that `withRule` made; undefined for anything else. */
export function ruleOf(op: unknown): GradientRule | undefined {
  return typeof op === 'function' ? (op as { [RULE]?: GradientRule })[RULE] : undefined;
}

/** For TF.js's own tape: the op as a `customGrad`, which costs nothing where no gradient is taken. */
function onTfjsTape(op: (x: Tensor) => Tensor, input: Tensor, rule: GradientRule): Tensor {
  return customGrad((x, save) => {
    (save as GradSaveFunc)([x as Tensor]);
    const gradFunc = (dy: Tensor, [saved]: Tensor[]) => gradient(op, saved!, dy, rule);
    return { value: op(x as Tensor), gradFunc };
  })(input);
}

/** Runs the op once more, on a tape of ours: a `tf.grad` inside of a gradient function crashes TF.js. */
function gradient(op: (x: Tensor) => Tensor, x: Tensor, dy: Tensor, rule: GradientRule): Tensor {
  const recording = new Recording();
  try {
    return tidy(() => {
      const from = recording.watch(x);
      const y = recording.run(() => recording.rectifier(op, x, rule));
      const to = recording.valueOf(y);
      const [dx] = to ? backward(recording, [{ value: to, dy }], [from]) : [];
      return dx ?? zerosLike(x);
    });
  } finally {
    recording.dispose();
  }
}

function asFloats(x: unknown): Tensor {
  checkEngine();
  const given = isTensor(x) ? x : numbersAsTensor(x);
  if (given.isDisposed) throw ours(new Error('expected x to be a tensor in use, got a disposed one'));
  checkHome(given, 'x to be a tensor');
  if (given.dtype === 'float32') return given;
  if (given.dtype === 'string' || given.dtype === 'complex64') {
    throw ours(new TypeError(`expected x to be a tensor or numbers, got dtype ${given.dtype}`));
  }
  return cast(given, 'float32');
}

/** Whether a list goes on for ever, or at least for more axes than tensors have. */
function isTooDeep(x: unknown, axes = 6): boolean {
  return Array.isArray(x) && (axes === 0 || isTooDeep(x[0], axes - 1));
}

function numbersAsTensor(x: unknown): Tensor {
  const expected = 'x to be a tensor or numbers';
  const isOther = typeof x === 'object' && !Array.isArray(x) && !ArrayBuffer.isView(x);
  if (x === undefined || isOther || typeof x === 'function' || isTooDeep(x)) {
    throw wrongKind(expected, x, toTensor(x, 'x'));
  }
  try {
    return tensor(x as TensorLike);
  } catch {
    throw wrongKind(expected, x, Array.isArray(x) ? 'lists of one length make a tensor' : undefined);
  }
}

/** What an op returned, if it is a tensor of the shape of `x`, and not `x` itself. */
export function keepingShape(name: string, result: unknown, x: Tensor): Tensor {
  const y = result;
  if (!isTensor(y)) throw new TypeError(`${name}: expected op to return a tensor, got ${kindOf(y)}`);
  if (!util.arraysEqual(y.shape, x.shape)) {
    throw new RangeError(
      `${name}: expected op to keep the shape of its input, [${x.shape.join(', ')}], got [${y.shape.join(', ')}]`,
    );
  }
  // an identity is an op too: a tape must tell its output from its input
  return y === x ? reshape(y, y.shape) : y;
}
