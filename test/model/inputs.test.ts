import { tensor, tensor1d, tensor2d, type NamedTensorMap } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { listInputs, type InputInfo } from '../../src/model/inputs';
import { kindOf } from '../../src/errors/kindOf';
import { isTensor } from '../../src/backends/isTensor';
import { messageOf } from '../support/leftBehind';

const info = (name: string, shape?: (number | null)[], alias?: string): InputInfo => ({
  name,
  aliases: alias === undefined ? [] : [alias],
  dtype: 'float32',
  shape,
});
const [a, b] = [tensor2d([[1, 2]]), tensor2d([[3]])];

describe('listInputs', () => {
  it('puts tensors by name in the order of the model, and back', () => {
    const list = listInputs({ b, a }, [info('a'), info('b')]);
    expect(list.tensors).toEqual([a, b]);
    const back = list.rebuild([b, a]) as NamedTensorMap;
    expect(Object.keys(back)).toEqual(['a', 'b']);
    expect(back['a']).toBe(b);
  });

  it('takes another name for an input, and gives it back', () => {
    const list = listInputs({ second: b, a }, [
      info('a', undefined, 'first'),
      info('b', undefined, 'second'),
    ]);
    expect(list.tensors).toEqual([a, b]);
    expect(Object.keys(list.rebuild([a, b]))).toEqual(['a', 'second']);
  });

  it('takes what comes for a function, in the order of its keys', () => {
    expect(listInputs({ b, a }, undefined).tensors).toEqual([b, a]);
    expect(listInputs([a, b], undefined).tensors).toEqual([a, b]);
    expect(listInputs(a, undefined).rebuild([b])).toBe(b);
  });

  it('takes any size where the model does not say', () => {
    expect(listInputs(a, [info('a', [null, 2])]).tensors).toEqual([a]);
    expect(listInputs(a, [info('a', [null, null])]).tensors).toEqual([a]);
    expect(listInputs(a, [info('a')]).tensors).toEqual([a]);
  });

  const disposed = tensor1d([1]);
  disposed.dispose();

  it.each<[string, unknown, InputInfo[] | undefined]>([
    [
      'TypeError: expected x to be a tensor, a list of tensors or tensors by input name, got undefined',
      undefined,
      undefined,
    ],
    [
      'TypeError: expected x to be a tensor, a list of tensors or tensors by input name, got null',
      null,
      undefined,
    ],
    [
      'TypeError: expected x to be a tensor, a list of tensors or tensors by input name, got a list with a list with a number; ' +
        'make it a tensor with tf.tensor(x)',
      [[1, 2]],
      undefined,
    ],
    [
      'TypeError: expected x to be a tensor, a list of tensors or tensors by input name, got an empty list',
      [],
      undefined,
    ],
    [
      'TypeError: expected x to be a tensor, a list of tensors or tensors by input name, got a list with a number',
      [a, 3],
      undefined,
    ],
    [
      'TypeError: expected x to be a tensor, a list of tensors or tensors by input name, got an object of class Object',
      {},
      undefined,
    ],
    [
      'TypeError: expected x to be a tensor, a list of tensors or tensors by input name, got an object of class Object',
      { a, b: 3 },
      undefined,
    ],
    [
      'TypeError: expected x to be a tensor, a list of tensors or tensors by input name, got an object of class Float32Array; ' +
        'make it a tensor with tf.tensor(x, shape)',
      new Float32Array(4),
      undefined,
    ],
    [
      'TypeError: expected x to be a tensor, a list of tensors or tensors by input name, got a number',
      3,
      undefined,
    ],
    [
      'RangeError: expected x to hold a tensor for each input of the model, "a", "b", got 1',
      a,
      [info('a'), info('b')],
    ],
    [
      'RangeError: expected x to hold a tensor for each input of the model, "a", got 2; a batch is one tensor, tf.concat(x)',
      [a, b],
      [info('a')],
    ],
    [
      'RangeError: expected x to name the model\'s inputs "a", "b", got "a", "c"',
      { a, c: b },
      [info('a'), info('b')],
    ],
    ['RangeError: expected x to name the model\'s inputs "a", "b", got "a"', { a }, [info('a'), info('b')]],
    ['RangeError: expected x to have shape [batch, 3], got [1, 2]', a, [info('a', [null, 3])]],
    [
      'RangeError: expected x to have shape [batch, any, 3], got [1, 2]; add the batch axis with tf.expandDims(x)',
      a,
      [info('a', [null, null, 3])],
    ],
    ['RangeError: expected x to have shape [4, 2], got [1, 2]', a, [info('a', [4, 2])]],
    [
      'RangeError: expected x for input "b" to have shape [batch, 2], got [1, 1]',
      [a, b],
      [info('a', [null, 2]), info('b', [null, 2])],
    ],
    [
      'RangeError: expected x to hold at least one sample, got none',
      tensor([], [0, 2]),
      [info('a', [null, 2])],
    ],
    ['RangeError: expected x to hold at least one sample, got none', tensor([], [0, 2]), undefined],
    ['Error: expected x to hold tensors in use, got a disposed one', disposed, undefined],
    ['Error: expected x to hold tensors in use, got a disposed one', [a, disposed], undefined],
    ['TypeError: expected x to hold numbers, got a tensor of dtype string', tensor(['text']), undefined],
  ])('throws %s', (message, x, infos) => {
    expect(messageOf(() => listInputs(x, infos))).toBe(message);
  });
});

describe('isTensor', () => {
  it('knows tensors by their shape, also those of another copy of TF.js', () => {
    expect(isTensor(a)).toBe(true);
    expect(isTensor({ shape: [1], dataId: {}, dispose: () => undefined })).toBe(true);
    for (const other of [null, undefined, 1, 'x', [], {}, { shape: [1] }])
      expect(isTensor(other)).toBe(false);
  });
});

describe('kindOf', () => {
  it('names what something is', () => {
    expect(
      [null, undefined, 1, 'x', true, () => 1, [], [1], {}, new Map(), Object.create(null)].map(kindOf),
    ).toEqual([
      'null',
      'undefined',
      'a number',
      'a string',
      'a boolean',
      'a function',
      'an empty list',
      'a list with a number',
      'an object of class Object',
      'an object of class Map',
      'an object of class Object',
    ]);
  });
});
