import type { Layer } from './layerGraph';

/** On a layer of a copy that runs code of the user's own. */
export const OWN_CODE = Symbol.for('guided-saliency.ownCode');

/** What a layer runs when it is applied. */
const METHODS = ['apply', 'call', 'computeMask', '_callHook'];

/** Whether a layer computes what its class says: the user replaced no method, nor an activation in a copy. */
export function runsItsClass(layer: Layer): boolean {
  let face = layer as Layer & { [OWN_CODE]?: boolean };
  while (Object.prototype.hasOwnProperty.call(face, OWN_CODE)) {
    if (face[OWN_CODE] === true) return false;
    face = Object.getPrototypeOf(face) as Layer;
  }
  return !METHODS.some((name) => typeof ownField(face, name) === 'function');
}

function ownField(object: object, name: string): unknown {
  return Object.getOwnPropertyDescriptor(object, name)?.value;
}
