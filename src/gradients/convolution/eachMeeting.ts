import type { Axis, ImageAxes } from '../axes';

/** Told of a cell that another one meets, and by which tap of the kernel: both are numbered row by row. */
export type Meet = (tap: number, cell: number) => void;

/** Tells of each cell of x that a cell of y meets in a convolution, numbered in the whole batch. */
export function eachMeeting(cell: number, [rows, columns]: ImageAxes, meet: Meet): void {
  const row = Math.floor(cell / columns.output);
  const sample = Math.floor(row / rows.output);
  const top = (row % rows.output) * rows.stride - rows.before;
  const left = (cell % columns.output) * columns.stride - columns.before;
  for (let down = 0; down < rows.kernel; down++) {
    const y = top + down * rows.dilation;
    if (y < 0 || y >= rows.input) continue;
    for (let across = 0; across < columns.kernel; across++) {
      const x = left + across * columns.dilation;
      if (x < 0 || x >= columns.input) continue;
      meet(down * columns.kernel + across, (sample * rows.input + y) * columns.input + x);
    }
  }
}

/** The other way: each cell of y that meets a cell of x. */
export function eachReader(cell: number, [rows, columns]: ImageAxes, meet: Meet): void {
  const row = Math.floor(cell / columns.input);
  const sample = Math.floor(row / rows.input);
  for (let down = 0; down < rows.kernel; down++) {
    const y = readerOf(row % rows.input, down, rows);
    if (y < 0) continue;
    for (let across = 0; across < columns.kernel; across++) {
      const x = readerOf(cell % columns.input, across, columns);
      if (x < 0) continue;
      meet(down * columns.kernel + across, (sample * rows.output + y) * columns.output + x);
    }
  }
}

/** Which cell of y meets one of x by a tap; below 0 where none does. */
function readerOf(x: number, tap: number, { stride, dilation, before, output }: Axis): number {
  const start = x + before - tap * dilation;
  return start % stride === 0 && start < output * stride ? start / stride : -1;
}
