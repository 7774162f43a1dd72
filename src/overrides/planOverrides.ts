import type { LayersModel } from '@tensorflow/tfjs-layers';
import { pathName, type LayerPath } from '../model/place';
import { kindOf } from '../errors/kindOf';
import { checkPath } from '../model/checkPlace';
import { wrongKind } from '../errors/wrongKind';
import { likelyPath } from '../model/layers/likelyPath';
import { BUILT_IN_LAYERS } from '../model/layers/layerClasses';
import { quoted } from '../errors/quoted';
import { layersWithin } from '../model/layers/sublayers';
import { isRectifier, plainName } from '../rules/rectifierKinds';
import { activationKind } from './activationKinds';
import { activationSites, UNKNOWN, type ActivationSite } from './activationSites';
import {
  checkOverrides,
  isOverride,
  type ActivationReport,
  type Override,
  type Overrides,
} from './overrides';
import { ours } from '../errors/door';

/** What is decided for one activation. */
export interface Decision {
  readonly site: ActivationSite;
  /** Whether it is in the layers that the overrides are limited to. */
  readonly isNamed: boolean;
  /** Undefined where it is left alone. */
  readonly override: Override | undefined;
  readonly reason: string;
}

/**
 * Decides for each activation of a LayersModel what is to happen: for the report and for the copy alike.
 *
 * @throws TypeError if `overrides` or `layers` is of the wrong kind.
 * @throws RangeError if the model has no activation, class or layer of a name that is given.
 */
export function planOverrides(
  model: LayersModel,
  overrides: Overrides,
  layers: readonly LayerPath[] | undefined,
): Decision[] {
  checkOverrides(overrides);
  const sites = activationSites(model);
  const isNamed = limitTo(model, layers);
  const choose = isOverride(overrides) ? forAll(overrides) : byName(sites, overrides);
  return sites.map((site) =>
    site.paths.some(isNamed)
      ? { site, isNamed: true, ...choose(site) }
      : { site, isNamed: false, override: undefined, reason: 'not in the layers that are named' },
  );
}

/** A decision as users read it. */
export function reported({ site, override, reason }: Decision): ActivationReport {
  return {
    path: [...site.paths[0]!],
    layerClass: site.classes[0]!,
    activation: site.activation,
    replaced: override !== undefined,
    reason,
  };
}

/** Why a custom layer made of layers is left alone. */
const COMPOSITE = 'custom code, of which only the layers in it are known';

type Choice = Pick<Decision, 'override' | 'reason'>;

function forAll(override: Override): (site: ActivationSite) => Choice {
  return ({ activation, isComposite }) => {
    const kind = activationKind(activation);
    if (isRectifier(activation)) return { override, reason: kind };
    const way = activation === UNKNOWN ? 'a map names its class' : 'a map names it';
    return { override: undefined, reason: isComposite ? COMPOSITE : `${kind}: left alone unless ${way}` };
  };
}

function byName(
  sites: readonly ActivationSite[],
  overrides: Readonly<Record<string, Override>>,
): (site: ActivationSite) => Choice {
  const names = Object.keys(overrides);
  const activationsKnown = new Set(sites.map(({ activation }) => activation));
  activationsKnown.delete(UNKNOWN);
  const classesKnown = new Set(sites.flatMap(({ classes }) => classes));
  // `ReLU` is the layer, not another spelling of `relu`, also where a model has no such layer
  const isClass = (name: string) => classesKnown.has(name) || BUILT_IN_LAYERS.has(name);
  const isCalled = (activation: string, name: string) =>
    !isClass(name) && plainName(activation) === plainName(name);
  const isKnown = (name: string) =>
    classesKnown.has(name) || [...activationsKnown].some((activation) => isCalled(activation, name));
  const unknown = names.find((name) => !isKnown(name));
  if (unknown !== undefined) {
    const known = quoted([...activationsKnown, ...classesKnown]);
    throw ours(new RangeError(`no activation or layer class "${unknown}"; the model has ${known || 'none'}`));
  }

  return ({ activation, classes, isComposite }) => {
    if (isComposite) return { override: undefined, reason: COMPOSITE };
    // of what is not known to be a rectifier, only the layer's own class tells that it is meant
    const fitting = isRectifier(activation) ? classes : activation === UNKNOWN ? classes.slice(0, 1) : [];
    const name =
      fitting.find((each) => names.includes(each)) ??
      names.find((each) => activation !== UNKNOWN && isCalled(activation, each));
    const kind = activationKind(activation);
    if (name === undefined) return { override: undefined, reason: `${kind}: the overrides do not name it` };
    return { override: overrides[name], reason: `${kind}: named as "${name}"` };
  };
}

/** Whether a path leads to, or into, one of the layers that are named. */
function limitTo(
  model: LayersModel,
  layers: readonly LayerPath[] | undefined,
): (path: readonly string[]) => boolean {
  if (layers === undefined) return () => true;
  checkLayers(layers);
  const wanted = layers.map((path: LayerPath) => (typeof path === 'string' ? [path] : path));
  const places = layersWithin(model).map(({ path }) => path);
  for (const path of wanted) {
    if (places.some((place) => startsWith(place, path))) continue;
    const known = quoted(new Set(model.layers.map(({ name }) => name)));
    const missing = path.findIndex(
      (_, i) => !places.some((place) => startsWith(place, path.slice(0, i + 1))),
    );
    const likely = likelyPath(model, path, Math.max(0, missing));
    throw ours(new RangeError(`no layer "${pathName(path)}"; ${likely}the model has ${known}`));
  }
  return (path) => wanted.some((outer) => startsWith(path, outer));
}

function checkLayers(layers: unknown): void {
  const expected = 'layers to be a list of layer names';
  if (!Array.isArray(layers)) {
    const hint = typeof layers === 'string' ? `pass ["${layers}"]` : undefined;
    throw wrongKind(expected, layers, hint);
  }
  for (const path of layers as unknown[]) {
    checkPath(path, expected, kindOf(layers));
    if (path.length === 0) throw wrongKind(expected, layers);
  }
}

function startsWith(path: readonly string[], outer: readonly string[]): boolean {
  return outer.every((name, i) => path[i] === name);
}
