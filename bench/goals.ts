import { isOtherShape, modelTitles, type ModelName } from './models/benchModels.ts';
import { ratiosOf, type RatioName } from './ratios.ts';
import type { BackendName, Row } from './results.ts';
import { present, summarize } from './statistics.ts';

/** A goal of the design with what was measured for it. */
export interface Verdict {
  readonly what: string;
  readonly goal: string;
  /** undefined where it was not measured. */
  readonly measured: string | undefined;
  readonly met: boolean;
}

/** A figure with where it was found. */
interface Found {
  readonly value: number;
  readonly where: string;
}

/** Each goal of section 6 of the design, in its order. */
export function judge(rows: readonly Row[], bundleBytes: number): Verdict[] {
  const named: readonly (readonly [ModelName, BackendName])[] = [
    ['mobilenet_v2', 'wasm'],
    ['inception_v3', 'wasm'],
    ['mobilenet_v2', 'cpu'],
  ];
  const limits = named.map(([model, backend]) => ratioIn(rows, model, backend, 'againstLimit'));
  const inNode = rows.filter(({ job }) => job.backend === 'cpu' || job.backend === 'wasm');
  const single = inNode.filter(({ job }) => job.batch === 1);
  const others = single.filter(({ job }) => isOtherShape(job.model));
  const mobilenet = ratioIn(rows, 'mobilenet_v2', 'wasm', 'preparedGuidedBackprop');
  const inception = ratioIn(rows, 'inception_v3', 'wasm', 'preparedGuidedBackprop');
  const graph = ratioIn(rows, 'mobilenet_v2_mid', 'wasm', 'preparedGuidedBackprop');
  const onCpu = ratioIn(rows, 'mobilenet_v2', 'cpu', 'preparedGuidedBackprop');
  const stock = ratioIn(rows, 'mobilenet_v2', 'cpu', 'stockAgainstPrepared');
  return [
    atMost('guidedBackprop on a prepared model, MobileNetV2, wasm', 0.95, mobilenet, '× predict'),
    atMost('the same, InceptionV3, wasm', 1.9, inception, '× predict'),
    atMost('the same, MobileNetV2, cpu', 1.65, onCpu, '× predict'),
    atLeast('stock `tf.grad` against it, MobileNetV2, cpu', 20, stock, '×'),
    atMost('the worst of these three against the limit', 1.25, worst(limits), '× limit'),
    atMost('guidedBackprop on a prepared GraphModel, MobileNetV2, wasm', 2.1, graph, '× execute'),
    ...(['mobilenet_v2', 'inception_v3', 'mobilenet_v2_mid'] as const).map((model) =>
      atMost(
        `a one-shot call against the prepared one, ${modelTitles[model]}, wasm`,
        1.1,
        ratioIn(rows, model, 'wasm', 'oneShot'),
        '×',
      ),
    ),
    atMost(
      'the worst network of another shape, prepared, cpu and wasm',
      1.25,
      worst(others.map((row) => ratioOf(row, 'againstLimit'))),
      '× limit',
    ),
    atMost(
      'the worst one-shot call of those against the prepared one',
      1.15,
      worst(others.map((row) => ratioOf(row, 'oneShot'))),
      '×',
    ),
    atMost(
      'the worst first call against a later one, batch 1, cpu and wasm',
      2,
      worst(single.map((row) => firstOf(row, row.firstCall))),
      '×',
    ),
    atMost(
      'the same, of another copy of the model, when all code has been compiled',
      2,
      worst(single.map((row) => firstOf(row, row.firstCallOfAnother))),
      '×',
    ),
    ...(['mobilenet_v2', 'resnet50'] as const).map((model) =>
      atMost(
        `guidedBackprop on a prepared model, ${modelTitles[model]}, tensorflow`,
        2.2,
        ratioIn(rows, model, 'tensorflow', 'preparedGuidedBackprop'),
        '× predict',
      ),
    ),
    cloning(rows),
    atMost('peak memory of one gradient beyond the weights, MobileNetV2', 27, peak(rows), 'MB'),
    atMost(
      '`import { guidedBackprop }`, minified, gzipped, TF.js external',
      39,
      kilobytes(bundleBytes),
      'kB',
    ),
  ];
}

function ratioIn(
  rows: readonly Row[],
  model: ModelName,
  backend: BackendName,
  name: RatioName,
): Found | undefined {
  const row = rowOf(rows, model, backend);
  return row && ratioOf(row, name);
}

function ratioOf(row: Row, name: RatioName): Found | undefined {
  const ratio = ratiosOf(row)[name];
  return ratio && { value: ratio.median, where: `${modelTitles[row.job.model]}, ${row.job.backend}` };
}

/** How many times a later call the first one took. */
function firstOf({ job, times }: Row, first: number | null): Found | undefined {
  const later = summarize(present(times.guidedBackprop));
  if (first === null || !later) return undefined;
  return { value: first / later.median, where: `${modelTitles[job.model]}, ${job.backend}` };
}

function rowOf(rows: readonly Row[], model: ModelName, backend: BackendName): Row | undefined {
  return rows.find(({ job }) => job.model === model && job.backend === backend && job.batch === 1);
}

/** The largest. */
function worst(found: readonly (Found | undefined)[]): Found | undefined {
  return found.filter((one) => one !== undefined).sort((a, b) => b.value - a.value)[0];
}

/** Of a one-shot call, which holds nothing from one call to the next. */
function peak(rows: readonly Row[]): Found | undefined {
  const row = rowOf(rows, 'mobilenet_v2', 'wasm') ?? rowOf(rows, 'mobilenet_v2', 'cpu');
  const bytes = row?.peaks.guidedBackprop;
  return row && bytes !== undefined
    ? { value: (bytes - row.weights) / 1e6, where: row.job.backend }
    : undefined;
}

function kilobytes(bytes: number): Found {
  return { value: bytes / 1000, where: '' };
}

function cloning(rows: readonly Row[]): Verdict {
  const what = 'cloning InceptionV3';
  const goal = '≤ 20 ms, 0 bytes';
  const clone = rowOf(rows, 'inception_v3', 'wasm')?.clone ?? rowOf(rows, 'inception_v3', 'cpu')?.clone;
  if (!clone) return { what, goal, measured: undefined, met: false };
  const {
    milliseconds: { median },
    bytes,
  } = clone;
  return {
    what,
    goal,
    measured: `${median.toFixed(1)} ms, ${bytes} bytes`,
    met: median <= 20 && bytes === 0,
  };
}

function atMost(what: string, bound: number, found: Found | undefined, unit: string): Verdict {
  const met = found !== undefined && found.value <= bound;
  return { what, goal: `≤ ${shown(bound)} ${unit}`, measured: told(found, unit), met };
}

function atLeast(what: string, bound: number, found: Found | undefined, unit: string): Verdict {
  const met = found !== undefined && found.value >= bound;
  return { what, goal: `≥ ${shown(bound)} ${unit}`, measured: told(found, unit), met };
}

function told(found: Found | undefined, unit: string): string | undefined {
  return found && `${shown(found.value)} ${unit}${found.where === '' ? '' : ` (${found.where})`}`;
}

function shown(value: number): string {
  return value >= 10 ? value.toFixed(1).replace(/\.0$/, '') : value.toFixed(2).replace(/\.?0+$/, '');
}
