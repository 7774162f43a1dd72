import { spawn, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** A command that runs. */
export interface Running {
  readonly child: ChildProcess;
  /** What it has printed. */
  readonly output: () => string;
  /** Its exit code; null if a signal ended it. */
  readonly ended: Promise<number | null>;
}

/** Runs a TypeScript file of the repository. */
export function run(file: string, ...options: string[]): Running {
  const child = spawn(process.execPath, ['--import', tsx, file, ...options], { cwd: root });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data: Buffer) => {
      output += data.toString();
    });
  }
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  return { child, output: () => output, ended };
}

/** As Kubernetes does: starts a command, and again whenever a signal has ended it. */
export function keepRunning(file: string, ...options: string[]) {
  let isOver = false;
  let deaths = 0;
  let running = run(file, ...options);
  const watched = (async () => {
    for (;;) {
      const code = await running.ended;
      if (isOver) return code;
      deaths++;
      running = run(file, ...options);
    }
  })();
  return {
    kill: () => running.child.kill('SIGKILL'),
    deaths: () => deaths,
    /** Stops it for good, once it serves; gives its exit code. */
    stop: async () => {
      while (!running.output().includes('serving')) await sleep(100);
      isOver = true;
      running.child.kill('SIGTERM');
      return watched;
    },
  };
}
