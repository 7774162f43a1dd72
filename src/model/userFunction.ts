import { ours } from '../errors/door';
import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';

/**
 * A function that a user writes, of a tensor, a list of tensors, or tensors by name; the parameter of any
 * rank, as in `(y: Tensor2D) => ...`. Without a type of its own the parameter is a tensor or a list.
 */
export type UserFunction<Result> =
  | ((given: Tensor & Tensor[]) => Result)
  | TypedFunction<Tensor, Result>
  | TypedFunction<Tensor[], Result>
  | TypedFunction<NamedTensorMap, Result>;

/**
 * A function whose parameter has a type of its own. As the type of a method, it takes a narrower type than
 * `Given`; and of two signatures, the second generic, TypeScript reads none into a parameter without a type.
 */
export type TypedFunction<Given, Result> = {
  /** Gives a result for what it is given. */
  method(given: Given): Result;
  /** The same; it keeps TypeScript from reading a type into a parameter that has none. */
  method<Any>(given: Given & Any): Result;
}['method'];

/** The error for a function that reads its numbers, and makes a result of them that depends on nothing. */
export function readsNumbers(which: string): Error {
  return ours(
    new Error(
      `${which} reads numbers back (dataSync, arraySync, print), and no gradient passes through them; ` +
        'let it return what TF.js ops make of what it is given',
    ),
  );
}

/** Calls such a function with what it is to be given; whether it takes that, the user's types said. */
export function callUser<Result>(f: UserFunction<Result>, given: unknown): Result {
  return (f as (given: unknown) => Result)(given);
}
