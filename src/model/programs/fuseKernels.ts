import { add, mul, neg, reshape, rsqrt, sub } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { clipsAtSix, isConstant } from './program';
import type { Constant, Operand, Program, Step, ValueId } from './program';

/*
 * What makes the forward pass of a network fast, and with it the backward pass, which goes through fewer
 * kernels:
 *
 *   conv, batch norm      one conv         w' = w s,  b' = b s + t
 *   conv, bias            one conv         s = scale / sqrt(variance + epsilon),  t = offset - mean s
 *   pad, conv             one conv         zeros around the image are the conv's own affair
 *   conv, relu or relu6   one conv         the gate is read off the output
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

/** Whether it pays to make a new filter, of a size, for a convolution that gives so many numbers. */
export type Pays = (filter: number, output: number) => boolean;

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

type Part = Pick<Program, 'steps' | 'results'>;

function dropIdentities(program: Program): Part {
  const stands = new Map<ValueId, Operand>();
  const through = (operand: Operand): Operand =>
    isConstant(operand) ? operand : (stands.get(operand) ?? operand);
  const steps = program.steps.flatMap((step) => {
    const inputs = Object.fromEntries(
      Object.entries(step.inputs).map(([name, operand]) => [name, through(operand)]),
    );
    if (!isIdentity(step, program)) return [{ ...step, inputs }];
    stands.set(step.outputs[0] as ValueId, inputs['x'] as Operand);
    return [];
  });
  return { steps, results: program.results.map(through) };
}

/** Whether a step gives what it gets, as a reshape to the same shape does. */
function isIdentity({ kernel, inputs, outputs }: Step, { shapes }: Program): boolean {
  if (kernel !== 'Identity' && kernel !== 'Reshape') return false;
  const [x, y] = [inputs['x'], outputs[0]];
  if (isConstant(x) || x === undefined || y === undefined) return false;
  return kernel === 'Identity' || String(shapes.get(x)) === String(shapes.get(y));
}

/** Rewrites each step with the one step that reads its output, where `join` says how. */
function joinPairs(program: Program, join: (first: Step, second: Step) => Step | undefined): Part {
  const steps: (Step | undefined)[] = [...program.steps];
  const readers = new Map<ValueId, number[]>();
  program.steps.forEach(({ inputs }, i) => {
    for (const operand of Object.values(inputs)) {
      if (!isConstant(operand)) readers.set(operand, [...(readers.get(operand) ?? []), i]);
    }
  });
  const asked = new Set(program.results);
  for (let i = 0; i < steps.length; i++) {
    const first = steps[i];
    const y = first?.outputs[0];
    if (!first || first.outputs.length !== 1 || y === undefined || asked.has(y)) continue;
    const [at, ...others] = readers.get(y) ?? [];
    const second = at === undefined ? undefined : steps[at];
    const joined = second && others.length === 0 ? join(first, second) : undefined;
    if (!joined || at === undefined) continue;
    // where the second stood, as all that it reads is there by then
    steps[i] = undefined;
    steps[at] = joined;
  }
  return { steps: steps.filter((step) => step !== undefined), results: program.results };
}

const CONVOLUTIONS: Readonly<Record<string, string>> = {
  Conv2D: 'FusedConv2D',
  FusedConv2D: 'FusedConv2D',
  DepthwiseConv2dNative: 'FusedDepthwiseConv2D',
  FusedDepthwiseConv2D: 'FusedDepthwiseConv2D',
};

/** A convolution with constant weights, channels last, and nothing behind it yet. */
function isPlainConvolution({ kernel, inputs, attrs }: Step): boolean {
  return (
    kernel in CONVOLUTIONS &&
    isConstant(inputs['filter']) &&
    !isConstant(inputs['x']) &&
    (attrs['activation'] ?? 'linear') === 'linear' &&
    (attrs['dataFormat'] ?? 'NHWC') === 'NHWC' &&
    (inputs['bias'] === undefined || isConstant(inputs['bias']))
  );
}

function withParameters(conv: Step, second: Step, filter: Constant, bias: Constant): Step {
  return {
    ...conv,
    kernel: CONVOLUTIONS[conv.kernel] as string,
    attrs: fusedAttrs(conv),
    inputs: { ...conv.inputs, filter, bias },
    outputs: second.outputs,
  };
}

/** What a fused kernel is told: all that a plain one may leave out. */
function fusedAttrs({ kernel, attrs }: Step): Step['attrs'] {
  const filled = { activation: 'linear', leakyreluAlpha: 0.2, ...attrs };
  return kernel in CONVOLUTIONS
    ? { dataFormat: 'NHWC', ...filled, dilations: attrs['dilations'] ?? [1, 1] }
    : filled;
}

/** How many channels a convolution gives. */
function channelsOf({ kernel, inputs }: Step): number {
  const [, , channels, last] = (inputs['filter'] as Constant).shape as [number, number, number, number];
  return kernel.includes('Depthwise') ? channels * last : last;
}

/** `filter` times a number for each channel that it gives. */
function scaled(filter: Tensor, scale: Tensor, depthwise: boolean): Tensor {
  const [, , channels, last] = filter.shape as [number, number, number, number];
  return mul(filter, depthwise ? reshape(scale, [channels, last]) : scale);
}

/** A number for each channel, on one axis. */
function flat(x: Tensor): Tensor {
  return x.rank === 1 ? x : reshape(x, [-1]);
}

function foldBatchNorms(program: Program, pays: Pays): Part {
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
    const factor = derive([channels], [variance as Constant, scale as Constant | undefined], (at) => {
      const inverse = rsqrt(add(flat(at(0) as Tensor), epsilon));
      const given = at(1);
      return given ? mul(inverse, flat(given)) : inverse;
    });
    const depthwise = conv.kernel.includes('Depthwise');
    const filter = derive(old.shape, [old, factor], (at) =>
      scaled(at(0) as Tensor, at(1) as Tensor, depthwise),
    );
    const before = conv.inputs['bias'] as Constant | undefined;
    const parts = [mean as Constant, factor, before, offset as Constant | undefined];
    const shift = derive([channels], parts, (at) => {
      const bias = at(2);
      const [means, factors, offsets] = [flat(at(0) as Tensor), at(1) as Tensor, at(3)];
      const moved = mul(bias ? sub(means, flat(bias)) : means, factors);
      return offsets ? sub(flat(offsets), moved) : neg(moved);
    });
    return withParameters(conv, norm, filter, shift);
  });
}

function foldBiases(program: Program): Part {
  return joinPairs(program, (conv, sum) => {
    if (!isPlainConvolution(conv) || sum.kernel !== 'Add') return undefined;
    const { a, b } = sum.inputs;
    const bias = a === conv.outputs[0] ? b : a;
    const channels = channelsOf(conv);
    if (!isConstant(bias) || sizeOf(bias) !== channels || bias.shape[bias.shape.length - 1] !== channels)
      return undefined;
    const before = conv.inputs['bias'] as Constant | undefined;
    const shift = derive([channels], [bias, before], (at) => {
      const [added, old] = [at(0) as Tensor, at(1)];
      return old ? add(flat(added), flat(old)) : reshape(added, [channels]);
    });
    return withParameters(conv, sum, conv.inputs['filter'] as Constant, shift);
  });
}

function foldPads(program: Program): Part {
  return joinPairs(program, (pad, conv) => {
    if (pad.kernel !== 'PadV2' || !isPlainConvolution(conv) || conv.inputs['x'] !== pad.outputs[0])
      return undefined;
    const paddings = pad.attrs['paddings'] as unknown as [number, number][];
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

function foldRectifiers(program: Program): Part {
  // the clip first: Relu and Minimum are one Relu6
  const clipped = joinPairs(program, (relu, clip) => {
    if (relu.kernel !== 'Relu' || relu.where !== clip.where || !clipsAtSix(clip)) return undefined;
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
      attrs: { ...fusedAttrs(conv), activation },
      outputs: relu.outputs,
      where: relu.where, // which a clip behind it is looked for in
      rule: relu.rule,
    };
  });
}

function activationOf({ kernel }: Step): 'relu' | 'relu6' | undefined {
  return kernel === 'Relu' ? 'relu' : kernel === 'Relu6' ? 'relu6' : undefined;
}

function derive(
  shape: readonly number[],
  from: readonly (Constant | undefined)[],
  make: (at: (i: number) => Tensor | undefined) => Tensor,
): Constant {
  const given = from.filter((constant) => constant !== undefined);
  const places = from.map((constant) => (constant ? given.indexOf(constant) : -1));
  return {
    shape,
    source: { from: given, make: (tensors) => make((i) => tensors[places[i] as number]) },
  };
}

function sizeOf({ shape }: Pick<Constant, 'shape'>): number {
  return shape.reduce((product, size) => product * size, 1);
}
