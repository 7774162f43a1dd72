import {
  grad,
  ones,
  relu,
  scalar,
  square,
  sum,
  tensor1d,
  tensor2d,
  zeros,
  type Tensor,
} from '@tensorflow/tfjs-core';
import {
  input as symbolicInput,
  layers,
  model as layersModel,
  sequential,
  type LayersModel,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import {
  deconvnet,
  guided,
  guidedBackprop,
  guidedRelu,
  saliency,
  valueAndSaliency,
  type Model,
  type SaliencyOptions,
} from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { constant, input, op, tinyGraph } from '../support/tinyGraph';
import { convolution, dense, stack } from '../support/tinyLayers';
import { leftBehind, messageOf, onlyResults } from '../support/leftBehind';
import { mystery, withMystery } from '../support/mystery';

const x = tensor2d([
  [1, 2],
  [3, 4],
]);
const image = ones([1, 4, 4, 1]);

const three = stack(
  [2],
  dense(
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
    { name: 'scores', activation: 'relu' },
  ),
);

const nested = (() => {
  const inner = stack(
    [2],
    dense(
      [
        [1, 0],
        [0, 1],
      ],
      { name: 'h' },
    ),
    dense(
      [
        [1, 0],
        [0, 1],
      ],
      { name: 'y' },
    ),
  );
  inner.name = 'inner';
  const at = symbolicInput({ shape: [2], name: 'at' });
  return layersModel({
    inputs: at,
    outputs: dense([[1], [1]], { name: 'end' }).apply(inner.apply(at)) as SymbolicTensor,
  });
})();

const twoOutputs = (() => {
  const at = symbolicInput({ shape: [2] });
  const outputs = ['left', 'right'].map((name) => dense([[1], [2]], { name }).apply(at) as SymbolicTensor);
  return layersModel({ inputs: at, outputs });
})();

const twoInputs = (() => {
  const inputs = ['one', 'two'].map((name) => symbolicInput({ shape: [2], name }));
  return layersModel({ inputs, outputs: layers.add().apply(inputs) as SymbolicTensor });
})();

const shared = (() => {
  const at = symbolicInput({ shape: [2] });
  const layer = dense(
    [
      [1, 0],
      [0, 1],
    ],
    { name: 'twin' },
  );
  return layersModel({ inputs: at, outputs: layer.apply(layer.apply(at)) as SymbolicTensor });
})();

const twins = (() => {
  const inside = symbolicInput({ shape: [2] });
  const outputs = [
    [[1], [2]],
    [[3], [4]],
  ].map((weights) => dense(weights).apply(inside) as SymbolicTensor);
  const at = symbolicInput({ shape: [2] });
  const two = layersModel({ inputs: inside, outputs, name: 'two' }).apply(at) as SymbolicTensor[];
  return layersModel({ inputs: at, outputs: layers.add().apply(two) as SymbolicTensor });
})();

const spatial = stack(
  [4, 4, 1],
  convolution(
    [
      [1, 2],
      [3, 4],
    ],
    { name: 'conv' },
  ),
);

const graph = tinyGraph(
  {
    x: input([null, 2]),
    w: constant([1, 2, 3, 4], [2, 2]),
    product: op('MatMul', ['x', 'w']),
    axis: constant([1], [], 'int32'),
    halves: op('Split', ['axis', 'product'], { num_split: 2 }),
    y: op('AddV2', ['halves', 'halves:1']),
    one: constant([1], []),
  },
  ['y'],
);

const words = (() => {
  const at = symbolicInput({ shape: [3], dtype: 'int32', name: 'words' });
  const embedded = layers.embedding({ inputDim: 3, outputDim: 2, name: 'table' }).apply(at);
  return layersModel({ inputs: at, outputs: layers.flatten().apply(embedded) as SymbolicTensor });
})();

const wordGraph = tinyGraph(
  {
    ids: input([null, 2], 'int32'),
    table: constant([1, 2, 3, 4, 5, 6], [3, 2]),
    axis: constant([0], [], 'int32'),
    embedded: op('GatherV2', ['table', 'ids', 'axis']),
  },
  ['embedded'],
);

const looping = tinyGraph(
  {
    x: input([null, 2]),
    'while/Enter': op('Enter', ['x'], { frame_name: 'frame' }),
    'while/Exit': op('Exit', ['while/Enter']),
  },
  ['while/Exit'],
);

function disposedModels(): [string, Model][] {
  const list = stack([2], dense([[1], [2]]));
  list.name = 'list';
  const at = symbolicInput({ shape: [2] });
  const functional = layersModel({
    inputs: at,
    outputs: dense([[1], [2]]).apply(at) as SymbolicTensor,
    name: 'functional',
  });
  const disposedGraph = tinyGraph(
    { x: input([null, 2]), w: constant([1, 2], [2, 1]), y: op('MatMul', ['x', 'w']) },
    ['y'],
  );
  const inner = stack([2], dense([[1], [2]]));
  const outside = symbolicInput({ shape: [2] });
  const outer = layersModel({
    inputs: outside,
    outputs: inner.apply(outside) as SymbolicTensor,
    name: 'outer',
  });
  const models: [string, Model & { dispose(): unknown }][] = [
    [' "list"', list],
    [' "functional"', functional],
    ['', disposedGraph],
    [' "outer"', outer],
  ];
  for (const [, model] of models) model.dispose();
  return models;
}

type Case = [message: string, model: Model, x: unknown, options?: unknown];

const f = (at: Tensor) => square(at);
const noTensor = 'expected x to be a tensor, a list of tensors or tensors by input name';
const targets =
  'expected target to be a class, a list of classes, { output, class }, { class, at }, { layer }, { layer, channel }, ' +
  '{ layer, unit } or a function of the outputs';
const noRectifier = 'found no rectifier between the input and the target for the rule to act on';

const cases: Case[] = [
  // the model
  [
    'TypeError: saliency: expected model to be a LayersModel, a GraphModel, a prepared model or a function, got a number',
    3 as unknown as Model,
    x,
  ],
  [
    'TypeError: saliency: expected model to be a LayersModel, a GraphModel, a prepared model or a function, got null',
    null as unknown as Model,
    x,
  ],
  [
    'TypeError: saliency: expected model to be a LayersModel, a GraphModel, a prepared model or a function, got an object of class Object',
    {} as Model,
    x,
  ],
  [
    'Error: saliency: the model "empty" is not built; give its first layer an inputShape',
    sequential({ name: 'empty' }),
    x,
  ],
  ...disposedModels().map(([name, model]): Case => [
    `Error: saliency: the model${name} is disposed`,
    model,
    x,
  ]),
  [
    'Error: saliency: node "while/Enter" is a Enter, which TF.js runs only with executeAsync, where no gradient can be taken; ' +
      'convert the model without control flow, or explain a part of it as a function',
    looping,
    x,
  ],
  [
    'TypeError: saliency: the function must not be async; its gradient is taken while it runs',
    (async (at: Tensor) => Promise.resolve(f(at))) as unknown as Model,
    x,
  ],
  [
    'TypeError: saliency: expected the function to return tensors, got a number',
    (() => 3) as unknown as Model,
    x,
  ],
  [
    'TypeError: saliency: expected the function to return tensors, got undefined',
    (() => undefined) as unknown as Model,
    x,
  ],
  ['TypeError: saliency: expected the function to return tensors, got an empty list', () => [], x],
  [
    'TypeError: saliency: expected the function to return tensors, got a list with a number',
    ((at: Tensor) => [at, 3]) as unknown as Model,
    x,
  ],

  // x
  [`TypeError: saliency: ${noTensor}, got undefined`, three, undefined],
  [
    `TypeError: saliency: ${noTensor}, got a list with a list with a number; make it a tensor with tf.tensor(x)`,
    three,
    [[1, 2]],
  ],
  [
    'RangeError: saliency: expected x to have shape [batch, 2], got [2]; add the batch axis with tf.expandDims(x)',
    three,
    tensor1d([1, 2]),
  ],
  ['RangeError: saliency: expected x to have shape [batch, 2], got [1, 3]', three, tensor2d([[1, 2, 3]])],
  [
    'RangeError: saliency: expected x to have shape [batch, 4, 4, 1], got [4, 4, 1]; add the batch axis with tf.expandDims(x)',
    spatial,
    ones([4, 4, 1]),
  ],
  ['RangeError: saliency: expected x to have shape [batch, 2], got [1, 3]', graph, tensor2d([[1, 2, 3]])],
  ['RangeError: saliency: expected x to hold at least one sample, got none', three, zeros([0, 2])],
  [
    'TypeError: saliency: expected x to hold numbers, got a tensor of dtype string',
    three,
    tensor2d([['one', 'two']]),
  ],
  [
    'RangeError: saliency: expected x to hold a tensor for each input of the model, "at", got 2; ' +
      'a batch is one tensor, tf.concat(x)',
    nested,
    [x, x],
  ],
  ['RangeError: saliency: expected x to name the model\'s inputs "at", got "to"', nested, { to: x }],
  ['RangeError: saliency: expected x to name the model\'s inputs "x", got "y"', graph, { y: x }],

  [
    'RangeError: saliency: expected the inputs to hold the same number of samples, got 1, 3',
    twoInputs,
    [ones([1, 2]), ones([3, 2])],
  ],

  // the options
  [
    'RangeError: saliency: expected score to be "logit" or "probability", got "loud"',
    three,
    x,
    { score: 'loud' },
  ],
  ['RangeError: saliency: expected score to be "logit" or "probability", got 1', three, x, { score: 1 }],
  [
    'TypeError: saliency: expected rule to be a gradient rule such as guided, got "guided"; ' +
      'import the rule, and pass it without quotes',
    three,
    x,
    { rule: 'guided' },
  ],
  [
    'TypeError: saliency: expected rule to be a gradient rule such as guided, got the op guidedRelu; ' +
      'pass the rule that it is made with, such as guided',
    three,
    x,
    { rule: guidedRelu },
  ],
  [
    'TypeError: saliency: expected rule to be a gradient rule such as guided, got null',
    three,
    x,
    { rule: null },
  ],
  [
    'TypeError: saliency: expected rule to be a gradient rule such as guided, got an object of class Object',
    three,
    x,
    { rule: {} },
  ],
  [
    'TypeError: saliency: expected rule to be a gradient rule such as guided, got an object of class Object',
    three,
    x,
    { rule: { relu: 1 } },
  ],
  [
    `TypeError: saliency: ${targets}, got "cat"; ` +
      'a class is a number, e.g. labels.indexOf("cat") in the list of your labels',
    three,
    x,
    { target: 'cat' },
  ],
  [`TypeError: saliency: ${targets}, got null`, three, x, { target: null }],
  [
    `TypeError: saliency: ${targets}, got an object of class Object; pass the class by itself, or say of which output`,
    three,
    x,
    { target: { class: 1 } },
  ],
  [
    `TypeError: saliency: ${targets}, got a tensor; pass its numbers, await target.data()`,
    three,
    x,
    { target: scalar(1) },
  ],

  // classes
  ['RangeError: saliency: expected target to be a class from 0 to 2, got 3', three, x, { target: 3 }],
  ['RangeError: saliency: expected target to be a class from 0 to 2, got -1', three, x, { target: -1 }],
  ['RangeError: saliency: expected target to be a class from 0 to 2, got 1.5', three, x, { target: 1.5 }],
  ['RangeError: saliency: expected target to be a class from 0 to 2, got NaN', three, x, { target: NaN }],
  ['RangeError: saliency: expected target to be a class from 0 to 2, got 7', three, x, { target: [1, 7] }],
  [
    'RangeError: saliency: expected target to have one class for each of the 2 samples, got 1',
    three,
    x,
    { target: [1] },
  ],
  [
    'RangeError: saliency: expected target to have one class for each of the 2 samples, got 0',
    three,
    x,
    { target: [] },
  ],
  [
    'RangeError: saliency: expected an output of shape [batch, classes] to explain a class, got [1, 3, 3, 1]; ' +
      'say where, e.g. { class: 0, at: [0, 0] }, name a place instead, { layer, channel } or { layer, unit }, or give a target function',
    spatial,
    image,
  ],
  [
    'RangeError: saliency: expected an output of shape [batch, classes] to explain a class, got [2]; name a place instead, ' +
      '{ layer, channel } or { layer, unit }, or give a target function',
    (at: Tensor) => sum(at, 1),
    x,
  ],
  [
    'RangeError: saliency: the model has 2 outputs, "left", "right"; say which: { target: { output: "left" } }',
    twoOutputs,
    x,
  ],
  [
    'RangeError: saliency: the model has 2 outputs, "left", "right"; say which: { target: { output: "left", class: 0 } }',
    twoOutputs,
    x,
    { target: 0 },
  ],
  [
    'RangeError: saliency: the model has 2 outputs, "0", "1"; say which: { target: { output: "0" } }',
    (at: Tensor) => [at, f(at)],
    x,
  ],
  [
    'RangeError: saliency: no output "middle"; the model has "left", "right"',
    twoOutputs,
    x,
    { target: { output: 'middle' } },
  ],
  [
    'RangeError: saliency: no output 2; the model has "left", "right"',
    twoOutputs,
    x,
    { target: { output: 2 } },
  ],
  ['RangeError: saliency: no output "z"; the model has "y"', graph, x, { target: { output: 'z' } }],
  [
    'RangeError: saliency: expected an output behind a softmax or sigmoid for score "probability", got one that is not; ' +
      'ask for the "logit" instead',
    three,
    x,
    { score: 'probability' },
  ],
  [
    'RangeError: saliency: expected an output behind a softmax or sigmoid for score "probability", got one that is not; ' +
      'ask for the "logit" instead',
    graph,
    x,
    { score: 'probability', target: (y: Tensor) => y },
  ],

  // places
  [
    'TypeError: saliency: a function has no layers to name; return what is to be explained from it',
    f,
    x,
    { target: { layer: 'conv' } },
  ],
  [
    'RangeError: saliency: no layer "conv"; the model has "input1", "scores"',
    renamed(),
    x,
    { target: { layer: 'conv' } },
  ],
  [
    'RangeError: saliency: no layer "z"; "inner" has "in", "h", "y"',
    renamedNested(),
    x,
    { target: { layer: ['inner', 'z'] } },
  ],
  [
    'RangeError: saliency: layer "end" is a Dense and has no layer "z" that can be explained by itself; name the outer one',
    nested,
    x,
    { target: { layer: ['end', 'z'] } },
  ],
  [
    'RangeError: saliency: expected layer to name a layer, got an empty path',
    nested,
    x,
    { target: { layer: [] } },
  ],
  [
    'RangeError: saliency: layer "twin" is called 2 times; say which: { layer: "twin", node: 0 }',
    shared,
    x,
    { target: { layer: 'twin' } },
  ],
  [
    'RangeError: saliency: expected node to be from 0 to 1 for layer "twin", got 2',
    shared,
    x,
    { target: { layer: 'twin', node: 2 } },
  ],
  [
    'RangeError: saliency: expected node to be from 0 to 0 for layer "end", got 1',
    nested,
    x,
    { target: { layer: 'end', node: 1 } },
  ],
  [
    'RangeError: saliency: layer "two" has 2 outputs; say which: { layer: "two", output: 0 }',
    twins,
    x,
    { target: { layer: 'two' } },
  ],
  [
    'RangeError: saliency: expected output to be from 0 to 1 for layer "two", got 2',
    twins,
    x,
    { target: { layer: 'two', output: 2 } },
  ],
  [
    'RangeError: saliency: no node "conv"; the graph has "x", "w", "product", "axis", "halves", "y", "one"',
    graph,
    x,
    { target: { layer: 'conv' } },
  ],
  [
    'RangeError: saliency: layer "end" is a Dense and has no layer "inner" that can be explained by itself; ' +
      'name the outer one; several places are written [{ layer: "end" }, { layer: "inner" }]',
    nested,
    x,
    { wrt: ['end', 'inner'] },
  ],
  [
    'RangeError: saliency: layer "end" is a Dense and has no layer "z" that can be explained by itself; name the outer one',
    nested,
    x,
    { wrt: ['end', 'z'] },
  ],
  [
    'RangeError: saliency: no node "product > y"; did you mean "product"? the graph has "x", "w", "product", "axis", ' +
      '"halves", "y", "one"; several places are written [{ layer: "product" }, { layer: "y" }]',
    graph,
    x,
    { wrt: ['product', 'y'] },
  ],
  [
    'RangeError: saliency: no node "toString"; the graph has "x", "w", "product", "axis", "halves", "y", "one"',
    graph,
    x,
    { target: { layer: 'toString' } },
  ],
  [
    'RangeError: saliency: no output "halves:2"; the node has fewer',
    graph,
    x,
    { target: { layer: 'halves', output: 2 } },
  ],
  [
    'RangeError: saliency: no output "halves:2"; the node has fewer',
    graph,
    x,
    { target: { layer: 'halves:2' } },
  ],
  [
    'RangeError: saliency: expected "one" to have a batch axis, got a scalar',
    graph,
    x,
    { target: { layer: 'one' } },
  ],
  [
    'RangeError: saliency: expected channel to be from 0 to 0 for "conv", got 1',
    spatial,
    image,
    { target: { layer: 'conv', channel: 1 } },
  ],
  [
    'RangeError: saliency: expected channel to be from 0 to 0 for "conv", got -1',
    spatial,
    image,
    { target: { layer: 'conv', channel: -1 } },
  ],
  [
    'RangeError: saliency: expected channel to be from 0 to 0 for "conv", got 0.5',
    spatial,
    image,
    { target: { layer: 'conv', channel: 0.5 } },
  ],
  [
    'RangeError: saliency: expected unit to be an index into [3, 3, 1] for "conv", got [3, 0, 0]',
    spatial,
    image,
    { target: { layer: 'conv', unit: [3, 0, 0] } },
  ],
  [
    'RangeError: saliency: expected unit to be an index into [3, 3, 1] for "conv", got [0, 0]',
    spatial,
    image,
    { target: { layer: 'conv', unit: [0, 0] } },
  ],
  [
    'RangeError: saliency: expected unit to be an index into [3, 3, 1] for "conv", got [0, -1, 0]',
    spatial,
    image,
    { target: { layer: 'conv', unit: [0, -1, 0] } },
  ],
  [
    'TypeError: saliency: expected target to have a channel or a unit, got both',
    spatial,
    image,
    { target: { layer: 'conv', channel: 0, unit: [0, 0, 0] } },
  ],
  ['RangeError: saliency: no layer "conv"; the model has "input1", "scores"', renamed(), x, { wrt: 'conv' }],
  [
    'RangeError: saliency: no node "conv"; the graph has "x", "w", "product", "axis", "halves", "y", "one"',
    graph,
    x,
    { wrt: 'conv' },
  ],

  // target functions
  [
    'TypeError: saliency: the target function must not be async; its gradient is taken while it runs',
    three,
    x,
    { target: async (y: Tensor) => Promise.resolve(sum(y)) },
  ],
  [
    'TypeError: saliency: expected the target function to return a tensor, got a number',
    three,
    x,
    { target: () => 3 },
  ],
  [
    'TypeError: saliency: expected the target function to return a tensor, got undefined',
    three,
    x,
    { target: () => undefined },
  ],
  [
    'TypeError: saliency: expected the target function to return a tensor, got a list of tensors',
    three,
    x,
    { target: (y: Tensor) => [y] },
  ],
  [
    'RangeError: saliency: expected the target function to return a scalar or one number per sample, got a tensor of shape [2, 3]',
    three,
    x,
    { target: (y: Tensor) => y },
  ],
  [
    'Error: my own',
    three,
    x,
    {
      target: () => {
        throw new Error('my own');
      },
    },
  ],

  // what cannot be explained
  [
    'Error: saliency: the target does not depend on the input, so there is nothing to explain; choose another target',
    () => ones([2, 3]),
    x,
  ],
  [
    'Error: saliency: the target does not depend on the input, so there is nothing to explain; choose another target',
    three,
    x,
    { target: () => scalar(1) },
  ],
  [
    'Error: saliency: the target does not depend on the input, so there is nothing to explain; choose another target',
    graph,
    x,
    { target: { layer: 'w' } },
  ],
  [
    'Error: saliency: the target does not depend on the output of "end", so there is nothing to explain; choose another target or another wrt',
    nested,
    x,
    { wrt: 'end', target: { layer: ['inner', 'h'] } },
  ],
  [
    'Error: saliency: the target does not depend on the output of "left", so there is nothing to explain; choose another target or another wrt',
    twoOutputs,
    x,
    { wrt: 'left', target: { output: 'right' } },
  ],
  [
    'Error: saliency: the output of "w" does not depend on the input, and cannot be explained in its stead',
    graph,
    x,
    { wrt: 'w' },
  ],
  [
    'Error: saliency: input "words" holds integers (int32), which have no gradient; explain what they are made into instead, e.g. { wrt: "table" }',
    words,
    tensor2d([[0, 1, 2]], [1, 3], 'int32'),
  ],
  [
    'Error: saliency: input "ids" holds integers (int32), which have no gradient; explain what they are made into instead, e.g. { wrt: "embedded" }',
    wordGraph,
    tensor2d([[0, 1]], [1, 2], 'int32'),
  ],

  // rules
  [`RangeError: saliency: ${noRectifier}; the kernels there are "Square"`, f, x, { rule: guided }],
  [
    'TypeError: rule: expected a tensor of the shape of dy, [2, 2], got a tensor of shape [2, 1]',
    (at: Tensor) => relu(at),
    x,
    { rule: ({ dy }: { dy: Tensor }) => sum(dy, 1, true) },
  ],
  [
    'TypeError: rule: expected a tensor of the shape of dy, [2, 3], got undefined',
    three,
    x,
    { rule: () => undefined },
  ],
  [
    'Error: my own',
    three,
    x,
    {
      rule: () => {
        throw new Error('my own');
      },
    },
  ],
];

/** `three`, whose input has a name that does not count up. */
function renamed(): LayersModel {
  const at = symbolicInput({ shape: [2], name: 'input1' });
  return layersModel({
    inputs: at,
    outputs: dense([[1], [2]], { name: 'scores' }).apply(at) as SymbolicTensor,
  });
}

function renamedNested(): LayersModel {
  const inside = symbolicInput({ shape: [2], name: 'in' });
  const h = dense(
    [
      [1, 0],
      [0, 1],
    ],
    { name: 'h' },
  ).apply(inside);
  const inner = layersModel({
    inputs: inside,
    outputs: dense(
      [
        [1, 0],
        [0, 1],
      ],
      { name: 'y' },
    ).apply(h) as SymbolicTensor,
    name: 'inner',
  });
  const at = symbolicInput({ shape: [2] });
  return layersModel({ inputs: at, outputs: inner.apply(at) as SymbolicTensor });
}

describe('saliency throws, and leaves nothing behind:', () => {
  it.each(cases)('%s', (message, model, at, options) => {
    let got = '';
    const run = () => (got = messageOf(() => saliency(model, at as Tensor, options as SaliencyOptions)));
    run(); // a model puts itself together when it first runs
    const left = leftBehind(run);
    expect(got).toBe(message);
    expect(left).toEqual(onlyResults(0));
  });

  it('names a kernel that has no gradient, and its layer', () => {
    withMystery(undefined, () => {
      const message = 'the kernel has no gradient, neither in TF.js nor in guided-saliency';
      expect(messageOf(() => saliency((at) => mystery(at), x))).toBe(
        `Error: saliency: kernel Mystery: ${message}`,
      );
      const model = stack([2], new Mysterious({ name: 'odd' }), dense([[1], [2]]));
      expect(messageOf(() => saliency(model, x))).toBe(
        `Error: saliency: kernel Mystery in layer "odd": ${message}`,
      );
      model.name = 'inner';
      const at = symbolicInput({ shape: [2] });
      const outer = layersModel({ inputs: at, outputs: model.apply(at) as SymbolicTensor });
      expect(messageOf(() => saliency(outer, x))).toBe(
        `Error: saliency: kernel Mystery in layer "inner > odd": ${message}`,
      );
      expect(leftBehind(() => messageOf(() => saliency(outer, x)))).toEqual(onlyResults(0));
    });
  });

  it('but not where the kernel is not on the way', async () => {
    const two = (at: Tensor) => [square(at), mystery(at)];
    const map = withMystery(undefined, () => saliency(two, x, { target: { output: 0, class: 1 } }));
    expect(await map.array()).toEqual([
      [0, 4],
      [0, 8],
    ]);
  });

  it('inside of tf.grad, whose tape does not see it', () => {
    const body = () => grad((at) => sum(saliency(three, at)))(x);
    const message =
      'Error: saliency: cannot run inside tf.grad, whose tape does not see it; put withInputGradients around the outer gradient';
    expect(messageOf(body)).toBe(message);
    expect(leftBehind(() => messageOf(body))).toEqual(onlyResults(0));
  });

  it('for a disposed x', () => {
    const gone = ones([1, 2]);
    gone.dispose();
    expect(messageOf(() => saliency(three, gone))).toBe(
      'Error: saliency: expected x to hold tensors in use, got a disposed one',
    );
  });
});

describe('the other methods name themselves in errors:', () => {
  it('guidedBackprop, deconvnet and valueAndSaliency', () => {
    const after = ': expected target to be a class from 0 to 2, got 3';
    expect(messageOf(() => guidedBackprop(three, x, { target: 3 }))).toBe(
      `RangeError: guidedBackprop${after}`,
    );
    expect(messageOf(() => deconvnet(three, x, { target: 3 }))).toBe(`RangeError: deconvnet${after}`);
    expect(messageOf(() => valueAndSaliency(three, x, { target: 3 }))).toBe(
      `RangeError: valueAndSaliency${after}`,
    );
  });

  it('also where there is no rectifier', () => {
    const linear = stack([2], dense([[1], [2]], { activation: 'tanh' }));
    const activations = 'the model\'s activations are "tanh"';
    expect(messageOf(() => guidedBackprop(linear, x))).toBe(
      `RangeError: guidedBackprop: ${noRectifier}; ${activations}`,
    );
    expect(messageOf(() => deconvnet(linear, x))).toBe(
      `RangeError: deconvnet: ${noRectifier}; ${activations}`,
    );
  });
});

class Mysterious extends layers.Layer {
  override call(inputs: Tensor | Tensor[]): Tensor {
    return mystery(Array.isArray(inputs) ? inputs[0]! : inputs);
  }
  static className = 'Mysterious';
}
