import { isRelu6 } from '../singleKernel';
import type { Part, Program, Step } from '../program';
import { CONVOLUTIONS, fusedAttrs, isPlainConvolution } from './convolution';
import { joinPairs } from './joinPairs';

/** A ReLU, ReLU6 or LeakyReLU becomes the activation of the convolution or product before it. */
export function foldRectifiers(program: Program): Part {
  // the clip first: Relu and Minimum are one Relu6
  const clipped = joinPairs(program, (relu, clip) => {
    // in a layer only: at its bound a graph's clip lets pass what a ReLU6 does not
    if (relu.kernel !== 'Relu' || clip.where === undefined || !isRelu6(clip, [relu, clip])) return undefined;
    return { ...relu, kernel: 'Relu6', outputs: clip.outputs };
  });
  return joinPairs({ ...program, ...clipped }, (conv, relu) => {
    const activation = activationOf(relu);
    const fusable =
      isPlainConvolution(conv) ||
      (conv.kernel === '_FusedMatMul' && (conv.attrs['activation'] ?? 'linear') === 'linear');
    if (!activation || !fusable) return undefined;
    const { kernel } = conv;
    return {
      ...conv,
      kernel: CONVOLUTIONS[kernel] ?? kernel,
      attrs: { ...fusedAttrs(conv), ...activation },
      outputs: relu.outputs,
      where: relu.where, // which a clip behind it is looked for in
      rule: relu.rule,
      parts: [conv, relu],
    };
  });
}

/** As a fused kernel takes it. */
function activationOf({ kernel, attrs }: Step): Step['attrs'] | undefined {
  if (kernel === 'Relu') return { activation: 'relu' };
  if (kernel === 'Relu6') return { activation: 'relu6' };
  const alpha = Number(attrs['alpha']);
  // of another slope the output does not tell the sign
  if (kernel === 'LeakyRelu' && alpha > 0) return { activation: 'leakyrelu', leakyreluAlpha: alpha };
  return undefined;
}
