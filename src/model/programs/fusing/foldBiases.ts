import { add, reshape } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { isConstant, sizeOf } from '../program';
import type { Constant, Part, Program } from '../program';
import { channelsOf, isPlainConvolution, withParameters } from './convolution';
import { derive, flat } from './derive';
import { joinPairs } from './joinPairs';

/** A number for each channel, added behind a convolution, becomes part of its bias. */
export function foldBiases(program: Program): Part {
  return joinPairs(program, (conv, sum) => {
    if (!isPlainConvolution(conv) || sum.kernel !== 'Add') return undefined;
    const { a, b } = sum.inputs;
    const bias = a === conv.outputs[0] ? b : a;
    const channels = channelsOf(conv);
    if (!isConstant(bias) || sizeOf(bias) !== channels) return undefined;
    const { shape } = bias;
    // one of more axes than the images gives its sum more, too
    if (shape.length > 4 || shape[shape.length - 1] !== channels) return undefined;
    const before = conv.inputs['bias'] as Constant | undefined;
    const shift = derive('biases', [channels], [bias, before], (at) => {
      const [added, old] = [at(0) as Tensor, at(1)];
      return old ? add(flat(added), flat(old)) : reshape(added, [channels]);
    });
    return withParameters(conv, sum, conv.inputs['filter'] as Constant, shift);
  });
}
