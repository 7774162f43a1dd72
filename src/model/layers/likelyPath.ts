import type { LayersModel } from '@tensorflow/tfjs-layers';
import { nearest } from '../../errors/nearest';
import { pathCode } from '../place';
import { isContainer } from './layerGraph';

/**
 * A question for an error: which layer may have been meant by a name that is not there, by its whole path.
 *
 * @param path As it was named; the name that is not there is at `level`.
 */
export function likelyPath(model: LayersModel, path: readonly string[], level: number): string {
  const name = path[level] as string;
  const paths = pathsWithin(model);
  const namedSo = paths.filter((other) => other[other.length - 1] === name);
  const written = paths.filter((other) => JOINTS.some((joint) => other.join(joint) === name));
  const found = namedSo.length > 0 ? namedSo : written.length > 0 ? written : misspelt(paths, path, level);
  const few = found.slice(0, 2).map(pathCode);
  return few.length === 0 ? '' : `did you mean ${few.join(' or ')}? `;
}

/** What people put between the names of a path. */
const JOINTS: readonly string[] = ['/', ' > ', '.'];

/** The paths whose last name is nearest; those beside the name that is not there come first. */
function misspelt(
  paths: readonly (readonly string[])[],
  path: readonly string[],
  level: number,
): readonly (readonly string[])[] {
  const beside = paths.filter(
    (other) => other.length === level + 1 && path.slice(0, level).every((name, i) => other[i] === name),
  );
  for (const some of [beside, paths]) {
    const lasts = some.map((other) => other[other.length - 1] as string);
    const near = nearest(path[level] as string, lasts, 0.4);
    if (near !== undefined) return [some[lasts.indexOf(near)] as readonly string[]];
  }
  return [];
}

/** The paths of all layers that have one of their own: those in nested models, but not in wrappers. */
function pathsWithin(model: LayersModel): string[][] {
  return model.layers.flatMap((layer) => {
    const inner = isContainer(layer) ? pathsWithin(layer) : [];
    return [[layer.name], ...inner.map((path) => [layer.name, ...path])];
  });
}
