/** What is known of the first sample of a network, computed in double precision. */
export interface NetworkReference {
  readonly name: string;
  readonly score: number;
  /** How fast the score rises with each value of the input. */
  readonly dx: readonly number[];
  /** The output of a layer, how fast the score rises with each of its values, and their shape. */
  readonly y: readonly number[];
  readonly dy: readonly number[];
  readonly shape: readonly number[];
}
