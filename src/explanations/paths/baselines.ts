import { broadcastTo, fill, reshape } from '@tensorflow/tfjs-core';
import type { NamedTensorMap, Tensor, Tensor3D } from '@tensorflow/tfjs-core';
import { isTensor } from '../../backends/isTensor';
import { ours } from '../../errors/door';
import { checkNumbers } from '../../errors/checkTensor';
import { shown } from '../../errors/kindOf';
import { isPromise } from '../../errors/isPromise';
import { wrongKind } from '../../errors/wrongKind';
import type { Inputs } from '../../model/inputs';
import { isFit } from '../../tensors/loops/isFit';
import { samplesOf } from '../explainer/chunks';
import { samplesIn } from '../inputs/copies';
import type { Ways } from './straightPath';
import { mapTensors, partAt, tensorsGiven, tensorsIn } from '../inputs/structure';

/** Many baselines to draw from: a tensor `[baselines, ...one sample]`, in the structure of `x`; or a list. */
export type BaselineSet = Tensor | (Tensor | null)[] | NamedTensorMap | readonly Baseline[];

/**
 * What an input is held against: a number for each value, or a tensor in the shape of `x` or of one sample;
 * for several inputs in their structure, with null, or no name, for one of integers.
 */
export type Baseline = number | Tensor | (Tensor | null)[] | NamedTensorMap;

/** The ways from the baselines that a user gives: one, or a list of them. */
export function waysFrom(x: Inputs, baseline: Baseline | readonly Baseline[]): Ways {
  const list = listBaselines(x, baseline);
  return {
    x,
    starts: list.length,
    startOf: (start, i) => startFrom(x, list[start] as Baseline, i) as Tensor3D,
  };
}

/** The ways from a set of baselines: tensors `[baselines, ...one sample]`, or a list of baselines. */
export function waysFromSet(x: Inputs, baselines: BaselineSet): Ways {
  if (Array.isArray(baselines) && (!Array.isArray(x) || baselines.some(isWhole))) {
    return waysFrom(x, baselines);
  }
  const set = tensorsIn(x).map((one, i) => checkedSet(partAt(baselines, x, i), one));
  const counts = set.map(({ shape }) => shape[0] ?? 0);
  const other = counts.find((count) => count !== counts[0]);
  if (other !== undefined) {
    throw ours(
      new RangeError(`expected baselines to be as many for each tensor of x, got ${counts[0]} and ${other}`),
    );
  }
  return {
    x,
    starts: counts[0] ?? 0,
    startOf: (start, i) => samplesIn(samplesOf(set[i] as Tensor, start, 1)),
  };
}

/** Whether an entry of a list is a baseline of all inputs, rather than a set for one of them. */
function isWhole(entry: unknown): boolean {
  return (
    typeof entry === 'number' ||
    (typeof entry === 'object' && entry !== null && !isTensor(entry) && !isPromise(entry))
  );
}

function checkedSet(given: unknown, one: Tensor): Tensor {
  const expected = `baselines to be a tensor [baselines, ${one.shape.slice(1).join(', ')}]`;
  if (!isTensor(given))
    throw wrongKind(isPromise(given) ? expected : `${expected}, for each tensor of x`, given);
  checkNumbers(given, 'baselines');
  if (given.shape.slice(1).join() !== one.shape.slice(1).join() || given.size === 0) {
    throw ours(new RangeError(`expected ${expected}, got [${given.shape.join(', ')}]`));
  }
  return given;
}

/** A baseline in the place of the input, where it has as many samples. */
export function startAsInput({ x, startOf }: Ways, start: number): Inputs {
  return mapTensors(x, ({ shape }, i) => reshape(startOf(start, i), shape));
}

function listBaselines(x: Inputs, baseline: Baseline | readonly Baseline[]): readonly Baseline[] {
  const isList =
    Array.isArray(baseline) && !(Array.isArray(x) && baseline.length === x.length && tensorsGiven(baseline));
  const list = (isList ? baseline : [baseline]) as readonly Baseline[];
  if (list.length === 0)
    throw ours(new RangeError(`expected baseline to be at least one, got an empty list`));
  for (const one of list) for (let i = 0; i < tensorsIn(x).length; i++) startFrom(x, one, i, 'check');
  return list;
}

function startFrom(x: Inputs, baseline: Baseline, i: number, only?: 'check'): Tensor3D | undefined {
  const { shape } = tensorsIn(x)[i] as Tensor;
  const given = typeof baseline === 'number' ? baseline : partAt(baseline, x, i);
  if (typeof given === 'number' && Number.isFinite(given)) {
    return only ? undefined : samplesIn(fill(shape, given));
  }
  if (!isTensor(given)) {
    const each = isTensor(x) ? '' : ', for each tensor of x';
    throw wrongKind(
      `baseline to be a number, a tensor or a list of such${each}`,
      given,
      undefined,
      shown(given),
    );
  }
  checkNumbers(given, 'baseline');
  if (!isFit(given.shape, shape)) {
    throw ours(
      new RangeError(
        `expected baseline to have the shape of x, [${shape.join(', ')}], or of one sample, ` +
          `[${shape.slice(1).join(', ')}], got [${given.shape.join(', ')}]`,
      ),
    );
  }
  return only ? undefined : samplesIn(broadcastTo(given, shape));
}
