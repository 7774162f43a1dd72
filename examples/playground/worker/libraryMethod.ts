import type { Tensor } from '@tensorflow/tfjs-core';
import * as library from 'guided-saliency';
import type { Method } from 'guided-saliency';
import { factsOf, type MethodName } from '../methods';

/** A method of the library, by its exported name; what is rarely asked for is loaded then. */
export async function libraryMethod(name: MethodName): Promise<Method<object, Tensor>> {
  const { from } = factsOf(name);
  const part = from === 'relevance' ? await import('guided-saliency/relevance') : library;
  return (part as unknown as Readonly<Record<string, Method<object, Tensor>>>)[name]!;
}
