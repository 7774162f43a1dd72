import { Command, InvalidArgumentError, Option } from 'commander';
import { wholeFrom1 } from '../demo/arguments';
import { networkNames, type NetworkName } from './networks';
import type { BackendName } from './startBackend';
import { methodNames, type MethodName } from './methodNames';

export const resultNames = ['cascading', 'labels', 'cosine'] as const;

/** What the command line asked for. */
export interface PublishedOptions {
  result: (typeof resultNames)[number];
  photos: number;
  seeds: number;
  steps: number;
  passes: number;
  images: number;
  networks?: readonly NetworkName[];
  methods?: readonly MethodName[];
  backend: BackendName;
  out: string;
  /** Left out by --no-measure: what is there is drawn. */
  measure: boolean;
}

/** Reads the command line; on a wrong argument, says which and ends the process with 1. */
export function readOptions(argv: string[]): PublishedOptions {
  const command = new Command('npm run published --')
    .description(
      'Makes a published result again, and writes what was measured (JSON lines), a table (Markdown) and ' +
        'figures. What is there already is not measured again.',
    )
    .argument(
      '<result>',
      'cascading: Adebayo 2018, layers made random from the top; labels: Adebayo 2018, true labels against ' +
        'permuted ones; cosine: Sixt 2020, cosine convergence',
      resultName,
    )
    .option('--photos <n>', 'how many of the photos in photos/ (default: 10; cosine: 3)', wholeFrom1)
    .option('--seeds <n>', 'how many seeds, from 0 on (default: 3; cosine: 1)', wholeFrom1)
    .option('--steps <n>', 'cascading: how many depths, evenly over the layers', wholeFrom1, 8)
    .option('--passes <n>', 'steps of integrated gradients, samples of SmoothGrad', wholeFrom1, 10)
    .option('--images <n>', 'labels: how many images of MNIST the networks learn', wholeFrom1, 500)
    .option(
      '--networks <names>',
      `which, a comma between them: ${networkNames.join(', ')}`,
      listOf(networkNames),
    )
    .option('--methods <names>', 'cascading: which, a comma between them', listOf(methodNames))
    .addOption(
      new Option('--backend <name>', 'tensorflow wants @tensorflow/tfjs-node, and is quicker')
        .choices(['wasm', 'tensorflow'])
        .default('wasm'),
    )
    .option('--no-measure', 'only draw what was measured before')
    .option('--out <folder>', 'where files go', 'published')
    .allowExcessArguments(false)
    .showHelpAfterError('(--help lists the options)')
    .parse(argv);
  const result = command.processedArgs[0] as Result;
  const usual = result === 'cosine' ? { photos: 3, seeds: 1 } : { photos: 10, seeds: 3 };
  return { ...usual, ...command.opts<Omit<PublishedOptions, 'result' | 'photos' | 'seeds'>>(), result };
}

type Result = PublishedOptions['result'];

function resultName(text: string): Result {
  const found = resultNames.find((name) => name === text);
  if (found) return found;
  throw new InvalidArgumentError(`Expected one of ${resultNames.join(', ')}.`);
}

function listOf<T extends string>(names: readonly T[]): (text: string) => T[] {
  return (text) =>
    text.split(',').map((part) => {
      const found = names.find((name) => name === part.trim());
      if (found) return found;
      throw new InvalidArgumentError(`No "${part.trim()}"; there are ${names.join(', ')}.`);
    });
}
