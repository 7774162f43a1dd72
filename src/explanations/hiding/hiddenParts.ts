import { cellsIn } from '../inputs/inputSpace';

/** The parts of an input that are hidden one after the other, and the cells of the map that each is for. */
export interface HiddenParts {
  /** How many parts. */
  readonly total: number;
  /** The shape of the map after its batch. */
  readonly shape: readonly number[];
  /** How many parts are for each cell of the map. */
  readonly times: Float32Array;
  /** Writes 1 where a part hides the input, into the input's cells. */
  readonly hide: (part: number, cells: Float32Array) => void;
  /** Writes 1 where a part is for the map, into the map's cells. */
  readonly mark: (part: number, cells: Float32Array) => void;
}

/**
 * Windows at multiples of a stride; the last along each axis is cut at the border, where it reaches beyond.
 *
 * @param space The sizes of the input's axes; `window` and `stride` have a number for each.
 */
export function windowsOn(
  space: readonly number[],
  window: readonly number[],
  stride: readonly number[],
): HiddenParts {
  const counts = space.map((size, axis) => {
    const beyond = Math.max(0, size - (window[axis] as number));
    return 1 + Math.ceil(beyond / (stride[axis] as number));
  });
  const boxOf = (part: number): Box => {
    const at = placesOf(part, counts).map((place, axis) => place * (stride[axis] as number));
    return {
      begin: at,
      end: at.map((begin, axis) => Math.min(begin + (window[axis] as number), space[axis] as number)),
    };
  };
  const hide = (part: number, cells: Float32Array) =>
    eachCell(space, boxOf(part), (cell) => (cells[cell] = 1));
  const along = space.map((size, axis) =>
    timesAlong(size, window[axis] as number, stride[axis] as number, counts[axis] as number),
  );
  const times = Float32Array.from({ length: cellsIn(space) }, (_, cell) =>
    placesOf(cell, space).reduce((product, i, axis) => product * ((along[axis] as number[])[i] as number), 1),
  );
  return { total: cellsIn(counts), shape: space, times, hide, mark: hide };
}

/** How many windows cover each cell along one axis. */
function timesAlong(size: number, window: number, stride: number, count: number): number[] {
  return Array.from({ length: size }, (_, i) => {
    const last = Math.min(count - 1, Math.floor(i / stride));
    return last - Math.max(0, Math.ceil((i - window + 1) / stride)) + 1;
  });
}

/** The parts of an input that have the same label each, in the order of the labels. */
export function segmentsOf(labels: ArrayLike<number>): HiddenParts {
  const all = Array.from(labels);
  const known = [...new Set(all)].sort((a, b) => a - b);
  return {
    total: known.length,
    shape: [known.length],
    times: new Float32Array(known.length).fill(1),
    hide: (part, cells) =>
      all.forEach((label, cell) => {
        if (label === known[part]) cells[cell] = 1;
      }),
    mark: (part, cells) => (cells[part] = 1),
  };
}

/** A box of cells, from its beginning up to its end, along each axis. */
interface Box {
  readonly begin: readonly number[];
  readonly end: readonly number[];
}

/** A number as its places in a grid, the last axis first to count. */
function placesOf(number: number, counts: readonly number[]): number[] {
  let rest = number;
  const places = [...counts].reverse().map((count) => {
    const place = rest % count;
    rest = (rest - place) / count;
    return place;
  });
  return places.reverse();
}

function eachCell(
  space: readonly number[],
  { begin, end }: Box,
  visit: (cell: number) => void,
  axis = 0,
  before = 0,
): void {
  for (let i = begin[axis] as number; i < (end[axis] as number); i++) {
    const cell = before * (space[axis] as number) + i;
    if (axis === space.length - 1) visit(cell);
    else eachCell(space, { begin, end }, visit, axis + 1, cell);
  }
}
