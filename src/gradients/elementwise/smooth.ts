import {
  add,
  cos,
  cosh,
  div,
  equal,
  exp,
  mul,
  neg,
  sigmoid,
  sin,
  sinh,
  sqrt,
  square,
  sub,
  where,
} from '@tensorflow/tfjs-core';
import type { Tensor, UnaryInputs } from '@tensorflow/tfjs-core';
import { currentBackend } from '../../backends/backend';
import { floats } from '../../tensors/floats';
import { kernelGradient, type KernelGradient } from '../kernelGradient';

/*
 * Functions of one number that are smooth. What is kept is the output where the derivative is a function of
 * it, else the input.
 */

/** `dx`, of `dy` and of what is kept. */
type Back = (dy: Tensor, kept: Tensor) => Tensor;

const fromInput = (kernel: string, back: Back): KernelGradient =>
  kernelGradient<UnaryInputs>(kernel, {
    needs: { x: ['x'] },
    backward: (dy, call) => ({ x: () => back(dy, floats(call.saved('x'))) }),
  });

const fromOutput = (kernel: string, back: Back): KernelGradient =>
  kernelGradient<UnaryInputs>(kernel, {
    needs: { x: ['output'] },
    backward: (dy, call) => ({ x: () => back(dy, call.saved('output')) }),
  });

/** Where nothing arrives, nothing leaves, at 0 either, as in TensorFlow: `max(norm(x), 0.001)`. */
const ofArriving = (dy: Tensor, dx: Tensor) => where(equal(dy, 0), 0, dx);

/** Up to how many numbers a sigmoid's way back computes another one where TF.js does so one by one. */
const EXACT_UP_TO = 1 << 16;

/**
 * `dy y (1 − y)`. 1 − y is what −x gives, as the difference is 0 where y is 1 in single precision. Of large
 * tensors on wasm, which are inside of a network and not its probabilities, it is the difference, which is
 * many times quicker there.
 */
function throughSigmoid(dy: Tensor, y: Tensor, x: () => Tensor): Tensor {
  const isQuick = currentBackend().hasPlainLoops && y.size > EXACT_UP_TO;
  return mul(dy, mul(y, isQuick ? sub(1, y) : sigmoid(neg(floats(x())))));
}

export const smoothGradients: readonly KernelGradient[] = [
  kernelGradient<UnaryInputs>('Neg', { backward: (dy) => ({ x: () => neg(dy) }) }),
  // powers
  fromInput('Square', (dy, x) => mul(dy, mul(x, 2))),
  fromOutput('Sqrt', (dy, y) => ofArriving(dy, div(dy, mul(y, 2)))),
  fromOutput('Rsqrt', (dy, y) => ofArriving(dy, mul(dy, mul(mul(square(y), y), -0.5)))),
  fromOutput('Reciprocal', (dy, y) => ofArriving(dy, neg(mul(dy, square(y))))),
  // exponentials and what is made of them
  fromOutput('Exp', (dy, y) => mul(dy, y)),
  fromInput('Expm1', (dy, x) => mul(dy, exp(x))),
  fromInput('Log', (dy, x) => div(dy, x)),
  fromInput('Log1p', (dy, x) => div(dy, add(x, 1))),
  kernelGradient<UnaryInputs>('Sigmoid', {
    needs: { x: ['x', 'output'] },
    backward: (dy, call) => ({
      x: () => throughSigmoid(dy, call.saved('output'), () => call.saved('x')),
    }),
  }),
  fromInput('Softplus', (dy, x) => mul(dy, sigmoid(x))),
  fromInput('Erf', (dy, x) => mul(dy, mul(exp(neg(square(x))), 2 / Math.sqrt(Math.PI)))),
  fromOutput('Tanh', (dy, y) => mul(dy, sub(1, square(y)))),
  fromInput('Sinh', (dy, x) => mul(dy, cosh(x))),
  fromInput('Cosh', (dy, x) => mul(dy, sinh(x))),
  fromInput('Asinh', (dy, x) => div(dy, sqrt(add(square(x), 1)))),
  fromInput('Acosh', (dy, x) => div(dy, sqrt(sub(square(x), 1)))),
  fromInput('Atanh', (dy, x) => div(dy, sub(1, square(x)))),
  // angles
  fromInput('Sin', (dy, x) => mul(dy, cos(x))),
  fromInput('Cos', (dy, x) => neg(mul(dy, sin(x)))),
  fromInput('Tan', (dy, x) => div(dy, square(cos(x)))),
  fromInput('Asin', (dy, x) => div(dy, sqrt(sub(1, square(x))))),
  fromInput('Acos', (dy, x) => neg(div(dy, sqrt(sub(1, square(x)))))),
  fromInput('Atan', (dy, x) => div(dy, add(square(x), 1))),
];
