import { relu, reshape, sum, tensor, tensor2d, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { deconvnet, gradCam, guidedBackprop, saliency, smoothGrad } from 'guided-saliency';
import { cosineConvergence } from 'guided-saliency/metrics';
import { layerwiseRelevance, uniform as everywhere, zPlusRule } from 'guided-saliency/relevance';
import { describe, expect, it } from 'vitest';
import { readShared } from '../support/files';
import { rejection } from '../support/rejection';
import { stepsOf } from '../support/stepsOf';
import { loadSharedModel, readFloats, readTensor } from '../support/sharedModel';
import { network, uniform } from '../support/smallCams';
import { storedMaps } from '../support/storedMaps';
import { isQuickest } from '../support/thinned';
import { constant, input, op, tinyGraph } from '../support/tinyGraph';
import { dense, stack } from '../support/tinyLayers';

const wrong = <T>(value: unknown) => value as T;

/** Two scores of two hidden numbers, of two inputs. */
const hidden = () =>
  stack(
    [2],
    dense(
      [
        [1, 2],
        [0, 1],
      ],
      { name: 'a' },
    ),
    layers.reLU({ name: 'relu' }),
    dense(
      [
        [1, 0],
        [1, 1],
      ],
      { name: 'scores' },
    ),
    layers.softmax({ name: 'soft' }),
  );
const x = tensor2d([[1, 1]]);
const vectors = tensor2d([
  [1, 0],
  [0, 1],
]);
const small = () =>
  network(
    [6, 6, 1],
    layers.conv2d({
      name: 'a',
      filters: 3,
      kernelSize: 3,
      activation: 'relu',
      kernelInitializer: uniform(1),
    }),
    layers.conv2d({
      name: 'b',
      filters: 2,
      kernelSize: 2,
      activation: 'relu',
      kernelInitializer: uniform(2),
    }),
    layers.flatten({ name: 'flat' }),
    layers.dense({ name: 'scores', units: 3, kernelInitializer: uniform(3) }),
  );
const photo = tensor(
  Float32Array.from({ length: 72 }, (_, i) => Math.sin(i * i)),
  [2, 6, 6, 1],
);

describe('cosineConvergence', () => {
  it('is, by hand, the cosine of what two vectors send to each layer', async () => {
    const found = await cosineConvergence(saliency, hidden(), x, { vectors });
    expect([found.metric, found.method]).toEqual(['cosineConvergence', 'saliency']);
    expect(found.layers.map(({ layer }) => layer)).toEqual([['relu'], ['a']]);
    // at relu: (1, 1) and (0, 1); at the input: W (1, 1) = (3, 1) and W (0, 1) = (2, 1)
    const [{ layers: each, input }] = found.samples as [(typeof found.samples)[0]];
    for (const { median, mean, medianAbsolute } of each) {
      for (const value of [median, mean, medianAbsolute]) expect(value).toBeCloseTo(Math.SQRT1_2, 5);
    }
    expect(input.median).toBeCloseTo(7 / Math.sqrt(50), 5);
    expect(found.options).toEqual({ vectors: 'a tensor of shape [2, 2]; give it again', seed: 0 });
  });

  it('sees a direction and its opposite in the magnitudes', async () => {
    const opposite = tensor2d([
      [1, 1],
      [-1, -1],
      [2, 2],
    ]);
    const { samples } = await cosineConvergence(saliency, hidden(), x, { vectors: opposite });
    expect(samples[0]!.input.median).toBeCloseTo(-1, 5);
    expect(samples[0]!.input.mean).toBeCloseTo(-1 / 3, 5);
    expect(samples[0]!.input.medianAbsolute).toBeCloseTo(1, 5);
  });

  it('goes by the rule of the method, position by position, from the layer that is named', async () => {
    const model = small();
    const start = 'b';
    const given = tensor(
      Float32Array.from({ length: 2 * 18 }, (_, i) => Math.cos(i)),
      [2, 3, 3, 2],
    );
    for (const method of [saliency, guidedBackprop, deconvnet]) {
      const found = await cosineConvergence(method, model, photo, { start, vectors: given });
      expect(found.layers).toEqual([{ layer: ['a'] }]);
      // the same by the method itself, of a function of the units that the vectors weigh
      const sent: Float32Array[] = [];
      for (let i = 0; i < 2; i++) {
        let all = new Float32Array(2 * 4 * 4 * 3);
        for (let unit = 0; unit < 18; unit++) {
          const at = [Math.floor(unit / 6), Math.floor(unit / 2) % 3, unit % 2];
          const map = await method(model, photo, { target: { layer: 'b', unit: at }, wrt: 'a' }).data();
          const weight = Math.cos(i * 18 + unit);
          if (method === saliency) all = all.map((value, k) => value + weight * map[k]!);
        }
        sent.push(all);
      }
      if (method !== saliency) {
        const wanted = found.samples[0]!.layers[0]!.mean!;
        const plain = await cosineConvergence(saliency, model, photo, { start, vectors: given });
        expect(wanted).not.toBeCloseTo(plain.samples[0]!.layers[0]!.mean!, 3);
        continue;
      }
      for (const [i, sample] of found.samples.entries()) {
        const cosines: number[] = [];
        for (let place = 0; place < 16; place++) {
          const at = (which: number) => [
            ...sent[which]!.subarray(i * 48 + place * 3, i * 48 + place * 3 + 3),
          ];
          const dot = (a: number[], b: number[]) => a.reduce((all, value, k) => all + value * b[k]!, 0);
          const [a, b] = [at(0), at(1)];
          if (dot(a, a) > 0 && dot(b, b) > 0) cosines.push(dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)));
        }
        const mean = cosines.reduce((all, value) => all + value, 0) / cosines.length;
        expect(sample.layers[0]!.mean).toBeCloseTo(mean, 4);
        const rising = cosines.sort((a, b) => a - b);
        const middle = (rising.length - 1) / 2;
        const median = (rising[Math.floor(middle)]! + rising[Math.ceil(middle)]!) / 2;
        expect(sample.layers[0]!.median).toBeCloseTo(median, 4);
      }
    }
  });

  it('starts relevance as the vector, not as its product with the score', async () => {
    // scores 3 = 1 + 2 and 2 = 2 + 0 of inputs of 1
    const one = stack(
      [2],
      dense([
        [1, 2],
        [2, 0],
      ]),
    );
    const given = tensor2d([
      [3, 2],
      [3, -2],
    ]);
    const composite = everywhere(zPlusRule());
    const { samples } = await cosineConvergence(layerwiseRelevance, one, x, { vectors: given, composite });
    // (3 · 1/3 + 2 · 2/2, 3 · 2/3) and (3 · 1/3 − 2 · 2/2, 3 · 2/3)
    expect(samples[0]!.input.mean).toBeCloseTo((3 * -1 + 2 * 2) / Math.sqrt((9 + 4) * (1 + 4)), 5);
  });

  it('draws by a seed the same on every backend, and looks at the layers that are named', async () => {
    const of = async (options: object) => {
      const { samples } = await cosineConvergence(saliency, small(), photo, { layers: ['a'], ...options });
      return Number(samples[0]!.layers[0]!.mean!.toFixed(4));
    };
    expect(await of({ seed: 5 })).toBeCloseTo(EXPECTED, 3);
    expect(await of({ seed: 6 })).not.toBeCloseTo(EXPECTED, 3);
    expect(await of({ seed: 5, vectors: 2 })).not.toBeCloseTo(EXPECTED, 3);
  });

  it('takes relevance, and of a function the input alone', async () => {
    const composite = everywhere(zPlusRule());
    const found = await cosineConvergence(layerwiseRelevance, small(), photo, {
      composite,
      layers: ['b', 'a'],
    });
    expect(found.layers).toEqual([{ layer: 'b' }, { layer: 'a' }]);
    expect(found.samples[1]!.layers[1]!.median).not.toBeNull();
    const ofFunction = await cosineConvergence(saliency, (y: Tensor) => relu(y), x, { vectors });
    expect([ofFunction.layers, ofFunction.samples[0]!.input.median]).toEqual([[], 0]);
    // nothing arrives
    const dead = await cosineConvergence(saliency, (y: Tensor) => relu(y), tensor2d([[-1, -1]]), { vectors });
    expect(dead.samples[0]!.input).toEqual({ median: null, mean: null, medianAbsolute: null });
  });

  it('tells how far it is, stops when asked to, and leaves no tensor', async () => {
    const model = hidden();
    const steps = await stepsOf((held) => cosineConvergence(saliency, model, x, { vectors: 3, ...held }));
    expect(steps).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
  });

  it.each<[string, object]>([
    ['RangeError: cosineConvergence: expected vectors to be a whole number from 2 on, got 1', { vectors: 1 }],
    [
      'RangeError: cosineConvergence: expected vectors to be two or more, [vectors, ...one sample], got [1, 2]',
      { vectors: zeros([1, 2]) },
    ],
    [
      'RangeError: cosineConvergence: expected vectors to have shape [vectors, 2], got [2, 3]',
      { vectors: zeros([2, 3]) },
    ],
    [
      'TypeError: cosineConvergence: expected layers to be a list of layers, each by its name, its path or as a place, ' +
        'got a string',
      { layers: 'a' },
    ],
    ['RangeError: cosineConvergence: expected seed to be a whole number from 0 on, got 0.5', { seed: 0.5 }],
    ['TypeError: cosineConvergence: no option "vector"; did you mean "vectors"?', { vector: 1 }],
  ])('%s', async (message, options) => {
    expect(await rejection(() => cosineConvergence(saliency, hidden(), x, wrong(options)))).toBe(message);
  });

  it('looks at the nodes of a graph that have the samples first, not at those with its steps there', async () => {
    const graph = tinyGraph(
      {
        x: input([null, 3, 2]),
        steps: op('Transpose', ['x', 'order']),
        order: constant([1, 0, 2], [3], 'int32'),
        relu: op('Relu', ['steps']),
        back: op('Transpose', ['relu', 'order']),
        flat: op('Reshape', ['back', 'wide']),
        wide: constant([-1, 6], [2], 'int32'),
        w: constant([1, 2, 0, 1, -1, 1, 2, 0, 1, 1, 3, -2], [6, 2]),
        scores: op('MatMul', ['flat', 'w']),
      },
      ['scores'],
    );
    const two = tensor([1, 2, 3, 1, 2, 1, 2, 1, 1, 3, 1, 2], [2, 3, 2]);
    const found = await cosineConvergence(saliency, graph, two, { vectors });
    expect(found.layers.map(({ layer }) => layer)).toEqual(['flat', 'back']);
    // flat: (1, 0, -1, 2, 1, 3) and (2, 1, 1, 0, 1, -2)
    for (const {
      layers: [flat],
    } of found.samples)
      expect(flat!.mean).toBeCloseTo(-4 / Math.sqrt(16 * 11), 5);
    const options = { vectors, layers: ['flat', 'relu'] };
    expect(await rejection(() => cosineConvergence(saliency, graph, two, options))).toBe(
      'RangeError: cosineConvergence: expected layers with the 2 samples along the first axis, got { layer: "relu" } ' +
        'of shape [3, 2, 2]; leave it out',
    );
    graph.dispose();
  });

  it('needs nothing of what lies behind its start', async () => {
    const parts = {
      x: input([null, 2]),
      w: constant([1, 2, 0, 1], [2, 2]),
      a: op('MatMul', ['x', 'w']),
      h: op('Relu', ['a']),
    };
    const options = { start: 'h', layers: ['a'], vectors: 3 };
    const { samples } = await cosineConvergence(saliency, tinyGraph(parts, ['h']), x, options);
    const whole = tinyGraph({ ...parts, found: op('Where', ['h']) }, ['found']);
    expect((await cosineConvergence(saliency, whole, x, options)).samples).toEqual(samples);
  });

  it('refuses methods that send nothing back layer by layer, and several outputs', async () => {
    for (const method of [gradCam, smoothGrad]) {
      expect(await rejection(() => cosineConvergence(method as typeof saliency, small(), photo))).toBe(
        `TypeError: cosineConvergence: expected a method of one pass that takes wrt, such as guidedBackprop, got ${method.name}; ` +
          'what it sends back cannot be looked at layer by layer',
      );
    }
    const wide = (y: Tensor) => reshape(y, [-1, 2, 1]);
    expect(await rejection(() => cosineConvergence(saliency, wide, x))).toBe(
      'RangeError: cosineConvergence: expected scores of shape [batch, classes], got [1, 2, 1]; ' +
        'say where vectors start, e.g. { start: "conv_5" }',
    );
    const two = (y: Tensor) => [relu(y), sum(y, 1)];
    expect(await rejection(() => cosineConvergence(saliency, wrong<typeof relu>(two), x))).toBe(
      'RangeError: cosineConvergence: expected a model of one output, got one of several; ' +
        'say where vectors start, e.g. { start: "scores" }',
    );
  });
});

const stored = (await storedMaps()).filter(({ method }) =>
  /^metric_cosine_convergence_((gradient|guided)_random8|zplus_onehot)$/.test(method),
);

describe.skipIf(stored.length === 0 || !isQuickest())('cosineConvergence: as another loop', () => {
  it.each(stored)('$method', async ({ method, file, input, params }) => {
    const model = await loadSharedModel('tiny_vgg');
    const photo = await readTensor(`golden/${input}`, [1, 64, 64, 3]);
    const onehot = Array.from({ length: 100 }, (_, i) => (i % 11 === 0 ? 1 : 0));
    const given = method.endsWith('onehot')
      ? tensor(onehot, [10, 10])
      : tensor(
          Float32Array.from(
            new Int8Array((await readShared(`golden/${params['starts'] as string}`)) as ArrayBuffer),
            (value) => value / 64,
          ),
          [8, 10],
        );
    // what goes into conv_2_2, conv_2_1 and conv_1_2
    const places = ['relu_2_1', 'max_pool_1', 'relu_1_1'];
    const options = { vectors: given, layers: places };
    const found = await (method.includes('zplus')
      ? cosineConvergence(layerwiseRelevance, model, photo, {
          ...options,
          composite: everywhere(zPlusRule()),
        })
      : cosineConvergence(
          method.includes('guided') ? guidedBackprop : method.includes('deconv') ? deconvnet : saliency,
          model,
          photo,
          options,
        ));
    const wanted = await readFloats(`golden/${file}`);
    const { layers: each, input: last } = found.samples[0]!;
    [...each, last].forEach(({ mean }, i) => {
      expect(Math.abs(mean! - wanted[3 * (i + 1) + 2]!), `${i}`).toBeLessThan(2e-3);
    });
    model.dispose();
  });
});

/** What a seed gives, on every backend. */
const EXPECTED = -0.2859;
