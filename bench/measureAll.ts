import { openChromium, type ChromiumBench } from './inChromium.ts';
import { startInNode } from './inNode.ts';
import { planJobs } from './jobs.ts';
import type { BenchOptions } from './options.ts';
import { ratiosOf } from './ratios.ts';
import type { BackendName, Row } from './results.ts';
import { hasTfjsNode } from './tfjsNode.ts';
import { runJob } from './runJob.ts';
import type { StartJob } from './runner.ts';
import { present } from './statistics.ts';

/** The backends that run in Node. */
const inNode: readonly BackendName[] = ['cpu', 'wasm', 'wasm-threads-node', 'tensorflow'];

/** A quick look is over soon, whatever is measured. */
const quickSeconds = 20;

/** Runs all jobs, one after another; `log` is told of each. */
export async function measureAll(
  options: BenchOptions,
  log: (line: string) => void,
): Promise<{ rows: Row[]; chromium: string | undefined }> {
  let chromium: ChromiumBench | undefined;
  const starterOf = async (backend: BackendName): Promise<StartJob> => {
    if (inNode.includes(backend)) return startInNode;
    return (chromium ??= await openChromium(options)).start;
  };
  const start: StartJob = async (job, tell) => (await starterOf(job.backend))(job, tell);

  const rows: Row[] = [];
  const backends = options.backends.filter((backend) => {
    const lacks = backend === 'tensorflow' && !hasTfjsNode();
    if (lacks)
      log('tensorflow: left out, as @tensorflow/tfjs-node is not installed; CONTRIBUTING.md says how');
    return !lacks;
  });
  const jobs = planJobs({ ...options, backends });
  const end = performance.now() + options.minutes * 60_000;
  let shares = jobs.reduce((sum, { share }) => sum + share, 0);
  try {
    for (const { share, ...job } of jobs) {
      // what one job leaves over of its share is the others'
      const left = (end - performance.now()) / 1000;
      const seconds = options.quick ? quickSeconds : Math.max(5, left * (share / shares));
      shares -= share;
      const began = performance.now();
      const row = await runJob({ ...job, seconds }, start);
      rows.push(row);
      log(progress(row, (performance.now() - began) / 1000));
    }
  } finally {
    await chromium?.close();
  }
  return { rows, chromium: chromium?.version };
}

function progress(row: Row, seconds: number): string {
  const {
    job: { backend, model, batch },
    times,
    failures,
  } = row;
  const { preparedGuidedBackprop, againstLimit } = ratiosOf(row);
  const figures =
    preparedGuidedBackprop && againstLimit
      ? `prepared guidedBackprop ${preparedGuidedBackprop.median.toFixed(2)} × predict, ${againstLimit.median.toFixed(2)} × limit`
      : `nothing: ${Object.values(failures).join('; ')}`;
  return `${backend} ${model} × ${batch}: ${figures}; ${present(times.predict).length} rounds, ${seconds.toFixed(0)} s`;
}
