import type { Writable } from 'node:stream';
import { SingleBar } from 'cli-progress';

/** Where long methods say how far they are. */
export interface ProgressOptions {
  /** A bar is drawn here, if it is a terminal. */
  terminal?: Writable & { isTTY?: boolean };
  /** Milliseconds between two lines, where there is no terminal. */
  every?: number;
  /** What is counted. */
  unit?: string;
  /** Of how many nothing is to be done: then it is said how many are done a second, too. */
  from?: number;
}

/** How far a method is. */
export interface Progress {
  readonly onProgress: (done: number, total: number) => void;
  readonly end: () => void;
}

/**
 * Shows how far a method is: a bar that goes away in the end, or without a terminal a line now and then.
 *
 * @param print Takes the lines.
 */
export function progressOf(
  name: string,
  print: (line: string) => void,
  { terminal = process.stderr, every = 10_000, unit = 'passes', from }: ProgressOptions = {},
): Progress {
  const paceOf = from === undefined ? () => undefined : paceFrom(from);
  const shown = { name, unit, paceOf };
  return terminal.isTTY === true ? bar(shown, terminal) : lines(shown, print, every);
}

/** What is shown, and how fast it goes, where that is asked. */
interface Shown {
  readonly name: string;
  readonly unit: string;
  readonly paceOf: (done: number, total: number) => Pace | undefined;
}

/** How many are done a second, and how many seconds are left. */
interface Pace {
  readonly rate: string;
  readonly left: string;
}

/** The mean pace from now on. */
function paceFrom(from: number): (done: number, total: number) => Pace {
  const started = performance.now();
  return (done, total) => {
    const rate = (1000 * (done - from)) / (performance.now() - started);
    return { rate: rate.toFixed(1), left: ((total - done) / rate).toFixed(0) };
  };
}

function bar({ name, unit, paceOf }: Shown, stream: Writable): Progress {
  const pace = paceOf(0, 0) ? '{rate} a second, ' : '';
  const format = `${name} {bar} {value} of {total} ${unit}, ${pace}{eta_formatted} left`;
  const etaBuffer = pace === '' ? 10 : 1000; // many quick ones want a longer look back
  const options = { format, stream, etaBuffer, barsize: 30, clearOnComplete: true, hideCursor: true };
  const drawn = new SingleBar(options);
  let isDrawn = false;
  return {
    onProgress: (done, total) => {
      const now = { ...paceOf(done, total) };
      if (isDrawn) drawn.update(done, now);
      else drawn.start(total, done, now);
      isDrawn = true;
    },
    end: () => drawn.stop(),
  };
}

function lines({ name, unit, paceOf }: Shown, print: (line: string) => void, every: number): Progress {
  let last = performance.now();
  return {
    onProgress: (done, total) => {
      if (done === total || performance.now() - last < every) return;
      last = performance.now();
      const pace = paceOf(done, total);
      print(
        `${name}: ${done} of ${total} ${unit}${pace ? `, ${pace.rate} a second, ${pace.left} s left` : ''}`,
      );
    },
    end: () => undefined,
  };
}
