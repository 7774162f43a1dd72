import { getGradient, registerGradient, reshape, unregisterGradient } from '@tensorflow/tfjs-core';
import type { GradConfig, NamedAttrMap, Tensor } from '@tensorflow/tfjs-core';
import { SCOPED } from '../gradients/gradientOf';
import type { ScopedGradConfig } from '../gradients/gradientOf';
import { isTensor } from '../backends/isTensor';
import { door, ours } from '../errors/door';
import { notAsync } from '../errors/notAsync';
import type { GradientRule, Rectified } from '../rules/rule';

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
 * @param rules Rule by kernel name, e.g. `{ Relu: guided }`; for the gradient to the kernel's input `x`.
 * @param body What to run.
 * @returns What `body` returns.
 * @throws RangeError if no rule is given, or a kernel has no gradient, or none to an input `x`.
 * @throws TypeError if a rule is not a function, or `body` returns a promise.
 */
export function withGradients<T>(rules: Readonly<Record<string, GradientRule>>, body: () => T): T {
  return door('withGradients', () => {
    const kernels = Object.keys(rules);
    if (kernels.length === 0)
      throw ours(new RangeError('expected rules to name at least one kernel, got none'));
    const outer = kernels.map((kernel) => overridable(kernel, rules[kernel]));
    try {
      for (const config of outer) replace(scoped(config, rules[config.kernelName] as GradientRule));
      const result = body();
      notAsync(result, 'expected body not to be async; its overrides end when it returns');
      return result;
    } finally {
      for (const config of outer) replace(config);
    }
  });
}

function overridable(kernel: string, rule: unknown): GradConfig {
  if (typeof rule !== 'function') {
    throw ours(
      new TypeError(`expected a gradient rule such as guided for kernel "${kernel}", got ${typeof rule}`),
    );
  }
  const config = getGradient(kernel);
  if (!config) throw ours(new RangeError(`kernel "${kernel}" has no gradient to override`));
  if (!hasInputX(config))
    throw ours(new RangeError(`kernel "${kernel}" has no input "x" whose gradient a rule could replace`));
  return config;
}

/** Whether a gradient goes to an input `x`: asked of the gradient itself, whose thunks are not run. */
function hasInputX(config: GradConfig): boolean {
  const text = (config as ScopedGradConfig)[SCOPED]?.shipped.gradFunc ?? config.gradFunc;
  return /\bx\s*:|\{\s*x\s*[,}]/.test(Function.prototype.toString.call(text));
}

/** TF.js warns in debug mode when a gradient is registered over another. */
function replace(config: GradConfig): void {
  unregisterGradient(config.kernelName);
  registerGradient(config);
}

/** `config` with the gradient of its input `x` passed through `rule`. */
function scoped(config: GradConfig, rule: GradientRule): GradConfig {
  const shipped = (config as ScopedGradConfig)[SCOPED]?.shipped ?? config;
  const savesOutput = shipped.outputsToSave?.[0] === true;
  const override: ScopedGradConfig = {
    ...shipped,
    outputsToSave: [true],
    gradFunc: (dy: Tensor | Tensor[], saved: Tensor[], attrs: NamedAttrMap) => {
      const y = saved[saved.length - 1] as Tensor;
      const gradients = shipped.gradFunc(dy, savesOutput ? saved : saved.slice(0, -1), attrs);
      const ordinary = gradients['x'] as () => Tensor;
      let dx: Tensor | undefined;
      const at: Rectified = {
        dy: dy as Tensor,
        get dx() {
          return (dx ??= ordinary());
        },
        y,
      };
      return { ...gradients, x: () => secondHandle(rule(at)) };
    },
    [SCOPED]: { rule, shipped },
  };
  return override;
}

/** TF.js disposes what a gradient returns, and a rule may return what it was given. */
function secondHandle(result: Tensor): Tensor {
  if (!isTensor(result))
    throw new TypeError(`rule: expected a tensor of the shape of dy, got ${String(result)}`);
  return reshape(result, result.shape);
}
