import { getGradient, registerGradient, reshape, unregisterGradient } from '@tensorflow/tfjs-core';
import type { GradConfig, NamedAttrMap, Tensor } from '@tensorflow/tfjs-core';
import { SCOPED, atWork, isRuleAtWork, ownGradientOf } from '../gradients/gradientOf';
import type { ScopedGradConfig } from '../gradients/gradientOf';
import { tfEngine } from '../backends/engine';
import { isTensor } from '../backends/isTensor';
import { checkEngine } from '../errors/checkEngine';
import { door, ours } from '../errors/door';
import { kindOf } from '../errors/kindOf';
import { notAsync } from '../errors/notAsync';
import { quoted } from '../errors/quoted';
import { wrongKind } from '../errors/wrongKind';
import { OP_AS_RULE, ruleOf } from '../ops/withRule';
import { resultOf } from '../rules/applyRule';
import { rectifierOfKernel } from '../rules/rectifierKinds';
import type { GradientRule } from '../rules/rule';
import { runKernel } from '../tape/runKernel';
import { kernelsRun } from './kernelsRun';
import { tensorsIn } from '../tensors/tensorsIn';

/**
 * Runs `body` with the gradients of the named kernels under rules, and puts them back however it ends.
 *
 * TF1's `gradient_override_map`, scoped: it holds for any kernel of that name that runs in `body`, in the
 * user's own `tf.grad` as well as in `saliency`. Each kernel stands alone here: a ReLU6 made of a Relu and a
 * Minimum is two. An inner scope replaces an outer one, it does not wrap it.
 *
 * TF.js looks a kernel's gradient up when the kernel runs, not when the tape is unwound: the forward pass
 * must happen inside `body`. For the same reason `body` cannot be async.
 *
 * @param rules Rule by kernel name, e.g. `{ Relu: guided }`; for the gradient to the kernel's first input:
 *   `x` of a Conv2D, `a` of a BatchMatMul, `images` of a ResizeBilinear.
 * @param body What to run.
 * @returns What `body` returns.
 * @throws RangeError if no rule is given, or a kernel has no gradient, or inputs that are all alike, as Add;
 *   and when `body` is done, if no kernel of a name ran in it: what would look like a result is the plain
 *   gradient. What `body` returned is then disposed.
 * @throws TypeError if a rule is not a function, or `body` returns a promise.
 * @example
 * ```ts
 * withGradients({ Relu: guided }, () => tf.grad((y: tf.Tensor) => tf.sum(tf.relu(y)))(tf.ones([3])));
 * ```
 */
export function withGradients<T>(rules: Readonly<Record<string, GradientRule>>, body: () => T): T {
  return door('withGradients', () => {
    checkEngine();
    checkRules(rules);
    if (typeof body !== 'function') throw wrongKind('body to be a function', body, BODY);
    const kernels = Object.keys(rules);
    if (kernels.length === 0)
      throw ours(new RangeError('expected rules to name at least one kernel, got none'));
    const outer = kernels.map((kernel) => [kernel, overridable(kernel, rules[kernel])] as const);
    try {
      for (const [kernel, config] of outer)
        replace(kernel, scoped(kernel, config, rules[kernel] as GradientRule));
      const firstId = tfEngine().nextTensorId();
      const { result, ran } = kernelsRun(body);
      notAsync(result, 'expected body not to be async; its overrides end when it returns');
      const missing = kernels.find((kernel) => !ran.has(kernel));
      if (missing !== undefined) {
        for (const tensor of tensorsIn(result)) if (tensor.id > firstId && !tensor.kept) tensor.dispose();
        throw didNotRun(missing, ran);
      }
      return result;
    } finally {
      for (const [kernel, config] of outer) replace(kernel, config);
    }
  });
}

/** What to do with what a body would have given. */
const BODY = 'let it run the forward pass, () => saliency(model, x)';

function checkRules(rules: unknown): void {
  if (typeof rules === 'object' && rules !== null && !Array.isArray(rules)) return;
  const hint = typeof rules === 'function' ? 'say of which kernel, e.g. { Relu: guided }' : undefined;
  throw wrongKind('rules by kernel name, e.g. { Relu: guided }', rules, hint);
}

/** @returns What is registered for a kernel; nothing where only we have its gradient. */
function overridable(kernel: string, rule: unknown): GradConfig | undefined {
  const isOp = ruleOf(rule) !== undefined;
  if (typeof rule !== 'function' || isOp) {
    const got = isOp ? `the op ${(rule as { name: string }).name}` : undefined;
    const hint = isOp ? OP_AS_RULE : undefined;
    throw wrongKind(`a gradient rule such as guided for kernel "${kernel}"`, rule, hint, got);
  }
  const config = getGradient(kernel);
  if (!config && !ownGradientOf(kernel))
    throw ours(new RangeError(`kernel "${kernel}" has no gradient to override`));
  if (ALIKE.has(kernel)) {
    throw ours(
      new RangeError(`kernel "${kernel}" has several inputs alike, and a rule acts on the gradient of one`),
    );
  }
  return config;
}

/** Kernels of which no input is the one that is worked on. */
const ALIKE: ReadonlySet<string> = new Set([
  'Add',
  'AddN',
  'Atan2',
  'Concat',
  'Einsum',
  'FloorDiv',
  'Maximum',
  'Minimum',
  'Mod',
  'Multiply',
  'Pack',
  'Pow',
  'RealDiv',
  'Select',
  'SquaredDifference',
  'Sub',
]);

function didNotRun(kernel: string, ran: ReadonlySet<string>): RangeError {
  const takers = [...ran].filter((name) => getGradient(name) && !ALIKE.has(name));
  takers.sort((a, b) => Number(isRectifier(b)) - Number(isRectifier(a)));
  const others =
    takers.length > 0
      ? `the kernels that ran and take a rule are ${quoted(takers)}`
      : 'no kernel ran that takes a rule; let body run the forward pass, too';
  return ours(new RangeError(`no kernel "${kernel}" ran in body; ${others}`));
}

const isRectifier = (kernel: string) => rectifierOfKernel(kernel) !== undefined;

/** TF.js warns in debug mode when a gradient is registered over another. */
function replace(kernel: string, config: GradConfig | undefined): void {
  if (getGradient(kernel)) unregisterGradient(kernel);
  if (config) registerGradient(config);
}

/** `config` with the gradient of its first input passed through `rule`. */
function scoped(kernelName: string, config: ScopedGradConfig | undefined, rule: GradientRule): GradConfig {
  const scope = config?.[SCOPED];
  const shipped = scope ? scope.shipped : config;
  if (!shipped) return scopedAlone(kernelName, rule);
  const savesOutput = shipped.outputsToSave?.[0] === true;
  const override: ScopedGradConfig = {
    ...shipped,
    outputsToSave: [true],
    gradFunc: (dy: Tensor | Tensor[], saved: Tensor[], attrs: NamedAttrMap) => {
      const y = saved[saved.length - 1] as Tensor;
      const gradients = shipped.gradFunc(dy, savesOutput ? saved : saved.slice(0, -1), attrs);
      if (isRuleAtWork()) return gradients;
      const [input] = Object.keys(gradients) as [string];
      const inputs = () => savedInputs(shipped, saved);
      const leaving = () => {
        const again = (others: Readonly<Record<string, Tensor>>) =>
          runKernel(
            { kernel: shipped.kernelName, attrs, list: false },
            { ...inputs(), ...others },
          )[0] as Tensor;
        const dx = gradients[input] as () => Tensor;
        const sources = { dy: dy as Tensor, dx, y: () => y, inputs, again };
        return secondHandle(atWork(() => resultOf(rule, sources)));
      };
      return { ...gradients, [input]: leaving };
    },
    [SCOPED]: { rule, shipped },
  };
  return override;
}

/** A rule at a kernel of which only we have a gradient: what looks for TF.js's finds none. */
function scopedAlone(kernelName: string, rule: GradientRule): GradConfig {
  const gradFunc = (): never => {
    const lacking = `TF.js has no gradient of kernel "${kernelName}" here, for tf.grad`;
    const hint = "import '@tensorflow/tfjs-layers', which registers those that it has, or call saliency";
    throw ours(new Error(`${lacking}; ${hint}`));
  };
  const override: ScopedGradConfig = { kernelName, gradFunc, [SCOPED]: { rule, shipped: undefined } };
  return override;
}

/** The inputs that TF.js keeps for the kernel's own gradient, which are all that are at hand. */
function savedInputs({ kernelName, inputsToSave = [] }: GradConfig, saved: Tensor[]): Record<string, Tensor> {
  if (inputsToSave.length === 0) {
    throw new Error(`rule: TF.js keeps no input of ${kernelName} for a gradient; read dy, dx or y`);
  }
  return Object.fromEntries(inputsToSave.map((name, i) => [name, saved[i] as Tensor]));
}

/** TF.js disposes what a gradient returns, and a rule may return what it was given. */
function secondHandle(result: Tensor): Tensor {
  if (!isTensor(result))
    throw new TypeError(`rule: expected a tensor of the shape of dy, got ${kindOf(result)}`);
  return reshape(result, result.shape);
}
