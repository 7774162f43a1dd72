import type { Layer } from './layerGraph';
import { layerFields } from './sublayers';

/**
 * A layer that inherits all from another, and has what is written on it; the layers in its fields are others.
 *
 * @param inner Gives the layer that comes in the place of one in a field.
 */
export function onTopOf<L extends Layer>(layer: L, inner: (layer: Layer) => Layer): L {
  const top = Object.create(layer) as L;
  for (const [name, field] of Object.entries(layerFields(layer))) {
    const value = Array.isArray(field) ? field.map(inner) : inner(field);
    Object.defineProperty(top, name, { value, writable: true, configurable: true });
  }
  return top;
}
