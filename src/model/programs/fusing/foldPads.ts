import type { Operand, Part, Program } from '../program';
import { isPlainConvolution } from './convolution';
import { joinPairs } from './joinPairs';

/** Zeros around an image become the padding of the convolution behind them. */
export function foldPads(program: Program): Part {
  return joinPairs(program, (pad, conv) => {
    if (pad.kernel !== 'PadV2' || !isPlainConvolution(conv) || conv.inputs['x'] !== pad.outputs[0])
      return undefined;
    const paddings = pad.attrs['paddings'] as [number, number][];
    const valid = conv.attrs['pad'] === 'valid' || conv.attrs['pad'] === 0;
    const inside =
      paddings.length === 4 && [0, 3].every((axis) => paddings[axis]?.every((size) => size === 0));
    if (!valid || !inside || Number(pad.attrs['constantValue'] ?? 0) !== 0) return undefined;
    return {
      ...conv,
      inputs: { ...conv.inputs, x: pad.inputs['x'] as Operand },
      attrs: { ...conv.attrs, pad: paddings },
    };
  });
}
