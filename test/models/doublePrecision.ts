/*
 * The first import of a program that computes in double precision: TF.js's cpu kernels take the number type
 * from the global of this name.
 */
globalThis.Float32Array = Float64Array as unknown as typeof Float32Array;
