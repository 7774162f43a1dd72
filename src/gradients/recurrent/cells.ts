import { addRowTimes, addTimesTransposed, type Columns } from '../../tensors/loops/rowProducts';
import type { Bounded } from './bounded';

/*
 * A step of each of Keras's cells, for one sample. `a` and `s` are its activation and its recurrent one, `U`
 * the recurrent weights, and what comes in holds the inputs' products and the bias:
 *
 *   SimpleRNN  h' = a(x + h U)
 *   GRU        z, r = s(x + h U)   g = a(x + (r h) U)   h' = z h + (1 − z) g
 *   LSTM       i, f, o = s(x + h U)   g = a(x + h U)   c' = f c + i g   h' = o a(c')
 *
 * in the order in which tfjs-layers has them: z, r, g and i, f, g, o.
 */

/** What all steps share. */
export interface CellNumbers {
  readonly units: number;
  /** `U`: a row for each unit. */
  readonly recurrent: Float32Array;
  readonly activation: Bounded;
  readonly recurrentActivation: Bounded;
}

/** Where a step stands; each array holds a sample's numbers. */
export interface CellState {
  /** What goes out, and comes into the next step. */
  readonly h: Float64Array;
  /** The LSTM's carry. */
  readonly c: Float64Array;
  /** What stands before each activation: the inputs' part at first. */
  readonly before: Float64Array;
}

/** What goes back through a step. */
export interface CellBack {
  /** Arrives at the outgoing state, and leaves to the incoming one. */
  readonly dh: Float64Array;
  readonly dc: Float64Array;
  /** Leaves to what stands before each activation. */
  readonly dBefore: Float64Array;
}

/** A cell of an RNN. */
export interface Cell {
  /** How many numbers stand before activations, for each unit. */
  readonly parts: number;
  /** Whether it has a carry. */
  readonly hasCarry: boolean;
  /** Takes a state one step on. */
  readonly forward: (numbers: CellNumbers, state: CellState) => void;
  /**
   * Goes a step back.
   *
   * @param state `h` and `c` as they came in.
   */
  readonly back: (numbers: CellNumbers, state: CellState, back: CellBack) => void;
}

/** The columns of some parts, from one up to another. */
function parts({ recurrent, units }: CellNumbers, of: number, from: number, to: number): Columns {
  return { values: recurrent, width: of * units, from: from * units, to: to * units };
}

const simple: Cell = {
  parts: 1,
  hasCarry: false,
  forward: (numbers, { h, before }) => {
    addRowTimes(h, parts(numbers, 1, 0, 1), before);
    for (let k = 0; k < h.length; k++) h[k] = numbers.activation.value(before[k]!);
  },
  back: (numbers, { before }, { dh, dBefore }) => {
    for (let k = 0; k < dh.length; k++) dBefore[k] = dh[k]! * numbers.activation.slope(before[k]!);
    dh.fill(0);
    addTimesTransposed(dBefore, parts(numbers, 1, 0, 1), dh);
  },
};

const gru: Cell = {
  parts: 3,
  hasCarry: false,
  forward: (numbers, { h, before }) => {
    const { units: n, activation: a, recurrentActivation: s } = numbers;
    addRowTimes(h, parts(numbers, 3, 0, 2), before);
    const reset = h.map((value, k) => value * s.value(before[n + k]!));
    addRowTimes(reset, parts(numbers, 3, 2, 3), before);
    for (let k = 0; k < n; k++) {
      const z = s.value(before[k]!);
      h[k] = z * h[k]! + (1 - z) * a.value(before[2 * n + k]!);
    }
  },
  back: (numbers, { h, before }, { dh, dBefore }) => {
    const { units: n, activation: a, recurrentActivation: s } = numbers;
    for (let k = 0; k < n; k++) {
      const z = s.value(before[k]!);
      const g = before[2 * n + k]!;
      dBefore[k] = dh[k]! * (h[k]! - a.value(g)) * s.slope(before[k]!);
      dBefore[2 * n + k] = dh[k]! * (1 - z) * a.slope(g);
      dh[k]! *= z;
    }
    const dReset = new Float64Array(n);
    addTimesTransposed(dBefore, parts(numbers, 3, 2, 3), dReset);
    for (let k = 0; k < n; k++) {
      const r = before[n + k]!;
      dBefore[n + k] = dReset[k]! * h[k]! * s.slope(r);
      dh[k]! += dReset[k]! * s.value(r);
    }
    addTimesTransposed(dBefore, parts(numbers, 3, 0, 2), dh);
  },
};

const lstm: Cell = {
  parts: 4,
  hasCarry: true,
  forward: (numbers, { h, c, before }) => {
    const { units: n, activation: a, recurrentActivation: s } = numbers;
    addRowTimes(h, parts(numbers, 4, 0, 4), before);
    for (let k = 0; k < n; k++) {
      const [i, f] = [s.value(before[k]!), s.value(before[n + k]!)];
      const [g, o] = [a.value(before[2 * n + k]!), s.value(before[3 * n + k]!)];
      c[k] = f * c[k]! + i * g;
      h[k] = o * a.value(c[k]!);
    }
  },
  back: (numbers, { c, before }, { dh, dc, dBefore }) => {
    const { units: n, activation: a, recurrentActivation: s } = numbers;
    for (let k = 0; k < n; k++) {
      const [xi, xf, xg, xo] = [before[k]!, before[n + k]!, before[2 * n + k]!, before[3 * n + k]!];
      const [i, f, g, o] = [s.value(xi), s.value(xf), a.value(xg), s.value(xo)];
      const made = f * c[k]! + i * g;
      const arrived = dc[k]! + dh[k]! * o * a.slope(made);
      dBefore[k] = arrived * g * s.slope(xi);
      dBefore[n + k] = arrived * c[k]! * s.slope(xf);
      dBefore[2 * n + k] = arrived * i * a.slope(xg);
      dBefore[3 * n + k] = dh[k]! * a.value(made) * s.slope(xo);
      dc[k] = arrived * f;
    }
    dh.fill(0);
    addTimesTransposed(dBefore, parts(numbers, 4, 0, 4), dh);
  },
};

/** By the class names of tfjs-layers. */
export const CELLS: Readonly<Record<string, Cell>> = { SimpleRNNCell: simple, GRUCell: gru, LSTMCell: lstm };
