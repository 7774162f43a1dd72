import { Command, InvalidArgumentError, Option } from 'commander';

/** The methods, in the order of the picture. */
export const methodNames = ['gradient', 'guided', 'deconv'] as const;
export type MethodName = (typeof methodNames)[number];

/** What the command line asked for. */
export interface DemoOptions {
  model?: string;
  image?: string;
  target?: number;
  labels?: string;
  method: MethodName | 'all';
  out: string;
  inputRange?: [number, number];
  backend: 'wasm' | 'cpu';
}

/** Reads the command line; on a wrong argument, says which and ends the process with 1. */
export function readOptions(argv: string[]): DemoOptions {
  return new Command('npm run demo --')
    .description(
      'Explains what an image network sees in a photo: one PNG with the photo, the plain gradient, guided ' +
        'backpropagation and deconvnet side by side.',
    )
    .option(
      '--model <model.json>',
      'a LayersModel or GraphModel, weights beside it (default: MobileNetV2 from nsfwjs)',
    )
    .option('--image <file>', 'a PNG or JPEG; its middle is taken (default: the cat in examples/chelsea.png)')
    .option('--target <n>', 'the class to explain (default: the one with the highest score)', classIndex)
    .option('--labels <file>', 'names of the classes: a JSON array, or one a line')
    .addOption(new Option('--method <name>', 'which map').choices([...methodNames, 'all']).default('all'))
    .option('--out <file>', 'where the picture goes', 'saliency.png')
    .option('--input-range <low,high>', 'what black and white are for the model (default: 0,1)', range)
    .addOption(new Option('--backend <name>', 'of TensorFlow.js').choices(['wasm', 'cpu']).default('wasm'))
    .allowExcessArguments(false)
    .showHelpAfterError('(--help lists the options)')
    .parse(argv)
    .opts<DemoOptions>();
}

function classIndex(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Expected a class, counted from 0.');
  return Number(text);
}

function range(text: string): [number, number] {
  const [low = NaN, high = NaN, ...rest] = text
    .split(',')
    .map((part) => (part.trim() === '' ? NaN : Number(part)));
  if (rest.length > 0 || !Number.isFinite(low) || !Number.isFinite(high) || low >= high) {
    throw new InvalidArgumentError('Expected two numbers, the lower first, such as 0,1 or -1,1 or 0,255.');
  }
  return [low, high];
}
