import { availableParallelism } from 'node:os';
import { Command, InvalidArgumentError, Option } from 'commander';
import { classIndex, range, wholeFrom1 } from '../demo/arguments';
import { methodNamed, methodNames, type MethodName } from '../demo/methods';
import type { Shard } from './images';

/** What the command line asked for. */
export interface BatchOptions {
  input?: string;
  output?: string;
  model?: string;
  method: MethodName;
  target?: number;
  passes?: number;
  labels?: string;
  inputRange: [number, number];
  backend: 'wasm' | 'cpu';
  workers: number;
  chunk: number;
  resume?: boolean;
  shard?: Shard;
  queue?: string;
  queueLimit: number;
  /** Take chunks from the queue, rather than put them in. */
  serve?: boolean;
  metricsPort?: number;
}

/** Reads the command line; on a wrong argument, says which and ends the process with 1. */
export function readOptions(argv: string[]): BatchOptions {
  const command = new Command('npm run batch --')
    .description(
      'Explains every image of a folder or a list: a map each, and a manifest that names them all.',
    )
    .option('--input <images>', 'a folder, or a list: a path or an address a line, from a file or https')
    .option('--output <folder>', 'where the maps and the manifest go')
    .option('--model <model.json>', 'a LayersModel or GraphModel, weights beside it (default: the demo’s)')
    .option(
      '--method <name>',
      `one of ${methodNames.join(', ')}; guided is guidedBackprop`,
      method,
      'guidedBackprop' as MethodName,
    )
    .option('--target <n>', 'the class to explain (default: of each image, the highest)', classIndex)
    .option('--passes <n>', 'how many passes a method of many makes (default: by method)', wholeFrom1)
    .option('--labels <file>', 'names of the classes: a JSON array, or one a line')
    .option('--input-range <low,high>', 'what black and white are for the model', range, [0, 1])
    .addOption(new Option('--backend <name>', 'of TensorFlow.js').choices(['wasm', 'cpu']).default('wasm'))
    .option('--workers <n>', 'how many processes explain', wholeFrom1, availableParallelism())
    .option('--chunk <n>', 'images that go together, 64 to 256', chunkSize, 64)
    .option('--resume', 'go on with the manifest that is there')
    .option('--shard <i/n>', 'only the i-th of n parts of the images, from 0', shard)
    .option('--queue <redis://...>', 'put the chunks into a queue, and collect the results', redis)
    .option('--queue-limit <n>', 'wait while so many chunks are in the queue', wholeFrom1, 100)
    .option('--serve', 'take chunks from the queue; how they are explained comes with them')
    .option('--metrics-port <n>', 'serve counters for Prometheus at /metrics', port)
    .allowExcessArguments(false)
    .showHelpAfterError('(--help lists the options)')
    .parse(argv);
  const options = command.opts<BatchOptions>();
  const missing = missingIn(options);
  if (missing !== undefined) command.error(`error: ${missing}`);
  return options;
}

function missingIn({ serve, queue, input, output }: BatchOptions): string | undefined {
  if (serve === true) return queue === undefined ? '--serve: expected --queue, too' : undefined;
  if (input === undefined) return '--input: expected a folder or a list of images';
  return output === undefined ? '--output: expected a folder' : undefined;
}

function method(text: string): MethodName {
  if (text === 'guided') return 'guidedBackprop';
  const found = methodNamed(text);
  if ('name' in found) return found.name;
  throw new InvalidArgumentError(`No method "${text}"; did you mean "${found.meant}"?`);
}

function chunkSize(text: string): number {
  const size = wholeFrom1(text);
  if (size < 64 || size > 256) throw new InvalidArgumentError('Expected a whole number from 64 to 256.');
  return size;
}

/** ioredis takes what is no address for the path of a socket. */
export function redis(text: string): string {
  if (!/^rediss?:\/\//.test(text)) throw new InvalidArgumentError('Expected redis://host:port.');
  return text;
}

function port(text: string): number {
  if (!/^\d+$/.test(text) || Number(text) > 65535) throw new InvalidArgumentError('Expected a port.');
  return Number(text);
}

/** `0/8` to `7/8`. */
export function shard(text: string): Shard {
  const [, index = NaN, count = NaN] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  if (!(index < count)) throw new InvalidArgumentError('Expected two numbers, from 0/8 to 7/8 of eight.');
  return { index, count };
}
