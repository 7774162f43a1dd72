import { Command, InvalidArgumentError, Option } from 'commander';
import { classIndex, range, wholeFrom1 } from './arguments';
import { methodNamed, methodNames, usualMethods, type MethodName } from './methods';

/** What the command line asked for. */
export interface DemoOptions {
  model?: string;
  image?: string;
  target?: number;
  labels?: string;
  /** Left out: the usual ones. */
  method?: readonly MethodName[] | 'all';
  /** Of each method of many passes. */
  passes?: number;
  out: string;
  inputRange?: [number, number];
  /** Left out: wasm, or what the record was made on. */
  backend?: 'wasm' | 'cpu';
  /** Whether it is measured, too, if the maps are about the model. */
  check?: boolean;
  record?: string;
  replay?: string;
}

/** Reads the command line; on a wrong argument, says which and ends the process with 1. */
export function readOptions(argv: string[]): DemoOptions {
  return new Command('npm run demo --')
    .description(
      'Explains what an image network sees in a photo: one PNG with the photo and the maps of the methods ' +
        'that are named.',
    )
    .option(
      '--model <model.json>',
      'a LayersModel or GraphModel, weights beside it (default: MobileNetV2 from nsfwjs)',
    )
    .option('--image <file>', 'a PNG or JPEG; its middle is taken (default: the cat in examples/chelsea.png)')
    .option('--target <n>', 'the class to explain (default: the one with the highest score)', classIndex)
    .option('--labels <file>', 'names of the classes: a JSON array, or one a line')
    .option(
      '--method <names>',
      `which maps, by name, a comma between them (default: ${usualMethods.join(',')}); or all: ` +
        methodNames.join(', '),
      methodList,
    )
    .option('--passes <n>', 'how many passes each method of many makes (default: by method)', wholeFrom1)
    .option('--out <file>', 'where the picture goes', 'saliency.png')
    .option('--input-range <low,high>', 'what black and white are for the model (default: 0,1)', range)
    .addOption(new Option('--backend <name>', 'of TensorFlow.js (default: wasm)').choices(['wasm', 'cpu']))
    .option(
      '--check',
      'say of each map how much of it is left when layers are random, and how like that of another class it is',
    )
    .option('--record <out.json>', 'where it is written down how the maps were made')
    .addOption(
      new Option(
        '--replay <out.json>',
        'make the maps of a record again, and say how far they are off',
      ).conflicts(['model', 'image', 'target', 'method', 'passes', 'inputRange', 'record', 'check']),
    )
    .allowExcessArguments(false)
    .showHelpAfterError('(--help lists the options)')
    .parse(argv)
    .opts<DemoOptions>();
}

function methodList(text: string): readonly MethodName[] | 'all' {
  if (text === 'all') return 'all';
  const names = text.split(',').map((part) => {
    const found = methodNamed(part.trim());
    if ('name' in found) return found.name;
    throw new InvalidArgumentError(`No method "${part.trim()}"; did you mean "${found.meant}"?`);
  });
  return [...new Set(names)];
}
