import { dispose, keep, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { isTensor } from '../../backends/isTensor';
import { shaderCompiler } from '../../backends/shaderCompiler';
import { doorAsync } from '../../errors/door';
import { shown } from '../../errors/kindOf';
import { wrongKind } from '../../errors/wrongKind';
import { goesBy, type InputInfo, type Inputs } from '../../model/inputs';
import { isPrepared, networkOf } from '../../model/networkOf';
import type { PreparedModel } from '../../model/programs/preparedModel';
import { startNames, type From } from '../../model/startNames';
import { tidied } from '../../tensors/tidied';
import { lastOf } from './manyPasses';
import { checkNames, definitionOf, type Method, type MethodDefinition } from './method';
import { explainOnePass } from './onePass';
import { PASS_OPTIONS, type PassOptions } from '../passes/passes';
import { settle } from '../passes/readBack';
import { tensorsIn } from '../inputs/structure';

/** The shape of an input with its batch, `[1, 224, 224, 3]`; of several inputs a list of such, or by name. */
export type InputShapes =
  readonly number[] | readonly (readonly number[])[] | Readonly<Record<string, readonly number[]>>;

/** What `warm` did. */
export interface Warmed {
  /** How many shaders were compiled; 0 where all were there, or the backend has none. */
  shaders: number;
}

/**
 * Makes a prepared model ready for inputs of a shape, so that the first map takes no longer than a later one:
 * its kernels are written down, what is made of the weights is made, shaders are compiled.
 *
 * On webgl and webgpu the shaders are compiled beside one another and without holding up the page, where the
 * driver can do that; a map asked for meanwhile is right, and compiles its own. A method of many passes is
 * run once, as it is, with the options given.
 *
 * @param method What will be asked of the model, e.g. `guidedBackprop`.
 * @param prepared What `prepare` returned.
 * @param shape Of the inputs to come. Zeros are explained in their place.
 * @param options The method's own, as they will be given.
 * @returns A promise, which settles when all is done, of how many shaders that took. No tensor is left but
 *   those that the prepared model keeps.
 * @throws TypeError if `method` is no method of this library, `prepared` is not what `prepare` returns, or
 *   `shape` is not made of numbers; otherwise as the method. The promise is rejected.
 * @example
 * ```ts
 * const prepared = prepare(model);
 * await warm(guidedBackprop, prepared, image.shape, { target: 281 });
 * ```
 */
export function warm<O extends object>(
  method: Method<O, unknown>,
  prepared: PreparedModel,
  shape: InputShapes,
  options: NoInfer<O> & PassOptions = {} as NoInfer<O>,
): Promise<Warmed> {
  return doorAsync('warm', async () => {
    const definition = definitionOf(method);
    checkNames(definition, options, definition.passes ? PASS_OPTIONS : []);
    if (!isPrepared(prepared)) {
      throw wrongKind('a prepared model', prepared, 'prepare it first: warm(method, prepare(model), shape)');
    }
    const x = blank(prepared, shape, options as { from?: From });
    for (const tensor of tensorsIn(x)) keep(tensor);
    const compiler = shaderCompiler();
    const before = compiler?.count() ?? 0;
    try {
      if (definition.passes) await runWhole(definition, prepared, x, options);
      else await runOnce(definition, prepared, x, options);
    } finally {
      for (const tensor of tensorsIn(x)) tensor.dispose();
    }
    return { shaders: (compiler?.count() ?? 0) - before };
  });
}

/** Runs a method of many passes. */
async function runWhole(
  definition: MethodDefinition,
  prepared: PreparedModel,
  x: Inputs,
  options: object,
): Promise<void> {
  const { map, value, classes, others } = await lastOf(definition, prepared, x, options);
  await settle(tensorsIn(map));
  for (const tensor of [value, classes, others]) tensor?.dispose();
}

/** Runs the method as it will be run, as often as something is made by it that stays. */
async function runOnce(
  definition: MethodDefinition,
  prepared: PreparedModel,
  x: Inputs,
  options: object,
): Promise<void> {
  const run = () => tidied(() => explainOnePass(definition, prepared, x, options).map);
  // the first run writes the program down, the next makes what it keeps
  const left = (await compiledAhead(prepared, () => dispose(tensorsIn(run())))) ? 1 : 2;
  for (let i = 0; i < left; i++) await settle(tensorsIn(run()));
}

/** Has the shaders compiled that `run` asks for; false where there are none, or that cannot be foreseen. */
async function compiledAhead(prepared: PreparedModel, run: () => void): Promise<boolean> {
  const compiler = shaderCompiler();
  if (!compiler) return false;
  try {
    let ready: Promise<void> | undefined;
    prepared.apart(() => {
      compiler.dryly(run); // a program is written, which asks for other shaders than the model did
      ready = compiler.ahead(run);
    });
    await ready;
    return true;
  } catch {
    return false; // it reads numbers on its way, or is wrong, which it says when it is run
  }
}

/** Zeros in the shapes that inputs will have. */
function blank(prepared: PreparedModel, shape: unknown, { from }: { readonly from?: From }): Inputs {
  const infos = networkOf(prepared, startNames(from)).inputs ?? [];
  const zerosOf = (one: unknown, info: InputInfo | undefined): Tensor => {
    if (!isShape(one)) throw wrongShape(shape);
    return zeros([...one], (info?.dtype ?? 'float32') as 'float32');
  };
  if (isShape(shape)) return zerosOf(shape, infos[0]);
  if (typeof shape !== 'object' || shape === null || isTensor(shape)) throw wrongShape(shape);
  return tidied(() => {
    if (Array.isArray(shape)) return Array.from<unknown>(shape).map((one, i) => zerosOf(one, infos[i]));
    const infoOf = (name: string) => infos.find((info) => goesBy(info, name));
    return Object.fromEntries(Object.entries(shape).map(([name, one]) => [name, zerosOf(one, infoOf(name))]));
  });
}

function isShape(value: unknown): value is readonly number[] {
  if (!Array.isArray(value) || value.length === 0) return false;
  return Array.from<unknown>(value).every((size) => Number.isInteger(size) && Number(size) > 0); // holes, too
}

function wrongShape(shape: unknown): TypeError {
  const hint = isTensor(shape) ? 'pass its shape' : undefined;
  const got = Array.isArray(shape) ? `[${Array.from<unknown>(shape).map(shown).join(', ')}]` : undefined;
  return wrongKind(
    'shape to be a list of whole numbers, one for each axis, or such by input',
    shape,
    hint,
    got,
  );
}
