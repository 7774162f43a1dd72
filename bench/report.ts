import type { Verdict } from './goals.ts';
import { backendNames, isSoftware, type BackendName, type Row } from './results.ts';
import {
  cloneTable,
  failureLines,
  firstCallTable,
  memoryTable,
  ratioTable,
  timeTable,
  type Table,
} from './tables.ts';

/** What stands in front of the tables. */
export interface ReportHead {
  readonly date: string;
  readonly command: string;
  readonly machine: readonly string[];
}

const titles: Readonly<Record<BackendName, string>> = {
  cpu: 'cpu (Node)',
  wasm: 'wasm, one thread (Node)',
  tensorflow: 'tensorflow (Node, @tensorflow/tfjs-node)',
  'wasm-threads-node': 'wasm with threads (Node)',
  'wasm-threads': 'wasm with threads (Chromium, cross-origin isolated)',
  webgl: 'webgl (Chromium)',
  webgpu: 'webgpu (Chromium)',
};

/** All that was found, as Markdown. */
export function report(head: ReportHead, rows: readonly Row[], verdicts: readonly Verdict[]): string {
  return [
    '# Results of `npm run bench`',
    '',
    ...head.machine.map((line) => `- ${line}`),
    `- Date: ${head.date}`,
    `- Command: \`${head.command}\``,
    '',
    'Times in milliseconds: median, the least in brackets. Ratios: median of the ratios within each round, then the',
    'least, and ± half of the range in which the middle half of them lies. All of a row is measured in turn in one',
    'process. `fused forward` is the forward pass of the prepared model alone; `limit` is twice the faster of it and',
    'stock `predict` (`execute` for a GraphModel). `tf.grad` is the gradient of one output of `predict` with respect to',
    'the image. Peaks are megabytes by `tf.profile`: all tensors held at once, weights included; one that shares its',
    'data with another is counted again.',
    ...backendNames.flatMap((name) =>
      backendSection(
        name,
        rows.filter(({ job }) => job.backend === name),
      ),
    ),
    '',
    '## A copy by `overrideActivations`',
    '',
    ...markdown(cloneTable(rows)),
    '',
    '## Against each goal of section 6 of the design',
    '',
    ...markdown(verdictTable(verdicts)),
    '',
  ].join('\n');
}

function backendSection(backend: BackendName, rows: readonly Row[]): string[] {
  if (rows.length === 0) return [];
  const software = rows.some(({ device }) => isSoftware(device));
  const failures = failureLines(rows);
  return [
    '',
    `## ${titles[backend]}${software ? ': a software renderer' : ''}`,
    '',
    ...(software
      ? ['The GPU is simulated on the CPU: these figures say that it works, not how fast a GPU is.', '']
      : []),
    ...markdown(timeTable(rows)),
    '',
    ...markdown(ratioTable(rows)),
    '',
    ...markdown(memoryTable(rows)),
    '',
    ...markdown(firstCallTable(rows)),
    ...(failures.length > 0 ? ['', ...failures.map((line) => `- ${line}`)] : []),
  ];
}

/** One line a goal. */
export function verdictTable(verdicts: readonly Verdict[]): Table {
  return [
    ['what', 'goal', 'measured', ''],
    ...verdicts.map(({ what, goal, measured, met }) => [
      what,
      goal,
      measured ?? '–',
      measured === undefined ? 'not measured' : met ? 'met' : 'missed',
    ]),
  ];
}

function markdown([head = [], ...rows]: Table): string[] {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}

const marker = '<!-- Below this line it is written by hand; `npm run bench -- --write` keeps it. -->';

/** The report with what was written by hand under the last one. */
export function withHandwriting(text: string, before: string | undefined): string {
  const byHand = before?.split(marker)[1] ?? '\n\n## Why a goal is missed, and what was tried\n';
  return `${text}\n${marker}${byHand}`;
}
