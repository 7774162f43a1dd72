import type { Findings, Job, MeasureName, Row } from './results.ts';
import type { StartJob } from './runner.ts';

const nothing: Findings = {
  times: {},
  failures: {},
  peaks: {},
  weights: 0,
  clone: null,
  device: null,
  firstCall: null,
  firstCallOfAnother: null,
  firstShaders: null,
  firstPredict: null,
};

/**
 * Runs a job to its end, or to its limit: what it had found by then stays, what it was doing gets the reason.
 *
 * A call that hangs in a software renderer, or runs out of memory, ends its own job only.
 */
export async function runJob(job: Job, start: StartJob): Promise<Row> {
  let findings = nothing;
  let doing: MeasureName = 'predict'; // which needs the model loaded
  let failure: string | undefined;
  const limit = 2 * job.seconds + 120;
  try {
    const running = await start(job, (news) => {
      if ('found' in news) findings = news.found;
      else doing = news.doing;
    });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        failure = `stopped after ${Math.round(limit)} s`;
        void running.stop().then(resolve);
      }, limit * 1000);
    });
    await Promise.race([running.done, late]).finally(() => clearTimeout(timer));
  } catch (error) {
    failure ??= error instanceof Error ? error.message.split('\n')[0]! : String(error);
  }
  if (failure !== undefined) findings = { ...findings, failures: { ...findings.failures, [doing]: failure } };
  return { job, ...findings };
}
