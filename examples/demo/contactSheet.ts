import { createRequire } from 'node:module';
import { make, registerFont } from 'pureimage';
import type { Pixels } from 'guided-saliency/image';

/** A picture and what stands below it. */
export interface Captioned {
  readonly picture: Pixels;
  readonly caption: readonly string[];
}

/** Pixels between two pictures, below a caption, and from one line of it to the next. */
const GAP = 4;
const BELOW = 8;
const LINE = 17;
const FONT = '13px DejaVu Sans';

/** Up to so many pictures stand in one row; more in rows of so many. */
const ONE_ROW = 4;
const COLUMNS = 6;

/** Pictures of one size in rows of `columns`, each with its caption below it, black on white. */
export async function contactSheet(
  cells: readonly Captioned[],
  columns = cells.length <= ONE_ROW ? cells.length : COLUMNS,
): Promise<Pixels> {
  await fontLoaded();
  const rows = Math.ceil(cells.length / columns);
  const lines = Math.max(...cells.map(({ caption }) => caption.length));
  const pen = make(1, 1).getContext('2d');
  pen.font = FONT;
  const texts = cells.flatMap(({ caption }) => caption.map((line) => Math.ceil(pen.measureText(line).width)));
  const cellWidth = Math.max(...cells.map(({ picture }) => picture.width), ...texts);
  const cellHeight = Math.max(...cells.map(({ picture }) => picture.height)) + lines * LINE + BELOW;
  const [width, height] = [columns * (cellWidth + GAP) - GAP, rows * cellHeight];

  const sheet = make(width, height);
  const context = sheet.getContext('2d');
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, width, height);
  context.fillStyle = '#000000';
  context.font = FONT;
  for (const [i, { picture, caption }] of cells.entries()) {
    const left = (i % columns) * (cellWidth + GAP);
    const top = Math.floor(i / columns) * cellHeight;
    for (let row = 0; row < picture.height; row++) {
      const line = picture.data.subarray(4 * row * picture.width, 4 * (row + 1) * picture.width);
      sheet.data.set(line, 4 * ((top + row) * width + left));
    }
    for (const [at, line] of caption.entries()) {
      context.fillText(line, left, top + picture.height + (at + 1) * LINE);
    }
  }
  return { width, height, data: new Uint8ClampedArray(sheet.data) };
}

let loading: Promise<void> | undefined;

/** The font of the captions, read once. */
function fontLoaded(): Promise<void> {
  const path = createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf');
  return (loading ??= registerFont(path, 'DejaVu Sans').load());
}
