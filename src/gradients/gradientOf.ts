import { getGradient } from '@tensorflow/tfjs-core';
import type { GradConfig, Tensor } from '@tensorflow/tfjs-core';
import type { GradientRule } from '../rules/rule';
import type { KernelGradient } from './kernelGradient';
import { kernelGradients } from './table';

/**
 * Where `withGradients` leaves its rule on the config that it registers; one key for all copies of this
 * module.
 */
export const SCOPED = Symbol.for('guided-saliency.scoped');

/** A registered gradient, with what a `withGradients` scope has put on it. */
export interface ScopedGradConfig extends GradConfig {
  readonly [SCOPED]?: {
    readonly rule: GradientRule;
    /** What was registered before; nothing where TF.js's gradients are not there. */
    readonly shipped: GradConfig | undefined;
  };
}

const own: ReadonlyMap<string, KernelGradient> = new Map(
  kernelGradients.map((entry) => [entry.kernel, entry]),
);

/** TF.js registers all its gradients at once, when tfjs-layers is loaded; these stand for all. */
const TOGETHER = ['Acosh', 'LRN', 'UnsortedSegmentSum'];

/** What TF.js has registered, from when it was last seen to register all. */
let seen: ReadonlyMap<string, GradConfig | undefined> | undefined;

/**
 * What TF.js registered before anybody replaced it: a gradient that a user registers later is theirs, and is
 * used. Another copy of TF.js's gradients, as `@tensorflow/tfjs` and so tfjs-node bring one, is nobody's.
 *
 * @returns undefined as long as TF.js's are not there: a page with GraphModels needs no tfjs-layers.
 */
function shipped(): ReadonlyMap<string, GradConfig | undefined> | undefined {
  if (TOGETHER.every((kernel) => isNews(kernel, ordinaryConfig(kernel))))
    seen = new Map([...own.keys()].map((kernel) => [kernel, ordinaryConfig(kernel)]));
  return seen;
}

const isNews = (kernel: string, config: GradConfig | undefined): boolean =>
  config !== undefined && config !== seen?.get(kernel);
shipped();

/** How many rules are at work, one inside the other. */
let rulesAtWork = 0;

/** Runs a rule: what it runs itself, and takes the gradient of, is under no scope's rule again. */
export function atWork<T>(rule: () => T): T {
  rulesAtWork++;
  try {
    return rule();
  } finally {
    rulesAtWork--;
  }
}

/** Whether a rule is at work. */
export function isRuleAtWork(): boolean {
  return rulesAtWork > 0;
}

/** The rule that a `withGradients` scope has put on a kernel. */
export function ruleInScope(kernel: string): GradientRule | undefined {
  if (isRuleAtWork()) return undefined;
  return (getGradient(kernel) as ScopedGradConfig | undefined)?.[SCOPED]?.rule;
}

/** Whether somebody else has replaced the gradient that TF.js ships for a kernel. */
export function isReplaced(kernel: string): boolean {
  return own.has(kernel) && ordinaryConfig(kernel) !== shipped()?.get(kernel);
}

/** Whether somebody else has replaced the gradient of any of our kernels. */
export function isAnyReplaced(): boolean {
  for (const kernel of own.keys()) if (isReplaced(kernel)) return true;
  return false;
}

/** Our gradient of a kernel, for what comes to that kernel and is made of others. */
export function ownGradientOf(kernel: string): KernelGradient | undefined {
  return own.get(kernel);
}

/**
 * The ordinary gradient of a kernel: ours where TF.js lacks it, has it wrong or has it slow; else TF.js's.
 *
 * @returns undefined where neither has one.
 */
export function gradientOf(kernel: string): KernelGradient | undefined {
  const entry = own.get(kernel);
  if (entry && !isReplaced(kernel)) return entry;
  const registered = ordinaryConfig(kernel);
  return registered && adapt(registered);
}

function ordinaryConfig(kernel: string): GradConfig | undefined {
  const registered = getGradient(kernel) as ScopedGradConfig | undefined;
  const scope = registered?.[SCOPED];
  return scope ? scope.shipped : registered;
}

/** A gradient in TF.js's form, in ours. */
function adapt(config: GradConfig): KernelGradient {
  const outputs = (config.outputsToSave ?? []).flatMap((kept, i) => (kept ? [outputName(i)] : []));
  const listed = [...(config.inputsToSave ?? []), ...outputs];
  return {
    kernel: config.kernelName,
    needs: { '*': config.saveAllInputs ? ['*', ...outputs] : listed },
    backward: (dy, call) => {
      const inputs = config.saveAllInputs ? Object.keys(call.shapes) : (config.inputsToSave ?? []);
      const isGiven = (name: string) => name in call.shapes || outputs.includes(name);
      const saved = [...inputs, ...outputs].map((name) => (isGiven(name) ? call.saved(name) : undefined));
      const dys = call.dys.length > 1 ? [...call.dys] : dy;
      return config.gradFunc(dys, saved as Tensor[], call.attrs as Parameters<typeof config.gradFunc>[2]);
    },
  };
}

/** How `needs` names an output. */
export function outputName(index: number): string {
  return index === 0 ? 'output' : `output${index}`;
}
