import type { Layer } from './layerGraph';

/** On a layer of a copy: the code of the user's own that it runs, if it does. */
export const OWN_CODE = Symbol.for('guided-saliency.ownCode');

/** On a method that a copy gave to a layer. */
export const OF_COPY = Symbol.for('guided-saliency.ofCopy');

/** Whether a layer computes what its class says: the user replaced no method, nor an activation in a copy. */
export function runsItsClass(layer: Layer): boolean {
  return !isChangedInCopy(layer) && !hasOwnMethod(withoutFaces(layer));
}

/** Whether a layer of a copy runs code of the user's own there. */
export function isChangedInCopy(layer: Layer): boolean {
  let face = layer as Layer & { [OWN_CODE]?: boolean };
  while (isFace(face)) {
    if (face[OWN_CODE] === true || !isOfCopy(face, 'call')) return true;
    face = Object.getPrototypeOf(face) as Layer;
  }
  return false;
}

/** The layer itself, without the faces that copies put in front of it. */
export function withoutFaces(layer: Layer): Layer {
  let face = layer;
  while (isFace(face)) face = Object.getPrototypeOf(face) as Layer;
  return face;
}

/** The faces that copies put in front of a layer, the last one first. */
export function facesOf(layer: Layer): Layer[] {
  const faces: Layer[] = [];
  for (let face = layer; isFace(face); face = Object.getPrototypeOf(face) as Layer) faces.push(face);
  return faces;
}

/** Whether a method of a layer is the one that a copy gave it. */
export function isOfCopy(face: Layer, name: string): boolean {
  return (Reflect.get(face, name) as { [OF_COPY]?: boolean } | undefined)?.[OF_COPY] === true;
}

/** Whether an object has a method in front of one of its class. */
export function hasOwnMethod(object: object): boolean {
  for (const name of Object.keys(object)) {
    if (typeof (object as Record<string, unknown>)[name] !== 'function') continue;
    if (name in (Object.getPrototypeOf(object) as object)) return true;
  }
  return false;
}

function isFace(layer: Layer): boolean {
  return Object.prototype.hasOwnProperty.call(layer, OWN_CODE);
}
