import {
  add,
  div,
  floor,
  greater,
  log,
  mul,
  neg,
  pow,
  square,
  sub,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type { BinaryInputs } from '@tensorflow/tfjs-core';
import { floats } from '../../tensors/floats';
import { selectFlat } from '../../tensors/selectFlat';
import { undoBroadcast } from '../../tensors/undoBroadcast';
import { kernelGradient, type KernelGradient } from '../kernelGradient';
import { BOTH, ofTwo } from './ofTwo';

/*
 * Powers, remainders and angles of two tensors, broadcast against each other.
 *
 *   a^b           da = dy b a^(b-1)        db = dy a^b ln a, and 0 where a <= 0
 *   a mod b       da = dy                  db = -dy floor(a / b)
 *   atan2(a, b)   da = dy b / (a² + b²)    db = -dy a / (a² + b²)
 */

export const powerGradients: readonly KernelGradient[] = [
  kernelGradient<BinaryInputs>('Pow', {
    needs: { a: ['a', 'b'], b: ['a', 'output'] },
    backward: (dy, call) => ({
      a: () => {
        const [a, b] = [floats(call.saved('a')), floats(call.saved('b'))];
        return undoBroadcast(mul(dy, mul(b, pow(a, sub(b, 1)))), call.shapes.a);
      },
      b: () => {
        const a = floats(call.saved('a'));
        const logarithm = selectFlat(a.shape, [a], (a) => where(greater(a, 0), log(a), zerosLike(a)));
        return undoBroadcast(mul(dy, mul(call.saved('output'), logarithm)), call.shapes.b);
      },
    }),
  }),
  ofTwo(
    'Mod',
    { a: [], b: ['a', 'b'] },
    (dy) => dy,
    (dy, saved) => mul(dy, neg(floor(div(saved('a'), saved('b'))))),
  ),
  ofTwo(
    'Atan2',
    BOTH,
    (dy, saved) => mul(dy, div(saved('b'), add(square(saved('a')), square(saved('b'))))),
    (dy, saved) => neg(mul(dy, div(saved('a'), add(square(saved('a')), square(saved('b')))))),
  ),
];
