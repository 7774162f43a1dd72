import { placeCode } from '../../model/place';
import type { LayerPath } from '../../model/place';
import type { Network, Place } from '../../model/network';
import { isPlaceTarget } from '../../targets/target';
import type { Asked } from '../../targets/target';
import { placesOf } from './options';
import type { ExplainOptions, OutputPlace, PlaceName } from './options';
import { ours } from '../../errors/door';

/** Where explanations begin, found in the model. */
export interface Begins {
  /** What takes the place of the input; none for the input itself. */
  readonly wrt: readonly Place[];
  /** What is looked at on the way. */
  readonly at: readonly Place[];
  /** How many of these, the first, are wanted with the gradients that they have without the rule. */
  readonly ordinary: number;
  /** What errors call the option that names what the map is made of. */
  readonly named: string;
}

/** Finds what the options name; refuses, before anything is run, what cannot have a gradient. */
export function findBegins(network: Network, { wrt, at, ordinaryAt, named }: ExplainOptions): Begins {
  const found = placesOf(wrt).map((place) => findPlace(network, place, named));
  const looks = [...(ordinaryAt ?? []), ...(at ?? [])].map((place) => network.find(asPlace(place)));
  return { wrt: found, at: looks, ordinary: ordinaryAt?.length ?? 0, named: named ?? 'wrt' };
}

/** Finds a place of `wrt`; names that are no path may have been meant as a list of places. */
function findPlace(network: Network, place: PlaceName, named: string | undefined): Place {
  try {
    return network.find(asPlace(place));
  } catch (error) {
    if (named !== undefined || !Array.isArray(place)) throw error;
    const each = (place as readonly string[]).map((layer) => ({ layer }));
    try {
      each.forEach((one) => network.find(one));
    } catch {
      throw error;
    }
    const list = each.map(placeCode).join(', ');
    throw ours(new RangeError(`${(error as Error).message}; several places are written [${list}]`));
  }
}

/** The layer that a target names, if it names one. */
export function findTarget(network: Network, target: Asked): Place | undefined {
  return isPlaceTarget(target) ? network.find(target) : undefined;
}

/** Refuses what has no gradient on the way to a target, before anything is run. */
export function checkPaths(network: Network, target: Asked, place: Place | undefined, { wrt }: Begins): void {
  for (const begin of wrt.length > 0 ? wrt : [undefined]) {
    network.checkPath?.(place ?? outputOf(target), begin);
  }
  if (wrt.length === 0) checkFloats(network);
}

/** The output that a target names. */
export function outputOf(target: Asked): string | number | undefined {
  return typeof target === 'object' && 'output' in target ? target.output : undefined;
}

/** A place that may be given by its name or path. */
export function asPlace(place: PlaceName): OutputPlace {
  return typeof place === 'string' || Array.isArray(place)
    ? { layer: place as LayerPath }
    : (place as OutputPlace);
}

/** Whether an input holds integers, of which there is no gradient. */
export function isInteger({ inputs }: Network, input: number): boolean {
  return (inputs?.[input]?.dtype ?? 'float32') !== 'float32';
}

/** Why there is no map of integers, and what to explain instead. */
export function noMapOfIntegers(network: Network, input: number): string {
  const { name = '', dtype } = network.inputs?.[input] ?? {};
  return integersIn(`input "${name}"`, dtype, network.afterIntegers(input) ?? name);
}

/** The same of any place. */
export function integersIn(what: string, dtype: string | undefined, after: string | undefined): string {
  return (
    `${what} holds integers (${dtype}), which have no gradient; explain what they are made into ` +
    `instead, ${after === undefined ? 'with wrt' : `e.g. { wrt: "${after}" }`}`
  );
}

/** Integers have no gradient: what they are made into, e.g. an embedding, has one. */
function checkFloats(network: Network): void {
  const { inputs = [] } = network;
  if (inputs.length > 0 && inputs.every((_, i) => isInteger(network, i)))
    throw ours(new Error(noMapOfIntegers(network, 0)));
}
