import { deconv, guided, type GradientRule } from 'guided-saliency';
import type { MethodName } from './options';

/** The methods that the demo shows: all are `saliency`, each under its rule. */
export const methods: Record<MethodName, { title: string; rule?: GradientRule }> = {
  gradient: { title: 'gradient' },
  guided: { title: 'guided backprop', rule: guided },
  deconv: { title: 'deconvnet', rule: deconv },
};
