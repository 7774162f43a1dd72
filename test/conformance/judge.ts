import { getBackend, memory, tensor, tidy, type NamedTensorMap, type Tensor } from '@tensorflow/tfjs-core';
import { prepare, saliency, type Model } from 'guided-saliency';
import { takeDeviceErrors } from '../setup/deviceErrors';
import type { ConformanceCase, Subject } from './conformanceCase';
import { corrupts, documentedError } from './documentedErrors';
import { directionsOf, explained, inputsOf, weightsOf } from './outputs';
import type { Reference } from './reference';

/** What came of a case on a backend. */
export interface Judgement {
  readonly verdict: 'right' | 'documented' | 'wrong';
  /** Why it is not right. */
  readonly reason: string;
}

/** Of the largest value of the reference; right ones are within 1.6e-4 everywhere, wrong ones off by 0.1. */
const TOLERANCE = 1e-3;

/** What counts as the largest value where the reference is nothing but zeros. */
const SMALLEST = 1e-2;

/**
 * Takes the gradient of a case on the current backend, and holds it against the reference.
 *
 * @param prepared Whether the model is prepared first.
 */
export async function judge(
  each: ConformanceCase,
  reference: Reference,
  prepared = false,
): Promise<Judgement> {
  const wrong = (reason: string): Judgement => ({ verdict: 'wrong', reason });
  let subject: Subject;
  try {
    subject = each.build(weightsOf(each, reference.seed));
  } catch (error) {
    return wrong(`the case cannot be built: ${messageOf(error)}`);
  }
  const xs = inputsOf(each, reference.seed).map((values, i) =>
    tensor(values, [...(each.inputs[i] as number[])], each.integer ? 'int32' : 'float32'),
  );
  const model =
    prepared && typeof subject.model !== 'function' ? prepare(subject.model) : (subject.model as Model);
  try {
    const forward = await forwardDefect(each, subject, xs, reference);
    subject.reset();
    // the first call writes the program down, the second makes what is kept
    for (let call = 0; prepared && call < 2; call++) {
      await gradient(each, model, xs, reference);
      subject.reset();
    }
    const before = memory().numTensors;
    const result = await gradient(each, model, xs, reference);
    const left = memory().numTensors - before;

    if (left !== 0)
      return wrong(`${left} tensors left behind${'error' in result ? ` after: ${result.error}` : ''}`);
    if ('error' in result) {
      return documentedError(each, getBackend(), result.error)
        ? { verdict: 'documented', reason: result.error }
        : wrong(
            `an error that is not documented: ${result.error}${forward ? ` (and the forward pass: ${forward})` : ''}`,
          );
    }
    if (forward) return wrong(`a map in spite of a forward pass that is wrong: ${forward}`);
    if (!reference.dx) return wrong('a map where there is none');
    if (mustThrow.test(each.name)) return wrong('a map of zeros, where the input only looks numbers up');
    const off = difference(result.dx, reference.dx);
    return off === undefined ? { verdict: 'right', reason: '' } : wrong(`the gradient is off: ${off}`);
  } finally {
    for (const x of xs) x.dispose();
    if (model !== subject.model) (model as ReturnType<typeof prepare>).dispose();
    subject.dispose();
  }
}

/** Zeros would be right, and of no use to anybody. */
const mustThrow = /^embedding:/;

/** What is wrong with the outputs themselves on this backend, if anything. */
async function forwardDefect(
  each: ConformanceCase,
  subject: Subject,
  xs: Tensor[],
  reference: Reference,
): Promise<string | undefined> {
  // TF.js leaves a promise behind that nobody can catch where an op is asynchronous
  if (reference.error?.includes('executeAsync')) return 'it is asynchronous';
  if (corrupts(each, getBackend())) return 'it spoils the memory of the backend';
  try {
    subject.reset();
    const outputs = tidy(() => subject.forward(xs));
    const values = await valuesOf(outputs, xs); // an op that does nothing gives out its input
    const deviceErrors = await reported();
    if (deviceErrors) return deviceErrors;
    if (!reference.y) return 'TF.js computes here what it does not on cpu';
    return difference(values, reference.y);
  } catch (error) {
    return `it throws: ${messageOf(error)}`;
  }
}

async function gradient(
  each: ConformanceCase,
  model: Model,
  xs: Tensor[],
  reference: Reference,
): Promise<{ error: string } | { dx: number[][] }> {
  try {
    const directions = directionsOf(
      each,
      reference.seed,
      (reference.y ?? []).map((values) => values.length),
    );
    const target = (y: Tensor | Tensor[] | NamedTensorMap) => explained(y, directions);
    const dx =
      xs.length === 1 ? [saliency(model, xs[0] as Tensor, { target })] : saliency(model, xs, { target });
    const unlike = dx.findIndex(
      (map, i) => map.shape.join() !== (xs[i] as Tensor).shape.join() || map.dtype !== 'float32',
    );
    const values = await valuesOf(dx);
    const deviceErrors = await reported();
    if (deviceErrors) return { error: deviceErrors };
    return unlike < 0
      ? { dx: values }
      : { error: `a map of another shape or dtype: ${(dx[unlike] as Tensor).toString()}` };
  } catch (error) {
    await reported();
    return { error: messageOf(error) };
  }
}

/** Reads tensors and disposes them, but for those that are still in use. */
async function valuesOf(tensors: readonly Tensor[], inUse: readonly Tensor[] = []): Promise<number[][]> {
  const values: number[][] = [];
  for (const each of tensors) values.push(Array.from(await each.data()));
  for (const each of new Set(tensors)) if (!inUse.includes(each)) each.dispose();
  return values;
}

/** What a WebGPU device reported: a shader that does not compile throws nothing. */
async function reported(): Promise<string | undefined> {
  if (getBackend() !== 'webgpu') return undefined;
  const [first] = await takeDeviceErrors();
  return first === undefined ? undefined : `the device reports: ${first.split('\n')[0]}`;
}

function difference(
  got: readonly (readonly number[])[],
  expected: readonly (readonly number[])[],
): string | undefined {
  if (got.length !== expected.length) return `${got.length} tensors instead of ${expected.length}`;
  for (const [i, values] of expected.entries()) {
    const ours = got[i] as readonly number[];
    if (ours.length !== values.length) return `${ours.length} values instead of ${values.length}`;
    const scale = Math.max(SMALLEST, ...values.map(Math.abs));
    const errors = values.map((value, j) => Math.abs(value - (ours[j] as number)) / scale);
    // NaN is worst of all
    const worst = errors.reduce((at, error, j) => (error <= (errors[at] as number) ? at : j), 0);
    if (!((errors[worst] as number) <= TOLERANCE)) {
      const share = errors.filter((error) => !(error <= TOLERANCE)).length;
      return (
        `${share} of ${values.length} values, by ${(errors[worst] as number).toPrecision(2)} of the largest; ` +
        `got ${ours[worst]} instead of ${values[worst]} at ${worst}${expected.length > 1 ? ` of tensor ${i}` : ''}`
      );
    }
  }
  return undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
