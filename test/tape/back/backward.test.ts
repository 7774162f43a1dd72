import {
  add,
  cast,
  concat,
  customGrad,
  maximum,
  memory,
  mul,
  ones,
  relu,
  reshape,
  slice,
  split,
  square,
  sub,
  sum,
  tensor1d,
  tensor2d,
  tidy,
  tile,
  unstack,
  type GradConfig,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { backward } from '../../../src/tape/back/backward';
import { pathBetween } from '../../../src/tape/back/pathBetween';
import { Recording } from '../../../src/tape/recording/recording';
import { tidied } from '../../../src/tensors/tidied';
import { gradient } from '../../support/kernelGradient';
import { leftBehind, messageOf, onlyResults } from '../../support/leftBehind';
import { mystery, withMystery } from '../../support/mystery';
import { rounded } from '../../support/rounded';

const x = tensor1d([1, -2, 3]);
const y = tensor1d([4, 5, 6]);

/**
 * The gradients of the sums of what `body` returns, with respect to `xs`; the seeds are `dys` where given.
 */
function gradients(xs: Tensor[], body: () => Tensor[], dys: (Tensor | undefined)[] = []): (Tensor | null)[] {
  const recording = new Recording();
  try {
    return tidied(() => {
      const wanted = xs.map((at) => recording.watch(at));
      const ends = recording.run(body);
      const seeds = ends.map((end, i) => ({ value: recording.valueOf(end)!, dy: dys[i] ?? ones(end.shape) }));
      return backward(recording, seeds, wanted);
    });
  } finally {
    recording.dispose();
  }
}

const read = async (tensors: (Tensor | null)[]) =>
  Promise.all(tensors.map(async (tensor) => (tensor ? rounded(tensor) : null)));

describe('backward', () => {
  it('sums over the ways that lead to a value', async () => {
    // x² + 2 x + x · x
    expect(await gradient((at) => add(add(square(at), mul(at, 2)), mul(at, at)), x)).toEqual([6, -6, 14]);
  });

  it('has nothing to give back from a result without numbers', async () => {
    const at = tensor2d([[1], [2]]);
    const none = (t: Tensor) => slice(t, [0, 0], [-1, 0]);
    for (const f of [add, mul, maximum, (t: Tensor) => tile(t, [1, 0])]) {
      expect(await gradient((t) => concat([mul(t, 3), f(t, none(t))], 1), at)).toEqual([3, 3]);
    }
  });

  it('takes a tensor that is both inputs of a kernel', async () => {
    expect(await gradient((at) => mul(at, at), x)).toEqual([2, -4, 6]);
    expect(await gradient((at) => sub(at, at), x)).toEqual([0, 0, 0]);
  });

  it('gives each of several inputs its own, in their order, and null where no way leads', async () => {
    expect(await read(gradients([y, x], () => [mul(square(x), y)]))).toEqual([
      [1, 4, 9],
      [8, -20, 36],
    ]);
    expect(await read(gradients([x, y], () => [square(x)]))).toEqual([[2, -4, 6], null]);
  });

  it('gives the gradient with respect to what itself is on the way to another', async () => {
    const recording = new Recording();
    const results = tidied(() => {
      const first = recording.watch(x);
      const [middle, end] = recording.run(() => {
        const between = square(x);
        return [between, mul(between, 3)];
      }) as [Tensor, Tensor];
      const value = recording.valueOf(end)!;
      const wrt = [first, recording.valueOf(middle)!, value];
      return backward(recording, [{ value, dy: tensor1d([1, 1, 1]) }], wrt);
    });
    recording.dispose();
    expect(await read(results)).toEqual([
      [6, -12, 18],
      [3, 3, 3],
      [1, 1, 1],
    ]);
  });

  it('goes back from several ends at once, each with its own dy, which stays in use', async () => {
    const dys = [tensor1d([1, 10, 100]), tensor1d([1, 1, 1])];
    expect(await read(gradients([x], () => [mul(x, 2), square(x)], dys))).toEqual([[4, 16, 206]]);
    expect(dys.map(({ isDisposed }) => isDisposed)).toEqual([false, false]);
    // twice from the same end
    expect(
      await read(
        gradients(
          [x],
          () => {
            const z = mul(x, 2);
            return [z, z];
          },
          dys,
        ),
      ),
    ).toEqual([[4, 22, 202]]);
  });

  it('takes kernels with several outputs, of which some lead nowhere', async () => {
    const parts = (at: Tensor) => split(at as typeof x, 3);
    expect(await gradient((at) => mul(parts(at)[1]!, 5), x)).toEqual([0, 5, 0]);
    expect(await gradient((at) => add(mul(parts(at)[2]!, 5), parts(at)[0]!), x)).toEqual([1, 0, 5]);
    const grid = tensor2d([
      [1, 2],
      [3, 4],
    ]);
    expect(await gradient((at) => square(unstack(at)[1]!), grid)).toEqual([0, 0, 6, 8]);
    // one output only
    expect(await gradient((at) => square(unstack(reshape(at, [1, 4]))[0]!), grid)).toEqual([2, 4, 6, 8]);
  });

  it('goes around what does not lead from the input to the end', async () => {
    const results = withMystery(undefined, () => [
      ...gradients([x], () => {
        mystery(x); // has no gradient
        return [square(x)];
      }),
      ...gradients([x], () => [mul(x, mystery(y))]),
    ]);
    expect(await read(results)).toEqual([
      [2, -4, 6],
      [4, 5, 6],
    ]);
  });

  it('calls the gradient of a customGrad, whose tensors stay in use', async () => {
    const own = tensor1d([7, 8, 9]);
    const f = customGrad((at) => ({ value: square(at as Tensor), gradFunc: () => own }));
    expect(await gradient((at) => f(at), x)).toEqual([7, 8, 9]);
    // handed on, added to, and handed to two
    expect(await gradient((at) => add(f(at), f(relu(at))), x)).toEqual([14, 8, 18]);
    expect(own.isDisposed).toBe(false);
    const both = customGrad((a, b) => ({
      value: add(a as Tensor, b as Tensor),
      gradFunc: (dy: Tensor) => [dy, dy],
    }));
    expect(await gradient((at) => both(at, square(at)), x)).toEqual([3, -3, 7]);
  });

  it('lets go of what a kernel kept as soon as it is done with it', () => {
    const before = memory().numTensors;
    const recording = new Recording();
    tidy(() => {
      const from = recording.watch(x);
      const end = recording.run(() => tidy(() => relu(relu(relu(x)))));
      const held = memory().numTensors - before;
      backward(recording, [{ value: recording.valueOf(end)!, dy: y }], [from]);
      expect(held).toBe(4); // three outputs kept, and the end
      expect(memory().numTensors - before).toBe(2); // the end, the gradient
    });
    recording.dispose();
    expect(memory().numTensors - before).toBe(0);
  });

  it('leaves nothing behind, also after a throw', () => {
    expect(leftBehind(() => gradients([x], () => [square(x)]))).toEqual(onlyResults(1));
    const message = withMystery(undefined, () => {
      let got = '';
      const body = () => (got = messageOf(() => gradients([x], () => [mystery(square(x))])));
      expect(leftBehind(body)).toEqual(onlyResults(0));
      return got;
    });
    expect(message).toBe(
      'Error: kernel Mystery: the kernel has no gradient, neither in TF.js nor in guided-saliency',
    );
  });

  describe('refuses what a gradient returns', () => {
    const of = (gradFunc: GradConfig['gradFunc']) =>
      withMystery(gradFunc, () => messageOf(() => gradients([x], () => [mystery(x)])));

    it('of the wrong shape', () => {
      expect(of((dy) => ({ x: () => sum(dy as Tensor) }))).toBe(
        'Error: kernel Mystery: expected its gradient with respect to "x" to be float32 of shape [3], got float32 of shape []',
      );
    });

    it('of the wrong type', () => {
      expect(of((dy) => ({ x: () => cast(dy as Tensor, 'int32') }))).toBe(
        'Error: kernel Mystery: expected its gradient with respect to "x" to be float32 of shape [3], got int32 of shape [3]',
      );
    });

    it('where there is none for the input', () => {
      expect(of(() => ({}))).toBe(
        'Error: kernel Mystery: no gradient with respect to its input "x" is known',
      );
    });
  });

  it('names an input that holds integers', () => {
    const message = withMystery(
      () => ({}),
      () => {
        const integers = tensor1d([1, 2], 'int32');
        return messageOf(() => gradients([integers], () => [mystery(integers)], [tensor1d([1, 1])]));
      },
    );
    expect(message).toBe(
      'Error: kernel Mystery: its input "x" holds integers (int32), which have no gradient; ' +
        'explain a function of what they are made into',
    );
  });
});

describe('pathBetween', () => {
  it('is the nodes that lead from one to the other, in their order', () => {
    const recording = new Recording();
    tidy(() => {
      const from = recording.watch(x);
      const end = recording.run(() => {
        const a = square(x);
        relu(a);
        return add(a, sum(a));
      });
      const kernels = (start: typeof from) =>
        pathBetween(recording.nodes, [start], [recording.valueOf(end)!]).map(({ kernel }) => kernel);
      expect(kernels(from)).toEqual(['Square', 'Sum', 'Add']);
      expect(kernels(recording.nodes[0]!.outputs[0]!)).toEqual(['Sum', 'Add']);
      expect(kernels(recording.nodes[1]!.outputs[0]!)).toEqual([]);
    });
    recording.dispose();
  });
});
