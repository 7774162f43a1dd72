import { nthSmallest } from '../../tensors/loops/nthSmallest';

/** How a guided path is walked. */
export interface GuidedWalk {
  readonly steps: number;
  /** Which part of the cells, those of least gradient, moves first. */
  readonly fraction: number;
  /** How far a cell may be ahead or behind, as a share of its way. */
  readonly maxDistance: number;
}

/** How near two distances are taken for the same. */
const SAME = 1e-9;

/** A path of one sample from a baseline to the input, on which cells of little gradient move first. */
export class GuidedPath {
  /** Where it is. */
  readonly at: Float64Array;
  /** What the gradients along the path came to, cell by cell. */
  readonly attribution: Float64Array;
  private readonly whole: number;

  constructor(
    private readonly from: Float64Array,
    private readonly to: Float64Array,
    private readonly walk: GuidedWalk,
  ) {
    this.at = from.slice();
    this.attribution = new Float64Array(from.length);
    this.whole = this.left();
  }

  /**
   * A step: the distance to the input, summed over the cells, becomes what it would be on the straight way.
   *
   * Cells that are too far behind catch up. Then those of least gradient, among the cells not yet as far
   * ahead as they may be, move there, lot after lot; the last lot only as far as is needed.
   *
   * @param gradient Where the path is.
   * @param nth From 0 on.
   */
  step(gradient: ArrayLike<number>, nth: number): void {
    const { steps, maxDistance, fraction } = this.walk;
    const part = (nth + 1) / steps;
    // a way without a length, as there are no numbers in it, is gone straight, so that it shows
    const hasLength = Number.isFinite(this.whole);
    const least = hasLength ? Math.max(part - maxDistance, 0) : part;
    const most = Math.min(part + maxDistance, 1);
    const wanted = this.whole * (1 - part);
    // a gradient that is no number counts for nothing, and so moves, and shows
    const size = Float64Array.from(gradient, (value) => (Number.isNaN(value) ? 0 : Math.abs(value)));
    for (let cell = 0; cell < this.at.length; cell++) {
      if (!(this.shareOf(cell) >= least)) this.move(cell, this.placeAt(cell, least), gradient);
    }
    while (hasLength) {
      const distance = this.left();
      if (Math.abs(distance - wanted) <= SAME * Math.max(1, distance, wanted)) return;
      for (let cell = 0; cell < size.length; cell++) {
        if (this.at[cell] === this.placeAt(cell, most)) size[cell] = Infinity;
      }
      const limit = nthSmallest(size.slice(), Math.floor((size.length - 1) * fraction));
      let reach = 0;
      for (let cell = 0; cell < size.length; cell++) {
        if (isChosen(size[cell]!, limit)) reach += Math.abs(this.at[cell]! - this.placeAt(cell, most));
      }
      if (reach === 0) return; // none is left that could move
      const share = Math.min(1, (distance - wanted) / reach);
      for (let cell = 0; cell < size.length; cell++) {
        if (!isChosen(size[cell]!, limit)) continue;
        const [here, there] = [this.at[cell]!, this.placeAt(cell, most)];
        this.move(cell, share === 1 ? there : here + (there - here) * share, gradient);
      }
      if ((distance - wanted) / reach <= 1) return;
    }
  }

  private move(cell: number, to: number, gradient: ArrayLike<number>): void {
    this.attribution[cell]! += (to - this.at[cell]!) * gradient[cell]!;
    this.at[cell] = to;
  }

  private placeAt(cell: number, share: number): number {
    return this.from[cell]! + (this.to[cell]! - this.from[cell]!) * share;
  }

  /** How far a cell is on its way; one that has none is at its end. */
  private shareOf(cell: number): number {
    const way = this.to[cell]! - this.from[cell]!;
    return way === 0 ? 1 : (this.at[cell]! - this.from[cell]!) / way;
  }

  /** How far it is to the input, summed over the cells. */
  private left(): number {
    return this.at.reduce((sum, value, cell) => sum + Math.abs(value - this.to[cell]!), 0);
  }
}

function isChosen(size: number, limit: number): boolean {
  return size <= limit && size !== Infinity;
}
