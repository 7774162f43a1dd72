import { shown } from '../errors/kindOf';
import { checkNames } from '../errors/optionNames';
import { wrongKind } from '../errors/wrongKind';
import type { LayerPath } from './place';

/** The names in a place. */
export const PLACE_NAMES: readonly string[] = ['layer', 'node', 'output'];

/** Refuses what names no layer, on a path or as an object. */
export function checkPlace(place: unknown, name: string): void {
  const isObject = typeof place === 'object' && place !== null && !Array.isArray(place);
  if (!isObject || !('layer' in place)) {
    checkPath(place, `${name} to be a layer's name, a list of names or { layer }`);
    return;
  }
  checkNames(place, PLACE_NAMES, `name in ${name}`, (names) => `a place has ${names}`);
  checkPlaceParts(place);
}

/** Refuses parts of a place that are of the wrong kind. */
export function checkPlaceParts({
  layer,
  node,
  output,
}: {
  layer?: unknown;
  node?: unknown;
  output?: unknown;
}) {
  checkPath(layer, `layer to be a layer's name or a list of names`);
  const isNode = typeof node === 'number' || (Array.isArray(node) && Array.from(node).every(isNumber));
  if (node !== undefined && !isNode) {
    throw wrongKind('node to be a number, or one for each name of the path', node, undefined, shown(node));
  }
  if (Array.isArray(layer) && Array.isArray(node) && layer.length !== node.length) {
    const names = `${layer.length} ${layer.length === 1 ? 'name' : 'names'}`;
    const got = node.length === 0 ? 'an empty list' : `[${node.join(', ')}]`;
    throw wrongKind(`node to have a number for each of the ${names} of the path`, node, undefined, got);
  }
  if (output !== undefined && !isNumber(output)) {
    throw wrongKind('output of a layer to be a number', output, undefined, shown(output));
  }
}

/** Refuses what is no path, and tells whose name is at hand of it. */
export function checkPath(path: unknown, expected: string, got = shown(path)): asserts path is LayerPath {
  if (isPath(path)) return;
  throw wrongKind(expected, path, nameAtHand(path), got);
}

/** Whether a value is the name of a layer, or names from the outer model to the inner. */
export function isPath(path: unknown): path is LayerPath {
  // one by one: `every` passes over holes
  return typeof path === 'string' || (Array.isArray(path) && Array.from(path).every(isText));
}

const isText = (value: unknown): value is string => typeof value === 'string';

const isNumber = (value: unknown): value is number => typeof value === 'number';

/** The name of the layer that a value is, or is the output of. */
function nameAtHand(value: unknown): string {
  const one: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value;
  if (typeof one === 'object' && one !== null) {
    const { name, sourceLayer, path } = one as {
      name?: unknown;
      sourceLayer?: { name?: unknown };
      path?: unknown;
    };
    const layer = sourceLayer?.name ?? name;
    if (typeof layer === 'string') return `pass its name, "${layer}"`;
    if (isPath(path)) return 'pass { layer: path } of it';
  }
  return 'layersOf(model) lists the paths to choose from';
}
