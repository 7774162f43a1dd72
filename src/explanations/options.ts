import { currentBackend } from '../backends/backend';
import { tfEngine } from '../backends/engine';
import type { LayerPath, LayerPlace } from '../model/place';
import { kindOf } from '../errors/kindOf';
import { ruleOf } from '../ops/withRule';
import type { GradientRule } from '../rules/rule';
import type { Score, Target } from '../targets/target';
import { ours } from '../errors/door';

/** How a map is asked for. */
export interface ExplainOptions {
  target?: Target | undefined;
  score?: Score | undefined;
  rule?: GradientRule | undefined;
  wrt?: LayerPath | (LayerPlace & { output?: number }) | undefined;
  batchSize?: number | undefined;
}

/** Refuses options of the wrong kind, and places where no map can be computed. */
export function checkOptions({ score, rule, target, batchSize }: ExplainOptions): void {
  if (score !== undefined && score !== 'logit' && score !== 'probability') {
    throw ours(new RangeError(`expected score to be "logit" or "probability", got ${shown(score)}`));
  }
  if (rule !== undefined) checkRule(rule);
  if (batchSize !== undefined && !(Number.isInteger(batchSize) && batchSize > 0)) {
    throw ours(
      new RangeError(`expected batchSize to be a whole number of samples above 0, got ${shown(batchSize)}`),
    );
  }
  const known =
    target === undefined ||
    typeof target === 'number' ||
    typeof target === 'function' ||
    Array.isArray(target) ||
    ArrayBuffer.isView(target) ||
    (typeof target === 'object' && target !== null && ('layer' in target || 'output' in target));
  if (!known) {
    throw ours(
      new TypeError(
        `expected target to be a class, a list of classes, { output, class }, { layer }, { layer, channel }, ` +
          `{ layer, unit } or a function of the outputs, got ${shown(target)}`,
      ),
    );
  }
  const { name, hasHalfFloats } = currentBackend();
  if (hasHalfFloats()) {
    throw ours(
      new Error(
        `the backend "${name}" has 16-bit floats only on this device, in which a map can vanish without a sign; ` +
          "use another backend, e.g. await tf.setBackend('wasm')",
      ),
    );
  }
  if (tfEngine().state.gradientDepth > 0) {
    throw ours(
      new Error(
        `cannot run inside tf.grad, whose tape does not see it; put withInputGradients around the outer gradient`,
      ),
    );
  }
}

function checkRule(rule: unknown): void {
  if (typeof rule === 'function' && !ruleOf(rule)) return;
  const got = typeof rule === 'function' ? `the op ${rule.name}` : shown(rule);
  throw ours(new TypeError(`expected rule to be a gradient rule such as guided, got ${got}`));
}

function shown(value: unknown): string {
  return typeof value === 'string' ? `"${value}"` : typeof value === 'number' ? String(value) : kindOf(value);
}
