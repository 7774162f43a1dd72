import { Command, InvalidArgumentError } from 'commander';
import { modelNames, type ModelName } from './models/benchModels.ts';
import { backendNames, type BackendName } from './results.ts';

/** What the command line asked for. */
export interface BenchOptions {
  readonly backends: readonly BackendName[];
  readonly models: readonly ModelName[];
  readonly minutes: number;
  readonly quick: boolean;
  readonly write: boolean;
  readonly gpu: boolean;
  readonly headed: boolean;
}

/** Reads the command line; on a wrong argument, says which and ends the process with 1. */
export function readOptions(argv: string[]): BenchOptions {
  const given = new Command('npm run bench --')
    .description(
      'Measures what an explanation costs beside a forward pass, on each backend: cpu, wasm, wasm with ' +
        'threads and, where @tensorflow/tfjs-node is installed, tensorflow in Node; wasm with threads, ' +
        'webgl and webgpu in Chromium (CHROMIUM_PATH names one).',
    )
    .option('--backends <list>', `of ${backendNames.join(', ')}`, listOf(backendNames), backendNames)
    .option('--models <list>', `of ${modelNames.join(', ')}`, listOf(modelNames), modelNames)
    .option('--minutes <n>', 'about how long it may take: more time means more rounds', minutes, 24)
    .option('--quick', 'one round at batch 1, with the first model only: to see that it works', false)
    .option('--write', 'put the tables into bench/RESULTS.md', false)
    .option('--gpu', "use the machine's GPU for webgl and webgpu, and all models there", false)
    .option('--headed', 'show the browser, and use the GPU', false)
    .allowExcessArguments(false)
    .showHelpAfterError('(--help lists the options)')
    .parse(argv)
    .opts<BenchOptions>();
  const models = given.quick ? given.models.slice(0, 1) : given.models;
  return { ...given, models, gpu: given.gpu || given.headed };
}

function listOf<T extends string>(known: readonly T[]): (text: string) => readonly T[] {
  return (text) => {
    const names = text.split(',');
    const other = names.find((name) => !known.includes(name as T));
    if (other !== undefined)
      throw new InvalidArgumentError(`There is no "${other}"; there are ${known.join(', ')}.`);
    return known.filter((name) => names.includes(name));
  };
}

function minutes(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('Expected a number above 0.');
  return value;
}
