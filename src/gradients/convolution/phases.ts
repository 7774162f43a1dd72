import type { Axis } from '../axes';

/*
 * The gradient of a strided convolution, phase by phase. On one axis
 *
 *   y[o]  = Σₖ w[k] x[s o + d k − p]
 *   dx[i] = Σₖ w[k] dy[(i + p − d k) / s]            over the k for which that is a whole number
 *
 * Which k these are depends on the phase i mod s alone. With i = s q + phase,
 *
 *   dx[s q + phase] = Σₜ w[taps[t]] dy[q + start + t spacing]
 *
 * is a forward convolution of stride 1 with every s-th tap, in descending order. Doing the phases one by one
 * and weaving them together multiplies each number once. Textbooks put s − 1 zeros between the cells of dy,
 * which multiplies s times as many on each axis, nearly all of them zeros.
 */

/** A forward convolution along one axis that gives one phase, or several from the same cells of dy. */
export interface Window {
  /** The tap that meets cell `start + t spacing` of dy, for each t and phase; −1 where none does. */
  readonly taps: readonly (readonly number[])[];
  readonly start: number;
  readonly spacing: number;
}

/** One window for each phase of an axis; without taps where no output saw the cells of that phase. */
export function phasesOf({ input, kernel, stride, dilation, before }: Axis): Window[] {
  return Array.from({ length: Math.min(stride, input) }, (_, phase) => {
    const cell = (tap: number) => (phase + before - tap * dilation) / stride;
    const descending = Array.from({ length: kernel }, (_tap, i) => kernel - 1 - i);
    const taps = descending.filter((tap) => Number.isInteger(cell(tap)));
    const [first, second] = taps.map(cell);
    return {
      taps: taps.map((tap) => [tap]),
      start: first ?? 0,
      spacing: first === undefined || second === undefined ? 1 : second - first,
    };
  });
}

/**
 * The windows of an axis with the fewest multiplications: each phase alone, or all in one convolution that
 * has their channels side by side. That multiplies some zeros, but kernels do 8 channels at a time anyway.
 */
export function cheapestWindows(axis: Axis, channels: number): Window[] {
  const phases = phasesOf(axis);
  if (phases.length === 1) return phases;
  const together = sideBySide(phases);
  const cost = ({ taps }: Window) => taps.length * Math.ceil(((taps[0]?.length ?? 0) * channels) / 8);
  const apart = phases.reduce((sum, phase) => sum + cost(phase), 0);
  return cost(together) < apart ? [together] : phases;
}

function sideBySide(phases: readonly Window[]): Window {
  const cells = phases.map(
    ({ taps, start, spacing }) => new Map(taps.map(([tap], t) => [start + t * spacing, tap!] as const)),
  );
  const read = cells.flatMap((taps) => [...taps.keys()]);
  const start = Math.min(...read);
  const length = Math.max(...read) - start + 1;
  return {
    taps: Array.from({ length }, (_, t) => cells.map((taps) => taps.get(start + t) ?? -1)),
    start,
    spacing: 1,
  };
}
