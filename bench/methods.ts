// What the methods of the family cost beside a map: npm run bench:methods -- [wasm|cpu] [rounds] [--write]
import '@tensorflow/tfjs-backend-cpu';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { dispose, env, profile } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  classMaps,
  gradCam,
  guidedBackprop,
  guidedGradCam,
  integratedGradients,
  occlusion,
  prepare,
  rise,
  saliency,
  smoothGrad,
} from '../src/index.ts';
import { deepLift, layerwiseRelevance } from '../src/relevance/index.ts';
import { startBackend } from '../test/setup/startBackend.ts';
import { loadPhoto } from '../test/support/photo.ts';
import { fusedForward } from './fusedForward.ts';
import { describeMachine, describeVersions } from './machine.ts';
import { loadBenchModel } from './models/benchModels.ts';
import { pairedRatios, summarize } from './statistics.ts';

/** A method, and what its time is told in: so many runs of something. */
interface Row {
  readonly what: string;
  readonly run: () => Tensor | Tensor[] | Promise<Tensor>;
  readonly unit: 'forward' | 'predict' | 'map' | 'guided';
  readonly units: number;
  /** The most that the ratio may be, where METHODS.md of the design names one. */
  readonly goal?: number;
}

/** What takes fewer milliseconds is run so often in each round. */
const [SHORT, REPEATS] = [500, 9];

const [backend = 'wasm', roundsAsked = '5'] = process.argv.slice(2).filter((word) => !word.startsWith('--'));
setWasmPaths('node_modules/@tensorflow/tfjs-backend-wasm/dist/');
if (backend === 'wasm') await import('@tensorflow/tfjs-backend-wasm');
await startBackend(backend);
const rounds = Number(roundsAsked);

const { model } = await loadBenchModel('mobilenet_v2', 224);
const prepared = prepare(model);
const x = await loadPhoto(224);
const target = 2;
const cam = { target, layer: 'out_relu' };

const units = {
  forward: () => fusedForward(prepared, x),
  predict: () => model.predict(x) as Tensor,
  map: () => saliency(prepared, x, { target }),
  guided: () => guidedBackprop(prepared, x, { target }),
};

const fiveClasses = () => classMaps(prepared, x, { classes: 'top5' }).map(({ map }) => map);

const rows: readonly Row[] = [
  {
    what: 'gradCam of the last block',
    run: () => gradCam(prepared, x, cam),
    unit: 'forward',
    units: 1,
    goal: 1.1,
  },
  { what: 'guidedGradCam', run: () => guidedGradCam(prepared, x, cam), unit: 'guided', units: 1 },
  {
    what: 'classMaps of 5 classes',
    run: fiveClasses,
    unit: 'forward',
    units: 6,
    goal: 1,
  },
  // which is what a user calls a forward pass
  { what: 'classMaps of 5 classes, beside predict', run: fiveClasses, unit: 'predict', units: 6, goal: 1 },
  {
    what: 'layerwiseRelevance',
    run: () => layerwiseRelevance(prepared, x, { target }),
    unit: 'map',
    units: 1,
  },
  { what: 'deepLift', run: () => deepLift(prepared, x, { target }), unit: 'map', units: 1 },
  {
    what: 'integratedGradients of 50 steps',
    run: () => integratedGradients(prepared, x, { target }),
    unit: 'map',
    units: 50,
    goal: 1.05,
  },
  {
    what: 'smoothGrad of 25 samples',
    run: () => smoothGrad(prepared, x, { target }),
    unit: 'map',
    units: 25,
  },
  {
    what: 'occlusion of 49 windows',
    run: () => occlusion(prepared, x, { target, window: 32, stride: 32 }),
    unit: 'forward',
    units: 50,
  },
  {
    what: 'rise of 100 masks',
    run: () => rise(prepared, x, { target, masks: 100 }),
    unit: 'forward',
    units: 100,
  },
];

const lines = [
  '# What the methods cost',
  '',
  `MobileNetV2 of nsfwjs, prepared, one photo of 224 × 224, on ${backend}; medians of ${rounds} rounds, each of`,
  `which runs everything once, and what is short ${REPEATS} times: a ratio is of one round. ` +
    `\`npm run bench:methods -- ${process.argv.slice(2).join(' ')}\`, ${new Date().toISOString().slice(0, 10)}.`,
  '',
  `${describeMachine()}; ${describeVersions(undefined)}`,
  '',
  '| method | ms | in units of | ratio | goal |',
  '| --- | --- | --- | --- | --- |',
];

const times = new Map<string, number[]>();
const timeOf = async (run: Row['run']): Promise<number> => {
  const start = performance.now();
  const made = await run();
  await Promise.all([made].flat().map((tensor) => tensor.data()));
  const ms = performance.now() - start;
  dispose(made);
  return ms;
};
const middleOf = (values: readonly number[]) => summarize(values)!.median;
const took = async (name: string, run: Row['run']): Promise<void> => {
  const some = [await timeOf(run)];
  // what is short may meet what another has left to be collected
  if (some[0]! < SHORT) for (let i = 1; i < REPEATS; i++) some.push(await timeOf(run));
  times.set(name, [...(times.get(name) ?? []), middleOf(some)]);
};
for (let round = -1; round < rounds; round++) {
  for (const [name, run] of Object.entries(units)) await took(name, run);
  for (const { what, run } of rows) await took(what, run);
  if (round < 0) times.clear(); // the first run of each compiles, and makes what is kept
}
for (const { what, unit, units: count, goal } of rows) {
  const ms = times.get(what)!;
  const beside = times.get(unit)!.map((each) => each * count);
  const ratio = middleOf(pairedRatios(ms, beside));
  const middle = middleOf(ms);
  const names = {
    forward: 'forward passes',
    predict: 'runs of predict',
    map: 'prepared maps',
    guided: 'prepared guided maps',
  };
  lines.push(
    `| ${what} | ${middle.toFixed(0)} | ${count} ${names[unit]} | ${ratio.toFixed(2)} | ` +
      `${goal === undefined ? '' : `≤ ${goal}: ${ratio <= goal ? 'met' : 'missed'}`} |`,
  );
}

lines.push('', '## Memory', '', '| what | the most bytes at once, MB |', '| --- | --- |');
env().set('CHECK_COMPUTATION_FOR_ERRORS', false);
for (const [what, run] of [
  ['one map', () => saliency(prepared, x, { target })],
  [
    'integratedGradients of 50 steps, one at a time',
    () => integratedGradients(prepared, x, { target, batchSize: 1 }),
  ],
  [
    'of 200 steps, one at a time',
    () => integratedGradients(prepared, x, { target, batchSize: 1, steps: 200 }),
  ],
  ['of 50 steps, as many at once as fit 512 MB', () => integratedGradients(prepared, x, { target })],
] as const) {
  const { peakBytes } = await profile(async () => {
    dispose(await run());
    return [];
  });
  lines.push(`| ${what} | ${(peakBytes / 1e6).toFixed(1)} |`);
}

const text = `${lines.join('\n')}\n`;
console.log(text);
if (process.argv.includes('--write'))
  writeFileSync(fileURLToPath(new URL('METHODS.md', import.meta.url)), text);
