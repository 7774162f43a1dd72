import type { LayersModel } from '@tensorflow/tfjs-layers';
import { rectifierKinds } from '../rules/rectifierKinds';
import { BUILT_IN_LAYERS } from '../model/layers/layerClasses';
import { REPLACED } from '../model/layers/activations';
import type { Activation } from '../model/layers/activations';
import { isContainer, type Layer } from '../model/layers/layerGraph';
import { layerFields, layersWithin, type PlacedLayer } from '../model/layers/sublayers';

/** A place in a model where an activation acts. */
export interface ActivationSite {
  readonly layer: Layer;
  /** All places of the layer, the first as the report has it. */
  readonly paths: readonly (readonly string[])[];
  /** The layer's class, then those of the RNNs, wrappers and custom layers around it, the nearest first. */
  readonly classes: readonly string[];
  readonly activation: string;
  /** What holds the activation: a field of the layer, or its `call`. */
  readonly held: 'activation' | 'recurrentActivation' | 'call';
  /** Whether the layer is somebody's own with layers inside, which can be overridden, while it cannot. */
  readonly isComposite: boolean;
}

/** The name of what a custom layer computes. */
export const UNKNOWN = 'unknown';

/** The activations of a model, however deep, in the order of the layers. */
export function activationSites(model: LayersModel): ActivationSite[] {
  const places = new Map<Layer, PlacedLayer[]>();
  for (const placed of layersWithin(model)) {
    const before = places.get(placed.layer);
    if (before) before.push(placed);
    else places.set(placed.layer, [placed]);
  }
  return [...places].flatMap(([layer, placed]) => {
    const paths = placed.map(({ path }) => path);
    const around = placed.flatMap(({ within }) => [...within].reverse());
    const nearby = [layer, ...around.filter((outer) => !isContainer(outer))];
    const classes = nearby.map((each) => each.getClassName());
    return sitesOf(layer).map((site) => ({ layer, paths, classes, ...site }));
  });
}

type OwnSite = Pick<ActivationSite, 'activation' | 'held' | 'isComposite'>;

function sitesOf(layer: Layer): OwnSite[] {
  const held = (['activation', 'recurrentActivation'] as const).flatMap((field) => {
    const activation: unknown = Reflect.get(layer, field);
    if (!isActivation(activation, layer)) return [];
    return [{ activation: nameOf(activation), held: field, isComposite: false }];
  });
  if (held.length > 0) return held;
  const className = layer.getClassName();
  const known = activationOfClass(layer);
  if (known !== undefined) return [{ activation: known, held: 'call', isComposite: false }];
  if (isContainer(layer) || BUILT_IN_LAYERS.has(className)) return [];
  return [{ activation: UNKNOWN, held: 'call', isComposite: Object.keys(layerFields(layer)).length > 0 }];
}

/** What a layer is an activation by, as a whole. */
function activationOfClass(layer: Layer): string | undefined {
  const className = layer.getClassName();
  if (className === 'Softmax') return 'softmax';
  const isRelu6 = className === 'ReLU' && (layer as Layer & { maxValue?: number }).maxValue === 6;
  return isRelu6 ? 'relu6' : rectifierKinds.find(({ layerClass }) => layerClass === className)?.activation;
}

function nameOf(activation: Activation): string {
  const replaced = (activation as Activation & { [REPLACED]?: string })[REPLACED];
  if (replaced !== undefined) return replaced;
  // one put there by hand may have an `apply` alone
  return typeof activation.getClassName === 'function' ? activation.getClassName() : UNKNOWN;
}

function isActivation(value: unknown, layer: Layer): value is Activation {
  const candidate = value as Partial<Activation> | null;
  return (
    typeof candidate === 'object' &&
    candidate !== null &&
    typeof candidate.apply === 'function' &&
    (typeof candidate.getClassName === 'function' || BUILT_IN_LAYERS.has(layer.getClassName())) &&
    !('inboundNodes' in candidate)
  );
}
