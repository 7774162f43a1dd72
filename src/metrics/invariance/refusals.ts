import { ours } from '../../errors/door';
import { quoted } from '../../errors/quoted';

/**
 * The error for an input that does not go into one layer.
 *
 * @param readers The names of those that it goes into.
 */
export function notOneWay(readers: readonly string[]): Error {
  return ours(
    new RangeError(
      readers.length === 0
        ? 'found no layer with weights behind the input, whose bias could take a shift back'
        : `expected a model whose input goes into one layer, got one where it goes into ${quoted(readers)}; ` +
            'the bias of one cannot take a shift back for all',
    ),
  );
}

/** The error for a layer through which a shift cannot be taken back. */
export function noWay(weighted: Iterable<string>, name: string, kind: string): Error {
  return ours(
    new RangeError(
      `expected the first layer with weights to be one of ${quoted(weighted)}, with nothing before it that does more ` +
        `than move values, add to them or scale all alike, got "${name}" (${kind}), through which a shift cannot be taken back`,
    ),
  );
}
