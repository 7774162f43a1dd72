import {
  dispose,
  env,
  memory,
  ones,
  randomNormal,
  relu,
  sum,
  tensor2d,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { prepare, saliency, smoothGrad, warm } from 'guided-saliency';
import { describe, expect, it, vi } from 'vitest';
import { expectSame } from '../../support/expectSame';
import { constant, input, op, tinyGraph } from '../../support/tinyGraph';

const model = sequential({
  layers: [
    layers.inputLayer({ inputShape: [4, 4, 1] }),
    layers.conv2d({ filters: 2, kernelSize: 3 }),
    layers.batchNormalization({}),
    layers.reLU({}),
    layers.flatten(),
    layers.dense({ units: 3 }),
  ],
});
const x = randomNormal([2, 4, 4, 1], 0, 1, 'float32', 1);

describe('a prepared model that is given up while it is explained', () => {
  it('by a rule that explains it at many other shapes: gives the same map, and frees all', async () => {
    const prepared = prepare(model);
    saliency(prepared, x, { target: 1 }).dispose(); // the first runs the model's layers
    const expected = saliency(prepared, x, { target: 1 });
    const before = memory().numTensors;
    const others = () => {
      for (let n = 3; n < 12; n++) saliency(prepared, ones([n, 4, 4, 1]), { target: 0 }).dispose();
    };
    const map = saliency(prepared, x, { target: 1, rule: ({ dx }) => (others(), dx) });
    expect(await map.array()).toEqual(await expected.array());
    prepared.dispose();
    dispose([map, expected]);
    expect(memory().numTensors).toBeLessThan(before);
  });

  it('by its target function, which disposes it', async () => {
    const start = memory().numTensors;
    const prepared = prepare(model);
    const target = (y: Tensor) => sum(y);
    saliency(prepared, x, { target }).dispose();
    const expected = saliency(prepared, x, { target });
    const map = saliency(prepared, x, { target: (y: Tensor) => (prepared.dispose(), sum(y)) });
    expect(await map.array()).toEqual(await expected.array());
    dispose([map, expected]);
    expect(memory().numTensors).toBe(start);
  });

  it.each([1, 2, 5])(
    'while a method of many passes waits, %i at once: gives the same map, and frees all',
    async (batchSize) => {
      const options = { target: 1, samples: 12, batchSize };
      const start = memory().numTensors;
      const expected = await smoothGrad(model, x, options);
      const prepared = prepare(model);
      let turns = 0;
      const onProgress = () => {
        if (turns++ === 0) prepared.dispose();
      };
      const map = await smoothGrad(prepared, x, { ...options, onProgress });
      expect(turns).toBeGreaterThan(1);
      await expectSame(map, expected);
      dispose([map, expected]);
      expect(memory().numTensors).toBe(start);
    },
  );

  it('while it is warmed: frees all', async () => {
    for (const method of [saliency, smoothGrad]) {
      const start = memory().numTensors;
      const prepared = prepare(model);
      const warmed = warm(method, prepared, [1, 4, 4, 1], { target: 1 }).catch(() => undefined);
      prepared.dispose();
      await warmed;
      expect(memory().numTensors).toBe(start);
    }
  });
});

describe('a GraphModel', () => {
  const nodes = {
    x: input([null, 2]),
    r: op('Relu', ['x']),
    w: constant([3, 4], [1, 2]),
    k: op('Identity', ['w']),
  };

  it('keeps its weight where a target function disposes what it is given', async () => {
    const graph = tinyGraph(nodes, ['r', 'k']);
    const target = (outputs: Tensor[]) => {
      const total = sum(outputs[0]!);
      dispose(outputs);
      return total;
    };
    for (let i = 0; i < 3; i++) saliency(graph, tensor2d([[1, -1]]), { target }).dispose();
    const [, weight] = graph.predict(tensor2d([[1, -1]])) as Tensor[];
    expect(await weight!.array()).toEqual([[3, 4]]);
  });

  it('keeps for debugging what it kept, and nothing of an explanation', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const graph = tinyGraph(nodes, ['r']);
    env().set('KEEP_INTERMEDIATE_TENSORS', true);
    try {
      dispose(graph.predict(tensor2d([[5, 6]])));
      const before = memory().numTensors;
      const other = tensor2d([[1, 2]]);
      saliency(graph, other, { target: (y: Tensor) => sum(relu(y)) }).dispose();
      expect(memory().numTensors - before).toBe(1); // `other`
      const kept = graph.getIntermediateTensors()['r'] as unknown as Tensor[];
      expect(await kept[0]!.array()).toEqual([[5, 6]]);
    } finally {
      graph.disposeIntermediateTensors();
      env().set('KEEP_INTERMEDIATE_TENSORS', false);
      warn.mockRestore();
    }
  });
});
