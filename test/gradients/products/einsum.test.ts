import { einsum, getBackend, tensor } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { checkDirections } from '../../support/checkDirections';
import { gradient, scattered } from '../../support/kernelGradient';

// wasm has no forward pass
describe.skipIf(getBackend() === 'wasm')('the gradient of einsum', () => {
  it('repeats along what was summed, and puts axes back', async () => {
    const x = tensor([1, 2, 3, 4, 5, 6], [2, 3]);
    expect(await gradient((t) => einsum('ij->i', t), x, tensor([1, 10]))).toEqual([1, 1, 1, 10, 10, 10]);
    expect(await gradient((t) => einsum('ij->ji', t), x, tensor([1, 2, 3, 4, 5, 6], [3, 2]))).toEqual([
      1, 3, 5, 2, 4, 6,
    ]);
    expect(await gradient((t) => einsum('ij,j->i', t, tensor([1, 2, 3])), x, tensor([1, 10]))).toEqual([
      1, 2, 3, 10, 20, 30,
    ]);
  });

  const sizes: Record<string, number> = { a: 2, b: 3, c: 4, d: 5, e: 2, h: 3, q: 4, k: 5 };
  const shapeOf = (labels: string) => Array.from(labels).map((label) => sizes[label]!);

  it.each([
    'ab,bc->ac',
    'ab,cb->ac',
    'ba,bc->ca',
    'abc,acd->abd',
    'ab,ab->',
    'ab,ab->ab',
    'ab,c->abc',
    'abc,b->ac',
    'ab,->ab',
    'abc,bcd->ad',
    'abc,dcb->da',
    'aqhd,akhd->ahqk',
    'ahqk,akhd->aqhd',
    'abc,chd->abhd',
    'abcde,cd->eba',
  ])('agrees with differences, to both operands: %s', async (equation) => {
    const [first, second] = equation.replace(/\s/g, '').split('->')[0]!.split(',') as [string, string];
    const [x, y] = [scattered(shapeOf(first)), scattered(shapeOf(second), 3)];
    await checkDirections((t) => einsum(equation, t, y), x);
    await checkDirections((t) => einsum(equation, x, t), y);
  });

  it.each(['ab->ba', 'ab->b', 'ab->', 'abc->cab', 'abcd->db'])(
    'agrees with differences: %s',
    async (equation) => {
      await checkDirections((t) => einsum(equation, t), scattered(shapeOf(equation.split('->')[0]!)));
    },
  );

  it.skipIf(getBackend() === 'tensorflow')('refuses what TF.js itself computes wrongly', async () => {
    await expect(gradient((t) => einsum('ab,c->a', t, tensor([1, 2])), scattered([2, 3]))).rejects.toThrow(
      'einsum: TF.js computes "ab,c->a" wrongly; sum over the labels of one operand beforehand',
    );
  });

  // TensorFlow takes no blanks
  it.skipIf(getBackend() === 'tensorflow')('passes over blanks', async () => {
    await checkDirections((t) => einsum(' ab , bc -> ca ', t, scattered([3, 4])), scattered([2, 3]));
  });

  it('adds up where both operands are the same tensor', async () => {
    await checkDirections((t) => einsum('ab,ac->bc', t, t), scattered([3, 4]), { step: 1e-2 });
  });
});
