import type { DecodedImage } from './imageSource';

/** An image as it is to be seen: the pixel at a row and column is `start + row * down + column * across`. */
export interface Upright {
  readonly image: DecodedImage;
  readonly rows: number;
  readonly columns: number;
  /** Counted in pixels of `image`, from its first. */
  readonly start: number;
  readonly down: number;
  readonly across: number;
}

/** An image turned and mirrored as its orientation says, without a pixel being moved. */
export function upright(image: DecodedImage): Upright {
  const { width, height, orientation = 1 } = image;
  const last = { row: (height - 1) * width, column: width - 1 };
  // EXIF: from 5 on rows and columns change places
  const isTurned = orientation > 4;
  // the file's first row, or column, is to be the last
  const flipsRows = [3, 4, 6, 7].includes(orientation);
  const flipsColumns = [2, 3, 7, 8].includes(orientation);
  const alongRow = flipsColumns ? -1 : 1;
  const alongColumn = flipsRows ? -width : width;
  return {
    image,
    rows: isTurned ? width : height,
    columns: isTurned ? height : width,
    start: (flipsRows ? last.row : 0) + (flipsColumns ? last.column : 0),
    down: isTurned ? alongRow : alongColumn,
    across: isTurned ? alongColumn : alongRow,
  };
}
