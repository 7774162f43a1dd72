import { layers, sequential } from '@tensorflow/tfjs-layers';
import { relu, serialization, tensor1d, tensor2d, type Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { BUILT_IN_LAYERS } from '../../src/model/layers/layerClasses';
import type { GraphModelLike } from '../../src/model/modelKinds';
import { guidedRelu } from '../../src/ops/guidedRelu';
import { activationNames } from '../../src/overrides/activationNames';
import { describeOverrides } from '../../src/overrides/describeOverrides';
import { overrideActivations } from '../../src/overrides/overrideActivations';
import type { Overrides } from '../../src/overrides/overrides';
import { deconv } from '../../src/rules/deconv';
import { guided } from '../../src/rules/guided';
import { messageOf } from '../support/leftBehind';
import { saliency } from '../../src/methods/saliency';
import { loadNsfwModel } from '../support/nsfwjs';
import { constant, input, op, tinyGraph } from '../support/tinyGraph';
import { classifier, conv, dense, nested, recurrent, residual } from './smallModels';

/** A graph as tfjs-converter makes one: nodes by name, with op, inputs, and what is fused into them. */
function graphOf(nodes: Record<string, [op: string, inputs?: string[], fused?: string[]]>): GraphModelLike {
  const made = Object.fromEntries(
    Object.entries(nodes).map(([name, [op, inputNames = [], fused]]) => [
      name,
      {
        name,
        op,
        inputNames,
        inputs: [] as unknown[],
        children: [] as unknown[],
        attrParams: fused ? { fusedOps: { value: fused } } : {},
      },
    ]),
  );
  for (const node of Object.values(made)) {
    node.inputs = node.inputNames.map((name) => made[name]);
    for (const name of node.inputNames) made[name]!.children.push(node);
  }
  const executor = { graph: { nodes: made } };
  return { inputs: [], outputs: [], execute: () => [], executor } as unknown as GraphModelLike;
}

describe('describeOverrides', () => {
  it('tells of an activation put there by hand, that has an apply alone', async () => {
    const model = sequential({
      layers: [
        dense(2, 'linear', 'a', [2]),
        layers.activation({ activation: 'relu', name: 'own' }),
        dense(1, 'linear', 'b'),
      ],
    });
    Reflect.set(model.layers[1]!, 'activation', { apply: (x: Tensor) => relu(x) });
    const row = { path: ['own'], layerClass: 'Activation', activation: 'unknown' };
    expect(describeOverrides(model, guided)[1]).toEqual({
      ...row,
      replaced: false,
      reason: 'custom code, which is not looked into: left alone unless a map names its class',
    });
    expect(describeOverrides(model, { Activation: guided })[1]).toMatchObject({ ...row, replaced: true });

    // x·[[1, 2], [3, -4]] = [2, 4] at x = [2, 0]; the weights behind are [1, -1]: guided stops the second
    model.setWeights([
      tensor2d([
        [1, 2],
        [3, -4],
      ]),
      tensor1d([0, 0]),
      tensor2d([[1], [-1]]),
      tensor1d([0]),
    ]);
    const copy = overrideActivations(model, { Activation: guided });
    expect([...(await saliency(copy, tensor2d([[2, 0]]), { target: 0 }).data())]).toEqual([1, 3]);
    copy.dispose();
    model.dispose();
  });

  it('tells what is replaced and what is left, and why', () => {
    const mixed = sequential({
      layers: [
        conv(2, 'relu', 'conv', [4, 4, 2]),
        layers.leakyReLU({ name: 'leaky' }),
        layers.reLU({ maxValue: 6, name: 'six' }),
        layers.reLU({ maxValue: 1, name: 'one' }),
        layers.flatten({ name: 'flat' }),
        dense(2, 'linear', 'a'),
        dense(2, 'swish', 'b'),
        dense(2, 'tanh', 'c'),
        layers.prelu({ name: 'prelu' }),
        layers.elu({ name: 'elu' }),
        layers.thresholdedReLU({ name: 'thresholded' }),
        layers.softmax({ name: 'softmax' }),
      ],
    });
    const left = (kind: string) => [false, `${kind}: left alone unless a map names it`];
    expect(
      describeOverrides(mixed, guided).map(({ path, layerClass, activation, replaced, reason }) => [
        ...path,
        layerClass,
        activation,
        replaced,
        reason,
      ]),
    ).toEqual([
      ['conv', 'Conv2D', 'relu', true, 'a rectifier'],
      ['leaky', 'LeakyReLU', 'leakyRelu', true, 'a rectifier'],
      ['six', 'ReLU', 'relu6', true, 'a rectifier'],
      ['one', 'ReLU', 'relu', true, 'a rectifier'],
      ['a', 'Dense', 'linear', ...left('no activation')],
      ['b', 'Dense', 'swish', ...left('a smooth gate')],
      ['c', 'Dense', 'tanh', ...left('a squashing function')],
      ['prelu', 'PReLU', 'prelu', true, 'a rectifier'],
      ['elu', 'ELU', 'elu', true, 'a rectifier'],
      ['thresholded', 'ThresholdedReLU', 'thresholdedRelu', true, 'a rectifier'],
      ['softmax', 'Softmax', 'softmax', ...left('a softmax')],
    ]);
  });

  it('takes nothing for a ReLU6 but a ReLU layer with a maximum of 6', () => {
    class Clamp extends layers.Layer {
      readonly maxValue = 6;
      static className = 'Clamp';
    }
    const model = sequential({ layers: [dense(2, 'linear', 'a', [2]), new Clamp({ name: 'clamp' })] });
    expect(describeOverrides(model, guided).map(({ activation }) => activation)).not.toContain('relu6');
  });

  it('tells what a map names, and what it does not', () => {
    const model = sequential({
      layers: [dense(2, 'relu', 'a', [2]), dense(2, 'swish', 'b'), layers.elu({ name: 'c' })],
    });
    expect(
      describeOverrides(model, { swish: { op: guidedRelu }, ELU: guided }).map(({ replaced, reason }) => [
        replaced,
        reason,
      ]),
    ).toEqual([
      [false, 'a rectifier: the overrides do not name it'],
      [true, 'a smooth gate: named as "swish"'],
      [true, 'a rectifier: named as "ELU"'],
    ]);
  });

  it('tells what is outside of the layers named', () => {
    expect(
      describeOverrides(classifier(), guided, { layers: ['hidden1'] }).map(({ replaced, reason }) => [
        replaced,
        reason,
      ]),
    ).toEqual([
      [true, 'a rectifier'],
      [false, 'not in the layers that are named'],
      [false, 'not in the layers that are named'],
    ]);
  });

  it('says where in nested models, wrappers and cells', () => {
    const rnn = layers.simpleRNN({ units: 2, activation: 'relu', name: 'rnn', ...recurrent('rnn') });
    const cells = [1, 2].map((i) =>
      layers.gruCell({ units: 2, activation: 'relu', name: `cell${i}`, ...recurrent('rnn') }),
    );
    const model = sequential({
      layers: [
        layers.timeDistributed({ layer: dense(2, 'relu', 'each'), inputShape: [3, 2], name: 'times' }),
        layers.rnn({
          cell: layers.stackedRNNCells({ cells, name: 'cells' }),
          returnSequences: true,
          name: 'stack',
        }),
        layers.bidirectional({ layer: rnn, mergeMode: 'sum', name: 'both' }),
      ],
    });
    const paths = describeOverrides(model, guided).map(({ path, layerClass, activation }) => [
      path.slice(0, -1).join(' > '),
      layerClass,
      activation,
    ]);
    expect(paths).toEqual([
      ['times', 'Dense', 'relu'],
      ['stack > cells', 'GRUCell', 'relu'],
      ['stack > cells', 'GRUCell', 'hardSigmoid'],
      ['stack > cells', 'GRUCell', 'relu'],
      ['stack > cells', 'GRUCell', 'hardSigmoid'],
      ['both > forward_rnn', 'SimpleRNNCell', 'relu'],
      ['both > backward_rnn', 'SimpleRNNCell', 'relu'],
    ]);
    expect(describeOverrides(nested(), guided).map(({ path }) => path)).toEqual([
      ['middle', 'conv'],
      ['middle', 'inner', 'conv/inner'],
      ['classes'],
    ]);
    // a class stands for the cells and wrapped layers of its layers too
    const replaced = (overrides: Overrides) =>
      describeOverrides(model, overrides).flatMap((each) => (each.replaced ? [each.path[0]] : []));
    expect(replaced({ Bidirectional: guided })).toEqual(['both', 'both']);
    expect(replaced({ RNN: guided, SimpleRNN: guided })).toEqual(['stack', 'stack', 'both', 'both']);
    expect(replaced({ TimeDistributed: guided })).toEqual(['times']);
  });

  it('tells of a copy what it tells of the original', () => {
    const original = residual();
    const copy = overrideActivations(original, deconv);
    expect(describeOverrides(copy, guided)).toEqual(describeOverrides(original, guided));
  });

  it('does not throw where nothing is replaced', () => {
    const model = sequential({ layers: [dense(2, 'swish', 'a', [2])] });
    expect(describeOverrides(model, guided).map(({ replaced }) => replaced)).toEqual([false]);
    expect(describeOverrides(sequential(), guided)).toEqual([]);
  });

  it('knows the layers of tfjs-layers from custom ones', () => {
    const { classNameMap } = serialization.SerializationMap.getMap();
    const own = Object.entries(classNameMap).flatMap(([name, [constructor]]) =>
      (constructor.prototype as unknown) instanceof layers.Layer ? [name] : [],
    );
    expect(own.length).toBeGreaterThan(50);
    expect(own.filter((name) => !BUILT_IN_LAYERS.has(name))).toEqual([]);
  });

  describe('of a GraphModel', () => {
    const report = (nodes: Parameters<typeof graphOf>[0]) =>
      describeOverrides(graphOf(nodes), guided).map(({ path, layerClass, activation, replaced, reason }) => [
        ...path,
        layerClass,
        activation,
        replaced,
        reason,
      ]);

    it('tells of the nodes that are activations, and of those fused into others', () => {
      expect(
        report({
          x: ['Placeholder'],
          w: ['Const'],
          'net/conv': ['_FusedConv2D', ['x', 'w'], ['biasadd', 'relu6']],
          'net/dw': ['FusedDepthwiseConv2dNative', ['net/conv', 'w'], ['BiasAdd', 'Prelu']],
          'net/mat': ['_FusedMatMul', ['net/dw', 'w'], ['biasadd']],
          'net/elu': ['Elu', ['net/mat']],
          'net/leaky': ['LeakyRelu', ['net/elu']],
          'net/gate': ['Sigmoid', ['net/leaky']],
          'net/probs': ['Softmax', ['net/gate']],
        }),
      ).toEqual([
        ['net/conv', '_FusedConv2D', 'relu6', true, 'a rectifier'],
        ['net/dw', 'FusedDepthwiseConv2dNative', 'prelu', true, 'a rectifier'],
        ['net/elu', 'Elu', 'elu', true, 'a rectifier'],
        ['net/leaky', 'LeakyRelu', 'leakyRelu', true, 'a rectifier'],
        ['net/gate', 'Sigmoid', 'sigmoid', false, 'a squashing function: left alone unless a map names it'],
        ['net/probs', 'Softmax', 'softmax', false, 'a softmax: left alone unless a map names it'],
      ]);
    });

    it('takes a Relu with a clip at a constant behind it as one rectifier', () => {
      expect(
        report({
          x: ['Placeholder'],
          six: ['Const'],
          same: ['Identity', ['six']],
          zero: ['Const'],
          a: ['Relu', ['x']],
          clip: ['Minimum', ['a', 'same']],
          b: ['Relu', ['clip']],
          between: ['Identity', ['b']],
          clip2: ['ClipByValue', ['between', 'zero', 'six']],
          c: ['Relu', ['clip2']],
          notOnly: ['Minimum', ['c', 'six']],
          also: ['Add', ['c', 'notOnly']],
          d: ['Relu', ['also']],
          notConstant: ['Minimum', ['d', 'x']],
          e: ['_FusedConv2D', ['notConstant', 'six'], ['biasadd', 'relu']],
          clip3: ['Minimum', ['six', 'e']],
        }).map(([name, , , , reason]) => [name, reason]),
      ).toEqual([
        ['a', 'a rectifier, with the clip "clip" behind it'],
        ['b', 'a rectifier, with the clip "clip2" behind it'],
        ['c', 'a rectifier'],
        ['d', 'a rectifier'],
        ['e', 'a rectifier, with the clip "clip3" behind it'],
      ]);
    });

    it('takes x times a comparison of x with a constant as one rectifier', () => {
      expect(
        report({
          x: ['Placeholder'],
          theta: ['Const'],
          other: ['Placeholder'],
          open: ['Greater', ['x', 'theta']],
          mask: ['Cast', ['open']],
          y: ['Mul', ['mask', 'x']],
          z: ['Mul', ['other', 'mask']],
        }),
      ).toEqual([['y', 'Mul', 'thresholdedRelu', true, 'a rectifier']]);
    });

    it('leaves out those of integers, which have no gradient for a rule to be in', () => {
      const ofType = (type: string) => ({ T: { type } });
      const graph = tinyGraph(
        {
          x: input([1, 2]),
          count: input([1], 'int32'),
          zero: constant([0], [], 'int32'),
          'repeat/max': op('Maximum', ['count', 'zero'], ofType('DT_INT32')),
          least: op('Relu', ['repeat/max'], ofType('DT_INT64')),
          nothing: constant([0], []),
          y: op('Maximum', ['x', 'nothing'], ofType('DT_FLOAT')),
        },
        ['y', 'least'],
      );
      expect(describeOverrides(graph, guided).map(({ path }) => path)).toEqual([['y']]);
      graph.dispose();
    });

    it('tells of a real one', async () => {
      const graph = await loadNsfwModel('mobilenet_v2_mid');
      const rectifiers = describeOverrides(graph, guided).filter(({ replaced }) => replaced);
      expect(rectifiers).toHaveLength(35); // 16 blocks with two, one with one, a convolution at both ends
      expect(activationNames(graph)).toEqual(['relu6', 'softmax']);
      graph.dispose();
    });

    it('takes rules, one for all or by activation, and no ops', () => {
      const graph = graphOf({ x: ['Placeholder'], y: ['Relu', ['x']], z: ['Sigmoid', ['y']] });
      const by = (overrides: Overrides) =>
        describeOverrides(graph, overrides).map(({ path, replaced, reason }) => [...path, replaced, reason]);
      expect(by({ sigmoid: guided })).toEqual([
        ['y', false, 'a rectifier: the overrides do not name it'],
        ['z', true, 'a squashing function'],
      ]);
      expect(() => describeOverrides(graph, { op: guidedRelu })).toThrow(
        new TypeError(
          'describeOverrides: expected rules for a GraphModel, whose ops cannot be replaced, got an object of class ' +
            'Object with an op; pass a gradient rule such as guided',
        ),
      );
      expect(() => describeOverrides(graph, { swish: guided })).toThrow(
        new RangeError('describeOverrides: no activation "swish"; the graph has "relu", "sigmoid"'),
      );
      expect(() => describeOverrides(graph, guided, { layers: ['y'] })).toThrow(
        new TypeError(
          'describeOverrides: expected no layers for a GraphModel, whose rule holds everywhere, got some',
        ),
      );
    });
  });

  it('refuses what is no model, and what overrideActivations refuses', () => {
    expect(() => describeOverrides(7 as unknown as LayersModel, guided)).toThrow(
      new TypeError('describeOverrides: expected model to be a LayersModel or a GraphModel, got a number'),
    );
    expect(() => describeOverrides(classifier(), { elu: guided })).toThrow(
      new RangeError(
        'describeOverrides: no activation or layer class "elu"; the model has "relu", "softmax", "Dense"',
      ),
    );
    expect(() => describeOverrides(classifier(), guidedRelu as unknown as Overrides)).toThrow(
      new TypeError(
        'describeOverrides: expected a gradient rule such as guided, got the op guidedRelu; ' +
          'pass { op: guidedRelu } to use an op in place of the activation',
      ),
    );
    expect(() => describeOverrides(classifier(), guided, { layers: ['x'] })).toThrow(
      new RangeError('describeOverrides: no layer "x"; the model has "hidden1", "hidden2", "classes"'),
    );
  });
});

describe('options of overrides', () => {
  const model = classifier();

  it.each<[unknown, string]>([
    [{ layer: ['hidden'] }, 'no option "layer"; did you mean "layers"?'],
    [{ rule: guided }, 'no option "rule"; the options are "layers"'],
    [['hidden'], 'expected options to be an object, got a list with a string'],
    ['hidden', 'expected options to be an object, got a string'],
    [null, 'expected options to be an object, got null'],
  ])('are refused where they are none: %j', (options, message) => {
    const given = options as object;
    expect(messageOf(() => describeOverrides(model, guided, given))).toBe(
      `TypeError: describeOverrides: ${message}`,
    );
    expect(messageOf(() => overrideActivations(model, guided, given))).toBe(
      `TypeError: overrideActivations: ${message}`,
    );
  });
});

describe('activationNames', () => {
  it('lists each activation once', () => {
    expect(activationNames(residual())).toEqual(['linear', 'relu', 'softmax']);
  });
});
