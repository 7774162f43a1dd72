import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import { isTensor } from '../backends/isTensor';
import { checkNumbers } from '../errors/checkTensor';
import { checkHome } from '../errors/checkHome';
import { throughImageInput, toTensor } from '../errors/toTensor';
import { wrongKind } from '../errors/wrongKind';
import { reshaping } from './reshaping';
import { quoted } from '../errors/quoted';
import { ours } from '../errors/door';

/** What a model is given: a tensor, a list of tensors, or tensors by input name. */
export type Inputs = Tensor | Tensor[] | NamedTensorMap;

/** What a model says of one of its inputs; null stands for any size. */
export interface InputInfo {
  readonly name: string;
  /** Other names that it goes by. */
  readonly aliases?: readonly string[];
  readonly dtype: string;
  /** Undefined where the model does not say. */
  readonly shape: readonly (number | null)[] | undefined;
}

/** Whether an input goes by a name. */
export function goesBy({ name, aliases }: InputInfo, given: string): boolean {
  return name === given || aliases?.includes(given) === true;
}

/** Inputs as a list, and back. */
export interface InputList {
  readonly tensors: Tensor[];
  /** What they are set against, one for each; left out, nothing. */
  readonly reference?: readonly Tensor[] | undefined;
  /** The same structure as the user's, with other tensors. */
  rebuild(tensors: Tensor[]): Inputs;
}

/**
 * Lists the tensors of `x`, in the order of the model's inputs.
 *
 * @param infos What the model says of its inputs; undefined for a plain function, which takes what comes.
 * @throws TypeError if `x` is not made of tensors; RangeError if they are not the model's inputs; Error if
 *   one is disposed.
 */
export function listInputs(x: unknown, infos: readonly InputInfo[] | undefined): InputList {
  const list = structureOf(x, infos);
  for (const tensor of list.tensors) {
    checkUsed(tensor);
    checkNumbers(tensor, 'x');
    checkHome(tensor, 'x to be a tensor');
    if (tensor.size === 0) throw ours(new RangeError(`expected x to hold at least one sample, got none`));
  }
  const several = infos !== undefined && infos.length > 1;
  const oneByOne = takesOneByOne(list.tensors, infos);
  infos?.forEach((info, i) => {
    const code = isTensor(x) ? 'x' : Array.isArray(x) ? `x[${i}]` : `x["${info.name}"]`;
    checkShape(list.tensors[i] as Tensor, info, { several, oneByOne, code });
  });
  return list;
}

/** Refuses a tensor of an input that is disposed. */
export function checkUsed({ isDisposed }: Tensor): void {
  if (isDisposed) throw ours(new Error(`expected x to hold tensors in use, got a disposed one`));
}

/** Whether a model that is fixed to a batch of 1 is given more samples, the same number at each input. */
export function takesOneByOne(tensors: readonly Tensor[], infos: readonly InputInfo[] | undefined): boolean {
  const samples = tensors[0]?.shape[0] ?? 1;
  const fixed = infos?.flatMap(({ shape }) => shape?.[0] ?? []) ?? [];
  return (
    samples > 1 &&
    fixed.length > 0 &&
    fixed.every((size) => size === 1) &&
    tensors.every(({ shape }) => shape[0] === samples)
  );
}

function structureOf(x: unknown, infos: readonly InputInfo[] | undefined): InputList {
  if (isTensor(x)) {
    checkCount(1, infos);
    return { tensors: [x], rebuild: ([only]) => only as Tensor };
  }
  if (Array.isArray(x) && x.length > 0 && Array.from<unknown>(x).every(isTensor)) {
    checkCount(x.length, infos);
    return { tensors: x as Tensor[], rebuild: (tensors) => tensors };
  }
  if (isRecord(x) && Object.keys(x).length > 0 && Object.values(x).every(isTensor)) {
    const byName = x as NamedTensorMap;
    const names = infos
      ? infos.map(({ name, aliases }) => aliases?.find((alias) => alias in byName) ?? name)
      : Object.keys(byName);
    const missing = names.filter((name) => !(name in byName));
    const unknown = Object.keys(byName).filter((name) => !names.includes(name));
    if (missing.length > 0 || unknown.length > 0) {
      throw ours(
        new RangeError(
          `expected x to name the model's inputs ${quoted(names)}, got ${quoted(Object.keys(byName))}`,
        ),
      );
    }
    return {
      tensors: names.map((name) => byName[name] as Tensor),
      rebuild: (tensors) => Object.fromEntries(names.map((name, i) => [name, tensors[i] as Tensor])),
    };
  }
  // a photo as a file, or decoded from one
  const isPhoto = x instanceof Blob || ArrayBuffer.isView((Object(x) as { data?: unknown }).data);
  const hint = isPhoto ? throughImageInput('x') : toTensor(x, 'x');
  throw wrongKind('x to be a tensor, a list of tensors or tensors by input name', x, hint);
}

function checkCount(count: number, infos: readonly InputInfo[] | undefined): void {
  if (!infos || infos.length === count) return;
  const names = quoted(infos.map(({ name }) => name));
  const hint = infos.length === 1 ? '; a batch is one tensor, tf.concat(x)' : '';
  throw ours(
    new RangeError(`expected x to hold a tensor for each input of the model, ${names}, got ${count}${hint}`),
  );
}

/** How an input is given: beside others, as one sample after the other, and under which name in the call. */
interface GivenAs {
  readonly several: boolean;
  readonly oneByOne: boolean;
  readonly code: string;
}

function checkShape(x: Tensor, { name, shape }: InputInfo, { several, oneByOne, code }: GivenAs): void {
  if (!shape) return;
  const isAny = (size: number | null, axis: number) => size === null || (axis === 0 && oneByOne);
  const fits = x.rank === shape.length && shape.every((size, i) => isAny(size, i) || size === x.shape[i]);
  if (fits) return;
  const wanted = `[${shape.map((size, i) => size ?? (i === 0 ? 'batch' : 'any')).join(', ')}]`;
  const hint = reshaping(x.shape, shape, code);
  throw ours(
    new RangeError(
      `expected x${several ? ` for input "${name}"` : ''} to have shape ${wanted}, got [${x.shape.join(', ')}]${hint}`,
    ),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
