/**
 * At least the width of a line in any common font without serifs, in pixels: there is none to measure by.
 *
 * @param size Of the font, in pixels.
 */
export function widthOf(line: string, size: number): number {
  const wide = line.match(/[A-Z@%mw\u1100-\uffff]/g)?.length ?? 0;
  return Math.ceil(size * (wide + 0.64 * (line.length - wide)));
}
