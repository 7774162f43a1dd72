import { add, complex, mul, sub, zerosLike } from '@tensorflow/tfjs-core';
import type { BinaryInputs, CastAttrs, CastInputs, Tensor } from '@tensorflow/tfjs-core';
import { undoBroadcast } from '../../tensors/undoBroadcast';
import { gradientOf } from '../gradientOf';
import { kernelGradient, type KernelGradient } from '../kernelGradient';
import { complexGradients, partsOf } from './complex';

/** Kernels that do the same to both parts of complex numbers, and so do their gradients. */
const BY_PARTS: ReadonlySet<string> = new Set([
  'Add',
  'AddN',
  'Concat',
  'ExpandDims',
  'Identity',
  'Pack',
  'Reshape',
  'Slice',
  'SplitV',
  'Sub',
  'Transpose',
  'Unpack',
]);

const ofTwoKinds: ReadonlyMap<string, KernelGradient> = new Map(
  [
    ...complexGradients,
    kernelGradient<CastInputs, CastAttrs>('Cast', {
      backward: (dy) => ({
        x: () => (dy.dtype === 'complex64' ? partsOf(dy)[0] : complex(dy, zerosLike(dy))),
      }),
    }),
    kernelGradient<BinaryInputs>('Multiply', {
      needs: { a: ['b'], b: ['a'] },
      backward: (dy, call) => ({
        a: () => timesConjugate(dy, call.saved('b'), call.shapes.a),
        b: () => timesConjugate(dy, call.saved('a'), call.shapes.b),
      }),
    }),
  ].map((row) => [row.kernel, row]),
);

/** The gradient of a kernel that takes or gives complex numbers: without an entry where none is known. */
export function complexGradientOf(kernel: string): KernelGradient {
  const row = ofTwoKinds.get(kernel);
  if (row) return row;
  const ofReal = BY_PARTS.has(kernel) ? gradientOf(kernel) : undefined;
  return ofReal ? byParts(ofReal) : { kernel, backward: () => ({}) };
}

function byParts(ofReal: KernelGradient): KernelGradient {
  return {
    ...ofReal,
    backward: (_dy, call) => {
      const parts = call.dys.map((dy) => partsOf(dy));
      const [re, im] = ([0, 1] as const).map((i) => {
        const dys = parts.map((pair) => pair[i]);
        return ofReal.backward(dys[0] as Tensor, { ...call, dys });
      }) as [Thunks, Thunks];
      return Object.fromEntries(
        Object.keys(re).map((name) => [name, () => complex(re[name]!(), im[name]!())]),
      );
    },
  };
}

type Thunks = ReturnType<KernelGradient['backward']>;

/** `dy` times the conjugate of `z`. */
function timesConjugate(dy: Tensor, z: Tensor, shape: number[]): Tensor {
  const [[a, b], [c, d]] = [partsOf(dy), partsOf(z)];
  return complex(
    undoBroadcast(add(mul(a, c), mul(b, d)), shape),
    undoBroadcast(sub(mul(b, c), mul(a, d)), shape),
  );
}
