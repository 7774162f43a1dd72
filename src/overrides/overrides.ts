import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayerPath } from '../model/place';
import { kindOf } from '../errors/kindOf';
import { ruleOf } from '../ops/withRule';
import type { GradientRule } from '../rules/rule';
import { ours } from '../errors/door';

/**
 * What is to happen at an activation: a rule for the way back, or an op in place of the activation, on
 * both ways.
 *
 * The op is differentiable and keeps the shape of its input, e.g. `guidedRelu`. Unlike a rule it changes
 * what the model predicts, unless it computes what the activation does.
 */
export type Override = GradientRule | OpOverride;

/** An op in place of an activation. */
export interface OpOverride {
  /** The op: differentiable, and keeping the shape of its input. */
  readonly op: (x: Tensor) => Tensor;
}

/**
 * One override for all rectifiers, or a map to overrides from activations (`relu`, `relu6`, `swish` ...)
 * and layer classes (`ReLU`, `Conv2D` ...).
 *
 * An activation is named as TF.js does, in any case; the rectifier layers have the names `relu` (`relu6`
 * for a maximum of 6), `leakyRelu`, `prelu`, `elu` and `thresholdedRelu`. A layer class is named exactly,
 * and stands for the rectifiers of its layers, of their cells and of the layers wrapped by them; where
 * both fit, it goes first. The class of a custom layer that has no activation of its own stands for all
 * that the layer computes.
 */
export type Overrides = Override | (Readonly<Record<string, Override>> & { readonly op?: never });

/** Options of `overrideActivations` and `describeOverrides`. */
export interface OverrideOptions {
  /**
   * The layers to override, with all that is in them: each by its name, or by the names from the outer
   * model to the inner one. Left out: all.
   */
  layers?: readonly LayerPath[];
}

/** One activation of a model, as `describeOverrides` tells of it. */
export interface ActivationReport {
  /** Names from the outer model to the layer, through wrappers and to cells; of a GraphModel, the node. */
  path: string[];
  /** The layer's class, e.g. `Conv2D`; of a GraphModel, the node's op, e.g. `_FusedConv2D`. */
  layerClass: string;
  /** The activation, e.g. `relu6`; `unknown` for what a custom layer computes. */
  activation: string;
  /** Whether the overrides reach it. */
  replaced: boolean;
  /** Why it is replaced, or left alone. */
  reason: string;
}

/** Whether overrides are one for all. */
export function isOverride(overrides: unknown): overrides is Override {
  return typeof overrides === 'function' || typeof (overrides as { op?: unknown } | null)?.op === 'function';
}

/**
 * Checks overrides where they come in.
 *
 * @throws TypeError if there is anything but a rule or `{ op }`, or an op of ours where a rule belongs.
 */
export function checkOverrides(overrides: unknown): void {
  if (isOverride(overrides)) {
    checkRule(overrides, '');
    return;
  }
  if (typeof overrides !== 'object' || overrides === null || Array.isArray(overrides)) {
    throw ours(
      new TypeError(
        `expected overrides to be a gradient rule such as guided, { op }, or a map to them from ` +
          `activations or layer classes, got ${kindOf(overrides)}`,
      ),
    );
  }
  for (const [name, override] of Object.entries(overrides)) {
    if (!isOverride(override)) {
      throw ours(
        new TypeError(
          `expected a gradient rule such as guided, or { op }, for "${name}", got ${kindOf(override)}`,
        ),
      );
    }
    checkRule(override, ` for "${name}"`);
  }
}

function checkRule(override: Override, place: string): void {
  if (typeof override !== 'function' || !ruleOf(override)) return;
  const { name } = override;
  throw ours(
    new TypeError(
      `expected a gradient rule such as guided${place}, got the op ${name}; ` +
        `pass { op: ${name} } to use an op in place of the activation`,
    ),
  );
}
