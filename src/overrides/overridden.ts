import { tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Layer } from '../model/layers/layerGraph';
import { keepingShape, ruledOp } from '../ops/withRule';
import { REPLACED } from '../model/layers/activations';
import type { Activation } from '../model/layers/activations';
import type { ActivationSite } from './activationSites';
import type { Override } from './overrides';

/** The activation of a site under an override, as a layer of tfjs-layers takes it. */
export function overriddenActivation(site: ActivationSite, override: Override): Activation {
  const original = Reflect.get(site.layer, site.held) as Activation;
  const op = overriddenOp(site, (x) => original.apply(x), override);
  return Object.create(original, {
    apply: { value: op },
    // a name of its own: by the names that they know, layers run a fused kernel instead of calling `apply`
    getClassName: { value: () => `overridden ${site.activation}` },
    [REPLACED]: { value: site.activation },
  }) as Activation;
}

/** The `call` of a layer that is an activation as a whole, under an override. */
export function overriddenCall(site: ActivationSite, override: Override): Layer['call'] {
  const { layer } = site;
  return (inputs, kwargs) => {
    const op = overriddenOp(site, (x) => onlyOne(site, layer.call(x, kwargs), 'output'), override);
    return op(onlyOne(site, inputs, 'input'));
  };
}

type Op = (x: Tensor) => Tensor;

function overriddenOp(site: ActivationSite, original: Op, override: Override): Op {
  const place = `overrideActivations, ${placeOf(site)}`;
  if (typeof override === 'function') return ruledOp(place, original, override);
  return (x) => tidy(() => keepingShape(place, override.op(x), x));
}

function onlyOne(site: ActivationSite, tensors: Tensor | Tensor[], what: string): Tensor {
  const list = Array.isArray(tensors) ? tensors : [tensors];
  if (list.length === 1) return list[0]!;
  throw new Error(
    `overrideActivations: ${placeOf(site)} has ${list.length} ${what}s, and an override can act on one`,
  );
}

function placeOf({ activation, classes, paths }: ActivationSite): string {
  return `${activation} of ${classes[0]!} "${paths[0]!.join(' > ')}"`;
}
