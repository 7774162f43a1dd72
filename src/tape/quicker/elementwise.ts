import { ones, zeros } from '@tensorflow/tfjs-core';
import { ACTIVATE, NOT_ACTIVATED, type Activated } from '../../tensors/loops/activate';
import { NORMED } from '../../tensors/loops/normed';
import { OF_PAIRS, type OfTwo } from '../../tensors/loops/ofPairs';
import { RAISED } from '../../tensors/loops/raised';
import { isFloat, quicker, type Given, type Quicker, type QuickerKernels } from './quicker';

const ofTwo =
  (kernel: OfTwo) =>
  ({ inputs: { a, b } }: Given): Quicker =>
    isFloat(a) && isFloat(b) ? quicker(OF_PAIRS, { a, b }, { kernel }) : undefined;

const activated =
  (how: (attrs: Given['attrs']) => Activated | undefined) =>
  ({ inputs: { x }, attrs }: Given): Quicker => {
    const activated = how(attrs);
    return activated && isFloat(x) ? quicker(ACTIVATE, { x }, activated) : undefined;
  };

function normed({ inputs: { x, mean, variance, offset, scale }, attrs }: Given): Quicker {
  const width = x?.shape[x.rank - 1] ?? 0;
  const [from, by] = [offset ?? zeros([width]), scale ?? ones([width])];
  const areOfChannels = [mean, variance, from, by].every((each) => each?.size === width);
  if (!areOfChannels || !isFloat(x) || !mean || !variance) return undefined;
  const inputs = { x, mean, variance, offset: from, scale: by };
  return quicker(NORMED, inputs, { varianceEpsilon: Number(attrs['varianceEpsilon']) });
}

/** Loops over numbers, where TF.js calls a function for each. */
export const ELEMENTWISE: QuickerKernels = {
  Add: ofTwo('Add'),
  Sub: ofTwo('Sub'),
  Multiply: ofTwo('Multiply'),
  RealDiv: ofTwo('RealDiv'),
  Relu: activated(() => ({ ...NOT_ACTIVATED, slope: 0 })),
  Relu6: activated(() => ({ slope: 0, limit: 6 })),
  LeakyRelu: activated(({ alpha }) => (alpha ? { ...NOT_ACTIVATED, slope: Number(alpha) } : undefined)),
  ClipByValue: activated(({ clipValueMin, clipValueMax }) =>
    clipValueMin === 0 ? { slope: 0, limit: Number(clipValueMax) } : undefined,
  ),
  FusedBatchNorm: normed,
};

/** On wasm as well. */
export const POWERS: QuickerKernels = {
  Pow: ({ inputs: { a, b } }) =>
    isFloat(a) && isFloat(b) && b.size === 1 && a.rank >= b.rank ? quicker(RAISED, { a, b }, {}) : undefined,
};
