import { ours } from '../../errors/door';
import { checkCount } from '../../explanations/explainer/optionValues';

/** The size of a picture of one channel. */
export interface PictureSize {
  /** Rows. */
  height: number;
  /** Cells in a row. */
  width: number;
}

/** Refuses a size that is not that of so many cells, or is below the least. */
export function checkSize({ height, width }: PictureSize, cells: number, least: number): void {
  checkCount('height', height, least);
  checkCount('width', width, least);
  if (height * width === cells) return;
  throw ours(
    new RangeError(
      `expected height × width to be the ${cells} values of a map, got ${height} × ${width}; ` +
        'add channels up first',
    ),
  );
}
