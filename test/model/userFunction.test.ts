import {
  square,
  sum,
  tensor2d,
  type NamedTensorMap,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { saliency, type ModelFunction, type Target } from 'guided-saliency';
import { expect, it } from 'vitest';
import { rounded } from '../support/rounded';

const x = tensor2d([[1, 2]]);
const first = (outputs: NamedTensorMap) => sum(outputs['a'] as Tensor);

it('functions of a model and of a target are taken with the types that users write', async () => {
  const models: ModelFunction[] = [
    (a: Tensor2D) => square(a),
    (a) => square(a),
    (a: Tensor) => square(a),
    (a: Tensor) => [square(a)],
  ];
  const targets: Target[] = [
    (p: Tensor2D): Tensor => sum(p),
    (p) => sum(p),
    (p: Tensor) => sum(p),
    ([p]: Tensor[]) => sum(p as Tensor),
  ];
  for (const [i, model] of models.entries()) {
    expect(await rounded(saliency(model, x, { target: targets[i] as Target }))).toEqual([2, 4]);
  }
  expect(await rounded(saliency((a: Tensor) => ({ a: square(a) }), x, { target: first }))).toEqual([2, 4]);
});

it('what a tensor does not have is a compile error', () => {
  // @ts-expect-error a misspelt property
  const misspelt: Target = (p) => p.lenght as Tensor;
  // @ts-expect-error no number is a scalar
  const aNumber: Target = (p: Tensor2D) => p.size;
  // @ts-expect-error a string is no tensor
  const aString: ModelFunction = (a: string) => a;
  expect([misspelt, aNumber, aString].map((given) => typeof given)).toEqual(Array(3).fill('function'));
});
