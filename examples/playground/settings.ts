import { methods, type MethodName } from './methods';
import { networkNames } from './networks';

export const backendNames = ['wasm', 'webgl', 'webgpu', 'cpu'] as const;
export type BackendName = (typeof backendNames)[number];

export const colorNames = ['blueRed', 'grey', 'inferno', 'viridis', 'turbo'] as const;
export type ColorName = (typeof colorNames)[number];

export const rangeNames = ['0,1', '-1,1', '0,255'] as const;
export type RangeName = (typeof rangeNames)[number];

export const sampleNames = ['cat', 'drawing'] as const;
export type SampleName = (typeof sampleNames)[number];

/** All that is set on the page, but for a photo, a drawn digit, or a model in files of the user's own. */
export interface Settings {
  /** A network that the page brings along, by name; or the address of a model.json. */
  readonly model: string;
  readonly sample: SampleName;
  /** Which of the ten sample digits, for a network of digits. */
  readonly digit: number;
  readonly method: MethodName;
  /** Counted from 0; null for the class with the highest score. */
  readonly target: number | null;
  /** A second class, whose map stands beside the first; null for none. */
  readonly second: number | null;
  /** The name of a layer; null for the last one whose output has space. */
  readonly layer: string | null;
  readonly backend: BackendName;
  readonly colors: ColorName;
  /** How much of the map is seen over the photo, in percent. */
  readonly strength: number;
  /** How many layers are made random, from the top. */
  readonly random: number;
  /** What black and full colour are for the model. */
  readonly range: RangeName;
}

export const defaults: Settings = {
  model: 'mobilenet',
  sample: 'cat',
  digit: 7,
  method: 'guidedBackprop',
  target: null,
  second: null,
  layer: null,
  backend: 'wasm',
  colors: 'blueRed',
  strength: 85,
  random: 0,
  range: '0,1',
};

/** The settings that a URL's hash holds; what it does not hold, or holds wrongly, is as by default. */
export function readHash(hash: string): Settings {
  const given = new URLSearchParams(hash.replace(/^#/, ''));
  const one = <T extends string>(name: keyof Settings, known: readonly T[], otherwise: T): T =>
    known.find((value) => value === given.get(name)) ?? otherwise;
  const count = (name: keyof Settings, most: number): number | undefined => {
    const text = given.get(name) ?? '';
    return /^\d{1,6}$/.test(text) && Number(text) <= most ? Number(text) : undefined;
  };
  return {
    model: modelNamed(given.get('model')) ?? defaults.model,
    sample: one('sample', sampleNames, defaults.sample),
    digit: count('digit', 9) ?? defaults.digit,
    method: one('method', Object.keys(methods) as MethodName[], defaults.method),
    target: count('target', 999_999) ?? null,
    second: count('second', 999_999) ?? null,
    layer: given.get('layer')?.slice(0, 200) ?? null,
    backend: one('backend', backendNames, defaults.backend),
    colors: one('colors', colorNames, defaults.colors),
    strength: count('strength', 100) ?? defaults.strength,
    random: count('random', 9999) ?? defaults.random,
    range: one('range', rangeNames, defaults.range),
  };
}

/** The hash of a URL that opens the page with these settings: those that differ from the defaults. */
export function hashOf(settings: Settings): string {
  const entries = Object.entries(settings).filter(
    ([name, value]) => value !== defaults[name as keyof Settings],
  );
  return new URLSearchParams(entries.map(([name, value]) => [name, String(value)])).toString();
}

/** What black and white are, in numbers. */
export function pairOf(range: RangeName): [low: number, high: number] {
  const [low = 0, high = 1] = range.split(',').map(Number);
  return [low, high];
}

function modelNamed(text: string | null): string | undefined {
  if (text === null || text.length > 2000) return undefined;
  const isKnown = networkNames.some((name) => name === text);
  return isKnown || (/^https?:/.test(text) && URL.canParse(text)) ? text : undefined;
}
