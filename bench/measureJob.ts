import { backend, memory, tensor } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { guidedBackprop, prepare, saliency } from '../src/index.ts';
import { Random, sizeOf } from '../test/conformance/random.ts';
import { interleave, timed } from './clock.ts';
import type { Measure } from './clock.ts';
import { cloneCost } from './cloneCost.ts';
import { fusedForward } from './fusedForward.ts';
import { loadBenchModel } from './models/benchModels.ts';
import type { BenchModel } from './models/benchModels.ts';
import { peakBytes } from './peakBytes.ts';
import type { Findings, Job, MeasureName, News } from './results.ts';
import { clearTape, stockGradient } from './stockGradient.ts';

/** The output unit that is explained: named, as `tf.grad` needs one. */
const oneUnit = 1;

/** Times as long as `predict` a stock gradient may take: on cpu, filter gradients are most of it. */
const stockFactor = { cpu: 45, others: 10 };

/** The same of all that is essential together, tried once and timed once. */
const essentialFactor = 16;

/** Milliseconds of a `predict` up to which there is always time for another copy. */
const longest = 2500;

/**
 * Measures one model on the backend that is running, in Node or in a browser.
 *
 * Everything is run once before it is timed; memory is looked at in that run.
 *
 * @param device What computes, for the record.
 * @param tell Told what is going on, and of all findings so far.
 */
export async function measureJob(job: Job, device: string | null, tell: (news: News) => void): Promise<void> {
  const loaded = await loadBenchModel(job.model, job.side);
  const { model } = loaded;
  const weights = memory().numBytes;
  const x = inputOf(loaded, job);
  const until = performance.now() + job.seconds * 1000;
  let findings: Findings = {
    times: {},
    failures: {},
    peaks: {},
    weights,
    device,
    firstCall: null,
    firstCallOfAnother: null,
    firstShaders: null,
    firstPredict: null,
    clone: job.batch === 1 && !loaded.isSmooth && 'layers' in model ? cloneCost(model, 20) : null,
  };
  const found = (more: Partial<Findings>): void => tell({ found: (findings = { ...findings, ...more }) });
  const doing = (name: MeasureName): void => tell({ doing: name });
  found({});

  const prepared = prepare(model);
  const measures = measuresOf(loaded, prepared, x);
  const expected = new Map<MeasureName, number>();
  const ready: Measure[] = [];
  for (const measure of measures) {
    const { name, run, essential } = measure;
    const predictTime = expected.get('predict') ?? 0;
    const guess = predictTime * factorOf(name, job);
    if (!essential && performance.now() + 2 * guess + essentialFactor * predictTime > until) {
      const reason = `not tried: it may take ${factorOf(name, job)} times the ${(predictTime / 1000).toFixed(1)} s of predict`;
      found({ failures: { ...findings.failures, [name]: reason } });
      continue;
    }
    doing(name);
    try {
      // the first run of all compiles code or shaders, the first prepared one prepares: neither is counted
      if (name === 'predict') found({ firstPredict: await timed(run) });
      if (name === 'fusedForward') await timed(run);
      const start = performance.now();
      const peak = await peakBytes(run);
      expected.set(name, performance.now() - start);
      // before any other explanation: the first one looks at the model, and writes its kernels down
      if (name === 'predict') found(await firstCall(measures));
      found({ peaks: { ...findings.peaks, [name]: peak } });
      ready.push(measure);
    } catch (error) {
      clearTape();
      found({ failures: { ...findings.failures, [name]: firstLine(error) } });
    }
  }
  await interleave(ready, { until, rounds: job.rounds, expected }, doing, (times) => found({ times }));
  prepared.dispose();
  model.dispose();
  const alone = expected.get('predict') ?? 0;
  if (job.batch === 1 && (alone < longest || performance.now() + 2 * alone < until))
    found({ firstCallOfAnother: await firstOfAnother(job, x) });
  x.dispose();
}

/** The first explanation of a copy that nobody has explained yet; null where that fails. */
async function firstOfAnother(job: Job, x: Tensor): Promise<number | null> {
  const loaded = await loadBenchModel(job.model, job.side);
  const prepared = prepare(loaded.model);
  const measures = measuresOf(loaded, prepared, x);
  for (const { name, run } of measures) if (name === 'predict') await timed(run);
  const { firstCall: first } = await firstCall(measures);
  prepared.dispose();
  loaded.model.dispose();
  return first;
}

async function firstCall(
  measures: readonly Measure[],
): Promise<Pick<Findings, 'firstCall' | 'firstShaders'>> {
  const measure = measures.find(({ name }) => name === 'guidedBackprop');
  const before = shaderCount();
  try {
    const firstCall = measure ? await timed(measure.run) : null;
    return { firstCall, firstShaders: before === null ? null : (shaderCount() ?? 0) - before };
  } catch {
    return { firstCall: null, firstShaders: null }; // why is told where it is measured
  }
}

/** How many shaders the backend has compiled so far; null where it has none. */
function shaderCount(): number | null {
  const { binaryCache, pipelineCache } = backend() as unknown as Record<string, object | undefined>;
  const cache = binaryCache ?? pipelineCache;
  return cache ? Object.keys(cache).length : null;
}

/** In the order in which they are tried: a peak counts what is held, so what is prepared comes last. */
function measuresOf(
  { model, target = oneUnit, wrt, isSmooth = false }: BenchModel,
  prepared: ReturnType<typeof prepare>,
  x: Tensor,
): readonly Measure[] {
  const options = { target, ...(wrt !== undefined && { wrt: { layer: wrt } }) };
  const guided = isSmooth ? saliency : guidedBackprop;
  const stock: Measure[] = [];
  // of an inner layer's output, or of one pixel's class, a user of TF.js writes another one
  if (wrt === undefined && target === oneUnit) {
    const gradient = stockGradient(model, oneUnit);
    stock.push({ name: 'stockGradient', essential: false, run: () => gradient(x) });
  }
  return [
    { name: 'predict', essential: true, run: () => model.predict(x) as Tensor },
    ...stock,
    { name: 'saliency', essential: false, run: () => saliency(model, x, options) },
    { name: 'guidedBackprop', essential: true, run: () => guided(model, x, options) },
    { name: 'fusedForward', essential: true, run: () => fusedForward(prepared, x, options) },
    { name: 'preparedGuidedBackprop', essential: true, run: () => guided(prepared, x, options) },
    { name: 'preparedSaliency', essential: false, run: () => saliency(prepared, x, options) },
  ];
}

function factorOf(name: MeasureName, { backend }: Job): number {
  if (name !== 'stockGradient') return 3;
  return backend === 'cpu' ? stockFactor.cpu : stockFactor.others;
}

function inputOf({ sample, below }: BenchModel, { batch }: Job): Tensor {
  const shape = [batch, ...sample];
  const random = new Random('bench');
  const numbers = Array.from({ length: sizeOf(shape) }, () => random.next());
  return below === undefined
    ? tensor(Float32Array.from(numbers), shape)
    : tensor(
        Int32Array.from(numbers, (number) => Math.floor(number * below)),
        shape,
        'int32',
      );
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0]!;
}
