import type { Writable } from 'node:stream';
import { SingleBar } from 'cli-progress';

/** Where long methods say how far they are. */
export interface ProgressOptions {
  /** A bar is drawn here, if it is a terminal. */
  terminal?: Writable & { isTTY?: boolean };
  /** Milliseconds between two lines, where there is no terminal. */
  every?: number;
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
  { terminal = process.stderr, every = 10_000 }: ProgressOptions = {},
): Progress {
  return terminal.isTTY === true ? bar(name, terminal) : lines(name, print, every);
}

function bar(name: string, stream: Writable): Progress {
  const format = `${name} {bar} {value} of {total} passes, {eta_formatted} left`;
  const drawn = new SingleBar({ format, stream, barsize: 30, clearOnComplete: true, hideCursor: true });
  let isDrawn = false;
  return {
    onProgress: (done, total) => {
      if (isDrawn) drawn.update(done);
      else drawn.start(total, done);
      isDrawn = true;
    },
    end: () => drawn.stop(),
  };
}

function lines(name: string, print: (line: string) => void, every: number): Progress {
  let last = performance.now();
  return {
    onProgress: (done, total) => {
      if (done === total || performance.now() - last < every) return;
      last = performance.now();
      print(`${name}: ${done} of ${total} passes`);
    },
    end: () => undefined,
  };
}
