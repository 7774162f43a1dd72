/** The networks that the page brings along. */
export const networks = {
  mobilenet: {
    title: 'MobileNetV2 from nsfwjs',
    short: 'Photos',
    file: 'model/model.json',
    input: 'photo',
    labels: ['Drawing', 'Hentai', 'Neutral', 'Porn', 'Sexy'],
  },
  digits: {
    title: 'the digits network',
    short: 'Digits',
    file: 'digits/model.json',
    input: 'digit',
    labels: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
  },
} as const satisfies Record<string, NetworkFacts>;

export type NetworkName = keyof typeof networks;

export const networkNames = Object.keys(networks) as NetworkName[];

export interface NetworkFacts {
  readonly title: string;
  /** What is on its button. */
  readonly short: string;
  /** Where its model.json is, seen from the page. */
  readonly file: string;
  /** What it is shown: photos, or digits, which can be drawn. */
  readonly input: 'photo' | 'digit';
  /** What it says, in the order of its outputs. */
  readonly labels: readonly string[];
}

/** The network of that name; undefined for what is an address. */
export function networkNamed(name: string): NetworkFacts | undefined {
  return networkNames.includes(name as NetworkName) ? networks[name as NetworkName] : undefined;
}
