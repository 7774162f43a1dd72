import { modelTitles } from './models/benchModels.ts';
import { ratioNames, ratiosOf, ratioTitles } from './ratios.ts';
import { isSoftware, measureNames, measureTitles, type MeasureName, type Row } from './results.ts';
import { present, summarize, type Summary } from './statistics.ts';

/** A table: the first row is its head. */
export type Table = readonly (readonly string[])[];

/** Milliseconds: median, and the least in brackets. */
export function timeTable(rows: readonly Row[]): Table {
  const head = ['model', 'batch', 'rounds', ...measureNames.map((name) => measureTitles[name])];
  return [
    head,
    ...rows.map((row) => [
      ...nameCells(row),
      String(present(row.times.predict).length),
      ...measureNames.map((name) => timeCell(row, name)),
    ]),
  ];
}

/**
 * The first explanation in a process, and of another copy of the model after it, beside a later one of the
 * same kind; the same ratio of `predict`; and how many shaders the first explanation compiled.
 */
export function firstCallTable(rows: readonly Row[]): Table {
  return [
    [
      'model',
      'batch',
      'first call',
      'a later one',
      'first / later',
      'of predict',
      'another copy',
      'another / later',
      'shaders',
    ],
    ...rows.flatMap((row) => {
      const later = summarize(present(row.times.guidedBackprop));
      if (row.firstCall === null || !later) return [];
      const ratio = (row.firstCall / later.median).toFixed(2);
      const { firstCallOfAnother: another } = row;
      const predict = summarize(present(row.times.predict));
      const ofPredict =
        predict && row.firstPredict !== null ? (row.firstPredict / predict.median).toFixed(2) : '';
      return [
        [
          ...nameCells(row),
          milliseconds(row.firstCall),
          milliseconds(later.median),
          ratio,
          ofPredict,
          another === null ? '' : milliseconds(another),
          another === null ? '' : (another / later.median).toFixed(2),
          String(row.firstShaders ?? ''),
        ],
      ];
    }),
  ];
}

/** Ratios: median, then in brackets the least and the spread. */
export function ratioTable(rows: readonly Row[]): Table {
  return [
    ['model', 'batch', ...ratioNames.map((name) => ratioTitles[name])],
    ...rows.map((row) => {
      const ratios = ratiosOf(row);
      return [...nameCells(row), ...ratioNames.map((name) => ratioCell(ratios[name]))];
    }),
  ];
}

const peakNames = ['predict', 'stockGradient', 'guidedBackprop', 'preparedGuidedBackprop'] as const;

/** Megabytes at the peak, the weights included. */
export function memoryTable(rows: readonly Row[]): Table {
  const head = [
    'model',
    'batch',
    'weights',
    ...peakNames.map((name) => measureTitles[name]),
    'prepared / stock',
  ];
  return [
    head,
    ...rows.map((row) => {
      const { stockGradient, preparedGuidedBackprop } = row.peaks;
      const ratio = stockGradient && preparedGuidedBackprop && preparedGuidedBackprop / stockGradient;
      return [
        ...nameCells(row),
        megabytes(row.weights),
        ...peakNames.map((name) => megabytes(row.peaks[name])),
        ratio ? ratio.toFixed(2) : '–',
      ];
    }),
  ];
}

/** What `overrideActivations` costs, where it was measured. */
export function cloneTable(rows: readonly Row[]): Table {
  const head = ['model', 'backend', 'median ms', 'least ms', 'bytes added', 'tensors added'];
  return [
    head,
    ...rows.flatMap(({ job: { model, backend }, clone }) => {
      if (!clone) return [];
      const {
        milliseconds: { median, min },
        bytes,
        tensors,
      } = clone;
      return [
        [modelTitles[model], backend, median.toFixed(1), min.toFixed(1), String(bytes), String(tensors)],
      ];
    }),
  ];
}

/** Why cells are empty: one line for each reason, with the rows that it holds for. */
export function failureLines(rows: readonly Row[]): string[] {
  const where = new Map<string, string[]>();
  for (const row of rows) {
    for (const [name, reason] of Object.entries(row.failures)) {
      const line = `${measureTitles[name as MeasureName]}: ${reason}`;
      where.set(line, [...(where.get(line) ?? []), nameCells(row).join(' × ')]);
    }
  }
  return [...where].map(([line, names]) => `${line} — ${names.join(', ')}`);
}

function nameCells({ job, device }: Row): [string, string] {
  const side = job.side === 112 ? ' at 112 × 112' : '';
  return [`${modelTitles[job.model]}${side}${isSoftware(device) ? ' (software)' : ''}`, String(job.batch)];
}

function timeCell({ times, failures }: Row, name: MeasureName): string {
  const summary = summarize(present(times[name]));
  if (summary) return `${milliseconds(summary.median)} (${milliseconds(summary.min)})`;
  return failures[name] === undefined ? '–' : 'see below';
}

function milliseconds(value: number): string {
  return value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0);
}

function ratioCell(ratio: Summary | undefined): string {
  if (!ratio) return '–';
  const { times, median, min, spread } = ratio;
  const more = times === 1 ? 'once' : `${min.toFixed(2)}, ±${Math.round(spread * 50)} %`;
  return `${median.toFixed(2)} (${more})`;
}

function megabytes(bytes: number | undefined): string {
  return bytes === undefined || bytes === 0 ? '–' : (bytes / 1e6).toFixed(bytes < 1e8 ? 1 : 0);
}
