import { isTensor } from '../backends/isTensor';
import { ours } from '../errors/door';
import { kindOf, shown } from '../errors/kindOf';
import { checkNames } from '../errors/optionNames';
import { wrongKind } from '../errors/wrongKind';
import { PLACE_NAMES, checkPlaceParts } from '../model/checkPlace';
import { isList } from './target';

/** What the kinds of target are known by, with the names that each has. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  layer: [...PLACE_NAMES, 'channel', 'unit', 'region'],
  others: ['class', 'others', 'weight', 'output', 'at'],
  output: ['output', 'class', 'nth', 'chosen', 'at'],
  nth: ['nth', 'output', 'at'],
  at: ['at', 'class', 'output', 'nth', 'chosen'],
};

/** What to do with a label where a class belongs. */
export const LABEL = 'a class is a number, e.g. labels.indexOf("cat") in the list of your labels';

/** Refuses what is no target, whatever model it may be meant for. */
export function checkTarget(target: unknown): void {
  if (target === undefined || typeof target === 'number' || typeof target === 'function') return;
  if (isList(target)) return; // which of its entries are classes, the model knows
  const kind = typeof target === 'object' && target !== null ? kindOfTarget(target) : undefined;
  if (kind === undefined) throw noTarget(target);
  if (kind === 'layer' && 'at' in (target as object)) {
    throw ours(
      new TypeError('expected at beside a class, got it beside a layer; name a unit: { layer, unit }'),
    );
  }
  checkNames(target as object, KINDS[kind] as string[], 'name in target', (names) => `it may have ${names}`);
  if (kind === 'layer') checkPlaceTarget(target as Record<string, unknown>);
  else checkChoice(target as Record<string, unknown>);
}

function kindOfTarget(target: object): string | undefined {
  return isTensor(target) ? undefined : Object.keys(KINDS).find((name) => name in target);
}

function noTarget(target: unknown): TypeError {
  const expected =
    'target to be a class, a list of classes, { output, class }, { class, at }, { layer }, { layer, channel }, ' +
    '{ layer, unit } or a function of the outputs';
  return wrongKind(expected, target, hintFor(target), shown(target));
}

function hintFor(target: unknown): string | undefined {
  if (typeof target === 'string') return LABEL;
  if (isTensor(target)) return 'pass its numbers, await target.data()';
  const isOfClass = typeof target === 'object' && target !== null && 'class' in target;
  return isOfClass ? 'pass the class by itself, or say of which output' : undefined;
}

/**
 * Refuses what is neither a class, nor a list of classes, nor left out.
 *
 * @param name How errors call it.
 */
export function checkClass(given: unknown, name: string): void {
  if (given === undefined || typeof given === 'number' || isList(given)) return;
  const hint = typeof given === 'string' ? LABEL : undefined;
  throw wrongKind(`${name} to be a class or a list of classes`, given, hint, shown(given));
}

/** Refuses what is no list of classes to set one against, nor a list of such for each sample. */
export function checkOthers(others: unknown): void {
  if (!Array.isArray(others)) throw wrongKind('others to be a list of classes', others);
  if (others.length === 0) throw ours(new RangeError('expected others to name a class, got an empty list'));
  const lists: readonly unknown[] = others.some(Array.isArray) ? others : [others];
  const [first] = lists as readonly unknown[][];
  for (const list of lists) {
    if (!Array.isArray(list) || list.length !== first?.length || list.length === 0) {
      throw wrongKind(
        'others to be a list of classes, or one as long for each sample',
        list,
        undefined,
        shown(list),
      );
    }
    const other: unknown = list.find((one) => typeof one === 'object' && one !== null);
    if (other !== undefined)
      throw wrongKind('others to be a list of classes', list, undefined, `a list with ${kindOf(other)}`);
  }
}

/** Refuses what is no weight. */
export function checkWeight(weight: unknown): void {
  if (Number.isFinite(weight)) return;
  throw ours(new RangeError(`expected weight to be a finite number, got ${shown(weight)}`));
}

/** Refuses what says no place of an output. */
export function checkAt(at: unknown): void {
  if (at === undefined || isList(at)) return;
  const expected = 'at to be a list with an index for each axis between batch and classes';
  throw wrongKind(expected, at, undefined, shown(at));
}

/** Refuses what names no output. */
export function checkOutput(output: unknown): void {
  if (output === undefined || typeof output === 'string' || typeof output === 'number') return;
  throw wrongKind('output to be the name or the number of an output', output, undefined, shown(output));
}

function checkChoice(choice: Record<string, unknown>): void {
  checkClass(choice['class'], 'class');
  checkOutput(choice['output']);
  checkAt(choice['at']);
  if (!('others' in choice)) return;
  if (choice['others'] !== null) checkOthers(choice['others']);
  if (choice['weight'] !== undefined) checkWeight(choice['weight']);
}

function checkPlaceTarget(place: Record<string, unknown>): void {
  checkPlaceParts(place);
  const { channel, unit, region } = place;
  if (channel !== undefined && typeof channel !== 'number') {
    throw wrongKind('channel to be a number', channel, undefined, shown(channel));
  }
  checkNumbers(unit, 'unit to be a list of numbers, e.g. [row, column, channel]');
  checkNumbers(region, 'region to be [top, left, bottom, right]');
}

function checkNumbers(list: unknown, expected: string): void {
  if (list === undefined) return;
  const isNumbers = isList(list) && Array.from(list).every((one) => typeof one === 'number');
  if (!isNumbers) throw wrongKind(expected, list, undefined, shown(list));
}
