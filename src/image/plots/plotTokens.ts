import type { Tensor } from '@tensorflow/tfjs-core';
import { doorAsync, ours } from '../../errors/door';
import { checkOptionNames } from '../../errors/optionNames';
import { wrongKind } from '../../errors/wrongKind';
import type { ColorScale } from '../coloring/colorScale';
import { cssOf, SHADING, shading, type ColorizeOptions } from '../coloring/shading';
import { numbersOf } from '../numbersOf';
import { escaped, inDigits } from './escaped';
import { lengthOf } from './flatMap';

export interface PlotTokensOptions extends ColorizeOptions {
  /**
   * The colours behind the tokens.
   *
   * @default 'blueRed'
   */
  colors?: ColorScale;
}

/**
 * A text whose tokens have their values in a map as background: HTML, as text.
 *
 * Each token is a `<span>` with its number in `data-value` and in its tooltip, so that nothing is told by
 * colour alone; letters are black or white, whichever can be read. Nothing in a token is taken for HTML.
 *
 * @param tokens One for each value, in their order.
 * @param map [n], [1, n] or [1, n, 1]: of the output of an embedding, `reduceChannels(map)`. It stays the
 *   caller's.
 * @returns A `<p>` element, as text.
 * @throws TypeError if `tokens` is no list of texts, `map` no tensor, or an option is unknown.
 * @throws RangeError if `map` has another shape, or holds a NaN or an infinity; if there are not as many
 *   tokens as values; if an option is out of its range.
 * @example
 * ```ts
 * const map = tf.tensor1d([0.1, 0, 2.5]); // of an embedding's output: reduceChannels(map)
 * const html = await plotTokens(['not', 'a', 'good'], map);
 * ```
 */
export function plotTokens(
  tokens: readonly string[],
  map: Tensor,
  options: PlotTokensOptions = {},
): Promise<string> {
  return doorAsync('plotTokens', async () => {
    if (!Array.isArray(tokens)) throw wrongKind('tokens to be a list of texts', tokens);
    tokens.forEach((token: unknown, i) => {
      if (typeof token !== 'string') throw wrongKind(`tokens[${i}] to be a text`, token);
    });
    const count = lengthOf(map, 'map');
    if (tokens.length !== count) {
      throw ours(
        new RangeError(`expected map to have a value for each of the ${tokens.length} tokens, got ${count}`),
      );
    }
    checkOptionNames(options, SHADING);
    const { colors = 'blueRed', ...rest } = options;
    const shade = shading({ ...rest, colors });
    const values = await numbersOf(map);
    const shades = shade(values);
    const spans = (tokens as readonly string[]).map((token, i) => {
      const value = values[i]!;
      const from = shades.at(value);
      const [red, green, blue] = shades.table.subarray(from, from + 3) as unknown as [number, number, number];
      // how light the colour is to an eye
      const ink = 0.299 * red + 0.587 * green + 0.114 * blue > 140 ? '#000' : '#fff';
      const number = inDigits(value);
      const style = `background:${cssOf(shades, value)};color:${ink};padding:0.1em 0.2em;border-radius:0.2em`;
      return `<span style="${style}" data-value="${number}" title="${number}">${escaped(token)}</span>`;
    });
    return `<p style="line-height:1.9">${spans.join(' ')}</p>`;
  });
}
