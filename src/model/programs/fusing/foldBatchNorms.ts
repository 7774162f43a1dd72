import { mul, reshape } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { isConstant, sizeOf } from '../program';
import type { Constant, Part, Program, ValueId } from '../program';
import { channelsOf, isPlainConvolution, withParameters } from './convolution';
import { derive } from './derive';
import { joinPairs } from './joinPairs';
import { normFactor, normShift } from './normNumbers';

/** Whether it pays to make a new filter, of a size, for a convolution that gives so many numbers. */
export type Pays = (filter: number, output: number) => boolean;

/**
 * A batch norm behind a convolution becomes part of its filter and bias, where that pays:
 *
 *   w′ = w s,  b′ = (b − mean) s + offset          s = scale / √(variance + ε)
 */
export function foldBatchNorms(program: Program, pays: Pays): Part {
  return joinPairs(program, (conv, norm) => {
    const { x, mean, variance, scale, offset } = norm.inputs;
    if (!isPlainConvolution(conv) || norm.kernel !== 'FusedBatchNorm' || x !== conv.outputs[0])
      return undefined;
    const channels = channelsOf(conv);
    const given = [mean, variance, scale, offset].filter((operand) => operand !== undefined);
    if (!given.every((operand) => isConstant(operand) && sizeOf(operand) === channels)) return undefined;
    const old = conv.inputs['filter'] as Constant;
    const output = program.shapes.get(conv.outputs[0] as ValueId) as number[];
    if (!pays(sizeOf(old), sizeOf({ shape: output }))) return undefined;
    const epsilon = Number(norm.attrs['varianceEpsilon'] ?? 1e-3);
    const factor = derive(
      `factor ${epsilon}`,
      [channels],
      [variance as Constant, scale as Constant | undefined],
      (at) => normFactor(at(0) as Tensor, at(1), epsilon),
    );
    const depthwise = conv.kernel.includes('Depthwise');
    const filter = derive(`scaled ${depthwise}`, old.shape, [old, factor], (at) =>
      scaled(at(0) as Tensor, at(1) as Tensor, depthwise),
    );
    const before = conv.inputs['bias'] as Constant | undefined;
    const parts = [mean as Constant, factor, before, offset as Constant | undefined];
    const shift = derive('shift', [channels], parts, (at) =>
      normShift(at(0) as Tensor, at(1) as Tensor, at(2), at(3)),
    );
    return withParameters(conv, norm, filter, shift);
  });
}

/** `filter` times a number for each channel that it gives. */
function scaled(filter: Tensor, scale: Tensor, depthwise: boolean): Tensor {
  const [, , channels, last] = filter.shape as [number, number, number, number];
  return mul(filter, depthwise ? reshape(scale, [channels, last]) : scale);
}
