import { reshape } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { currentBackend } from '../../../backends/backend';
import { isConstant } from '../program';
import type { Constant, Operand, Program, Step, ValueId } from '../program';
import { fusedAttrs } from './convolution';
import { derive } from './derive';
import { normFactor } from './normNumbers';

/**
 * A batch norm that stands for itself becomes a depthwise convolution of one cell where kernels are plain
 * loops: the one for batch norms divides number by number, on wasm in double precision:
 *
 *   y = w (x − mean) + offset,  w = scale / √(variance + ε)
 *
 * The mean is taken off first, and not off the offset: in networks of millions of rectifiers some are so near
 * their kink that the rounding decides.
 */
export function normsAsConvolutions(program: Program): Program {
  if (!currentBackend().hasPlainLoops) return program;
  const shapes = new Map(program.shapes);
  const steps = program.steps.flatMap((norm) => {
    const [y] = norm.outputs as [ValueId];
    const shape = shapes.get(y) as number[];
    if (norm.kernel !== 'FusedBatchNorm' || !isOfChannels(norm, shape)) return [norm];
    const centred = shapes.size;
    shapes.set(centred, shape);
    return apart(norm, centred, shape[3] as number);
  });
  return { ...program, steps, shapes };
}

/** Whether a batch norm has images, and a constant number of each kind for each channel. */
function isOfChannels({ inputs }: Step, shape: readonly number[]): boolean {
  const { x, ...statistics } = inputs;
  const isNumberEach = (operand: Operand) =>
    isConstant(operand) && operand.shape.length === 1 && operand.shape[0] === shape[3];
  return shape.length === 4 && !isConstant(x) && Object.values(statistics).every(isNumberEach);
}

function apart(norm: Step, centred: ValueId, channels: number): Step[] {
  const { x, mean, variance, scale, offset } = norm.inputs as Readonly<Record<string, Constant>>;
  const cell = [1, 1, channels, 1];
  const epsilon = Number(norm.attrs['varianceEpsilon'] ?? 1e-3);
  const filter = derive(`cell ${epsilon}`, cell, [variance, scale], (at) =>
    reshape(normFactor(at(0) as Tensor, at(1), epsilon), cell),
  );
  const conv = { ...norm, kernel: 'FusedDepthwiseConv2D', attrs: { strides: 1, pad: 'valid' } };
  return [
    {
      ...norm,
      kernel: 'Sub',
      attrs: {},
      inputs: { a: x as Operand, b: mean as Constant },
      outputs: [centred],
    },
    { ...conv, attrs: fusedAttrs(conv), inputs: { x: centred, filter, ...(offset && { bias: offset }) } },
  ];
}
