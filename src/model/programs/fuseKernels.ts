import { dropIdentities } from './fusing/dropIdentities';
import { foldBatchNorms } from './fusing/foldBatchNorms';
import type { Pays } from './fusing/foldBatchNorms';
import { foldBiases } from './fusing/foldBiases';
import { foldPads } from './fusing/foldPads';
import { foldRectifiers } from './fusing/foldRectifiers';
import { joinChains, LINKS } from './fusing/joinChains';
import { joinSwishes } from './fusing/joinSwishes';
import { normsAsConvolutions } from './fusing/normsAsConvolutions';
import { shareProducts } from './fusing/shareProducts';
import type { Program } from './program';

/*
 * What makes the forward pass of a network fast, and with it the backward pass, which goes through fewer
 * kernels:
 *
 *   pad, conv             one conv
 *   conv, batch norm      one conv
 *   conv, bias            one conv
 *   conv, rectifier       one conv, and the gate is read off the output
 *   identity, no reshape  nothing
 *   batch norm alone      a difference and a conv of one cell, on wasm
 *   a product each step   one product of the sequence
 *   small arithmetic      one loop, on cpu and wasm
 *   a large swish         one kernel, on wasm
 *
 * That an RNN's steps are one kernel, on cpu and wasm, is the layer's matter, as nobody need write them down.
 */

/** The kernels that may be part of another one afterwards, and those that come in their place. */
export const FUSIBLE: readonly string[] = [
  ...LINKS,
  'Unpack',
  'Identity',
  'Reshape',
  'PadV2',
  'Conv2D',
  'FusedConv2D',
  'DepthwiseConv2dNative',
  'FusedDepthwiseConv2D',
  '_FusedMatMul',
  'FusedBatchNorm',
  'Relu',
  'Relu6',
  'LeakyRelu',
  'Minimum',
  'BiasAdd',
  'BatchMatMul',
  'Transpose',
  'Reverse',
  'Pack',
];

/** A program in which what can be one kernel is one. What is asked for stays as it is. */
export function fuseKernels(program: Program, pays: Pays): Program {
  const foldNorms = (part: Program) => foldBatchNorms(part, pays);
  const fusings = [
    dropIdentities,
    foldPads,
    foldNorms,
    normsAsConvolutions,
    foldBiases,
    foldRectifiers,
    shareProducts,
    joinChains,
    joinSwishes,
  ];
  return fusings.reduce((fused: Program, fuse) => ({ ...fused, ...fuse(fused) }), program);
}
