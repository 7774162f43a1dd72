import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { News } from './results.ts';
import type { StartJob } from './runner.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Starts a job in a Node process of its own: what one job leaves in memory does not slow the next. */
export const startInNode: StartJob = async (job, tell) => {
  const child = fork(await compiledChild(), [JSON.stringify(job)], {
    cwd: root,
    // TensorFlow's own default ends the process in ResNet50's `predict`
    env: { TF_ENABLE_ONEDNN_OPTS: '0', ...process.env },
    execArgv: ['--max-old-space-size=12000'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'], // TF.js greets on stdout
  });
  let errors = '';
  child.stderr?.on('data', (text: Buffer) => (errors = (errors + text.toString()).slice(-2000)));
  child.on('message', (news) => tell(news as News));
  const done = new Promise<void>((resolve, reject) => {
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(reasonIn(errors) ?? `the process ended with ${code ?? signal}`));
    });
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await done.catch(() => undefined);
  };
  return { done, stop };
};

let compiled: Promise<string> | undefined;

/**
 * The job's script with the library compiled in, as it comes to a user and as TF.js comes to it: tsx gives
 * each function its name as it is made, which costs maps, and not `predict`, about 1.5 % on wasm.
 */
function compiledChild(): Promise<string> {
  return (compiled ??= compile());
}

async function compile(): Promise<string> {
  const outfile = `${root}bench/dist/nodeChild.js`;
  await build({
    absWorkingDir: root,
    entryPoints: ['bench/nodeChild.ts'],
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    outfile,
  });
  return outfile;
}

function reasonIn(errors: string): string | undefined {
  return errors
    .split('\n')
    .find((line) => /^\s*(\w*Error|abort|Aborted|FATAL)\b/i.test(line))
    ?.trim();
}
