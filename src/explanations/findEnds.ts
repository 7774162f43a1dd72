import type { LayerPath, LayerPlace } from '../model/place';
import type { Network, Place, Run } from '../model/network';
import { isPlaceTarget } from '../targets/seedOfTarget';
import type { ExplainOptions } from './options';
import { ours } from '../errors/door';

/** Where an explanation begins and ends, found in the model. */
export interface Ends {
  /** The layer that the target names, if it names one. */
  readonly place: Place | undefined;
  /** What takes the place of the input. */
  readonly wrt: Place | undefined;
  /** Which of the model's outputs the target asks for. */
  readonly outputs: Run['outputs'];
}

/** Finds what the options name; refuses, before anything is run, what cannot have a gradient. */
export function findEnds(network: Network, { target, wrt }: ExplainOptions): Ends {
  const place = isPlaceTarget(target) ? network.find(target) : undefined;
  const wrtPlace = wrt === undefined ? undefined : network.find(asPlace(wrt));
  if (!wrtPlace) checkFloats(network);
  network.checkPath?.(place ?? outputOf(target), wrtPlace);
  return { place, wrt: wrtPlace, outputs: place ? 'none' : (numberOf(network, target) ?? 'all') };
}

/** The output that a target names. */
function outputOf(target: ExplainOptions['target']): string | number | undefined {
  return typeof target === 'object' && 'output' in target ? target.output : undefined;
}

/** Its number, where that is known before the model is run. */
function numberOf({ outputNames }: Network, target: ExplainOptions['target']): number | undefined {
  const output = outputOf(target);
  const number = typeof output === 'string' ? outputNames?.indexOf(output) : output;
  return number !== undefined && outputNames?.[number] !== undefined ? number : undefined;
}

function asPlace(wrt: LayerPath | (LayerPlace & { output?: number })): LayerPlace & { output?: number } {
  return typeof wrt === 'string' || Array.isArray(wrt) ? { layer: wrt as LayerPath } : (wrt as LayerPlace);
}

/** Integers have no gradient: what they are made into, e.g. an embedding, has one. */
function checkFloats(network: Network): void {
  network.inputs?.forEach(({ name, dtype }, i) => {
    if (dtype === 'float32') return;
    const after = network.afterIntegers(i) ?? name;
    throw ours(
      new Error(
        `input "${name}" holds integers (${dtype}), which have no gradient; explain what they are made into ` +
          `instead, e.g. { wrt: "${after}" }`,
      ),
    );
  });
}
