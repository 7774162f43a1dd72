import type { Row } from './results.ts';
import { pairedRatios, present, summarize, type Rounds, type Summary } from './statistics.ts';

export const ratioNames = [
  'stockGradient',
  'saliency',
  'guidedBackprop',
  'preparedSaliency',
  'preparedGuidedBackprop',
  'againstLimit',
  'oneShot',
  'stockAgainstPrepared',
] as const;

/** What is compared. The first five are against stock `predict`. */
export type RatioName = (typeof ratioNames)[number];

/** How the tables call them. */
export const ratioTitles: Readonly<Record<RatioName, string>> = {
  stockGradient: 'tf.grad / predict',
  saliency: 'saliency / predict',
  guidedBackprop: 'guided / predict',
  preparedSaliency: 'prepared saliency / predict',
  preparedGuidedBackprop: 'prepared guided / predict',
  againstLimit: 'prepared guided / limit',
  oneShot: 'guided / prepared guided',
  stockAgainstPrepared: 'tf.grad / prepared guided',
};

/** The ratios of a row: each within its round, then summed up over the rounds. */
export function ratiosOf({ times }: Row): Readonly<Record<RatioName, Summary | undefined>> {
  const ratio = (a: Rounds = [], b: Rounds = []): Summary | undefined => summarize(pairedRatios(a, b));
  const limit = fastestForward(times)?.map((value) => (value === null ? null : 2 * value));
  return {
    stockGradient: ratio(times.stockGradient, times.predict),
    saliency: ratio(times.saliency, times.predict),
    guidedBackprop: ratio(times.guidedBackprop, times.predict),
    preparedSaliency: ratio(times.preparedSaliency, times.predict),
    preparedGuidedBackprop: ratio(times.preparedGuidedBackprop, times.predict),
    againstLimit: ratio(times.preparedGuidedBackprop, limit),
    oneShot: ratio(times.guidedBackprop, times.preparedGuidedBackprop),
    stockAgainstPrepared: ratio(times.stockGradient, times.preparedGuidedBackprop),
  };
}

/** The faster of the stock forward pass and the fused one, by the median. */
export function fastestForward({ predict, fusedForward }: Row['times']): Rounds | undefined {
  const median = (rounds?: Rounds): number => summarize(present(rounds))?.median ?? Infinity;
  return median(fusedForward) <= median(predict) ? fusedForward : predict;
}
