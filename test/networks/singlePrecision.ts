/** The type of numbers that weights are loaded as, also where another has its name by now. */
export const SinglePrecision = Float32Array;
