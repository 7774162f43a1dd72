import { dropIdentities } from './fusing/dropIdentities';
import { foldBatchNorms } from './fusing/foldBatchNorms';
import type { Pays } from './fusing/foldBatchNorms';
import { foldBiases } from './fusing/foldBiases';
import { foldPads } from './fusing/foldPads';
import { foldRectifiers } from './fusing/foldRectifiers';
import type { Program } from './program';

/*
 * What makes the forward pass of a network fast, and with it the backward pass, which goes through fewer
 * kernels:
 *
 *   pad, conv             one conv
 *   conv, batch norm      one conv
 *   conv, bias            one conv
 *   conv, relu or relu6   one conv, and the gate is read off the output
 *   identity, no reshape  nothing
 */

/** The kernels that may be part of another one afterwards. */
export const FUSIBLE: readonly string[] = [
  'Identity',
  'Reshape',
  'PadV2',
  'Conv2D',
  'FusedConv2D',
  'DepthwiseConv2dNative',
  'FusedDepthwiseConv2D',
  '_FusedMatMul',
  'FusedBatchNorm',
  'Add',
  'Relu',
  'Relu6',
  'Minimum',
  'ClipByValue',
];

/** A program in which what can be one kernel is one. What is asked for stays as it is. */
export function fuseKernels(program: Program, pays: Pays): Program {
  let steps = program.steps;
  let results = program.results;
  const foldNorms = (part: Program) => foldBatchNorms(part, pays);
  for (const fuse of [dropIdentities, foldPads, foldNorms, foldBiases, foldRectifiers]) {
    ({ steps, results } = fuse({ ...program, steps, results }));
  }
  return { ...program, steps, results };
}
