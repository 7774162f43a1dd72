import type { Tensor } from '@tensorflow/tfjs-core';
import { addParts } from '../parts';
import { hasOwnMethod, withoutFaces } from './runsItsClass';
import type { Layer } from './layerGraph';

/** A weight of a layer, which tfjs-layers calls a `LayerVariable`. */
interface LayerWeight {
  readonly val: Tensor;
  read(): Tensor;
}

/**
 * Adds what the fields of a layer hold to a list of parts to compare, those of the original included where it
 * is the layer of a copy; false where a method of it, or how a weight is read, is the user's own.
 */
export function addFields(parts: unknown[], layer: Layer, seen: Set<object>): boolean {
  const itself = withoutFaces(layer);
  for (let face: object = layer; !isClass(face); face = Object.getPrototypeOf(face) as object) {
    let hasFunctions = false;
    for (const value of Object.values(face) as unknown[]) {
      if (typeof value !== 'object') {
        parts.push(value);
        hasFunctions ||= typeof value === 'function';
      } else if (Array.isArray(value)) addParts(parts, value);
      else {
        parts.push(value);
        if (isWeight(value) && !addWeight(parts, value, seen)) return false;
      }
    }
    if (hasFunctions && face === itself && hasOwnMethod(face)) return false;
  }
  return true;
}

function addWeight(parts: unknown[], weight: LayerWeight, seen: Set<object>): boolean {
  parts.push(weight.val);
  addMethods(parts, weight, seen);
  return !hasOwnMethod(weight);
}

/** Adds the methods of an object's class and of those that it extends, each class once. */
export function addMethods(parts: unknown[], object: object, seen: Set<object>): void {
  let owner = object;
  while (!isClass(owner)) owner = Object.getPrototypeOf(owner) as object;
  while (owner !== Object.prototype && !seen.has(owner)) {
    seen.add(owner);
    for (const name of Object.getOwnPropertyNames(owner)) {
      parts.push(Object.getOwnPropertyDescriptor(owner, name)?.value);
    }
    owner = Object.getPrototypeOf(owner) as object;
  }
}

/** Whether an object is what the instances of a class inherit from. */
function isClass(object: object): boolean {
  return Object.prototype.hasOwnProperty.call(object, 'constructor');
}

function isWeight(value: object | null): value is LayerWeight {
  const { val, read } = (value ?? {}) as Partial<LayerWeight>;
  return val !== undefined && read !== undefined;
}
