import type { ConformanceCase } from '../conformanceCase';
import { layer, modelCase } from '../layerSubject';

function merged(
  subject: string,
  shapes: readonly (readonly number[])[],
  options: Record<string, unknown> = {},
): ConformanceCase {
  const text = Object.entries(options)
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
    .join(', ');
  const label = `${text === '' ? '' : `${text} `}on ${shapes.map((shape) => shape.join('x')).join(', ')}`;
  return modelCase(subject, label, shapes, (inputs) => layer(subject, options).apply(inputs));
}

const elementwise = ['add', 'average', 'maximum', 'minimum', 'multiply'];

export const mergingLayers = [
  ...elementwise.flatMap((name) => [
    merged(name, [
      [2, 3, 4],
      [2, 3, 4],
    ]),
    merged(name, [
      [2, 5],
      [2, 5],
      [2, 5],
    ]),
    merged(name, [
      [2, 3, 4],
      [2, 1, 4],
    ]), // the smaller one is spread
    merged(name, [
      [2, 1, 4],
      [2, 3, 1],
    ]), // both are
    merged(name, [
      [2, 2, 3, 2],
      [2, 3, 2],
    ]), // of another rank
    modelCase(name, 'the same input twice, 2x4', [[2, 4]], ([x]) => layer(name).apply([x, x] as never)),
  ]),
  merged('add', [
    [2, 2, 3, 2],
    [2, 2, 1, 2],
    [2, 1, 1, 1],
    [2, 2, 3, 2],
  ]),
  merged('multiply', [
    [2, 3, 4],
    [2, 1, 1],
  ]),

  merged('concatenate', [
    [2, 3],
    [2, 5],
  ]),
  merged('concatenate', [
    [2, 3, 4],
    [2, 3, 2],
    [2, 3, 1],
  ]),
  merged(
    'concatenate',
    [
      [2, 3, 4],
      [2, 2, 4],
    ],
    { axis: 1 },
  ),
  merged(
    'concatenate',
    [
      [2, 3, 2, 2],
      [2, 3, 4, 2],
    ],
    { axis: 2 },
  ),
  merged(
    'concatenate',
    [
      [2, 3, 2, 2],
      [2, 3, 2, 3],
    ],
    { axis: -1 },
  ),
  modelCase('concatenate', 'the same input twice, 2x4', [[2, 4]], ([x]) =>
    layer('concatenate').apply([x, x] as never),
  ),

  merged(
    'dot',
    [
      [2, 4],
      [2, 4],
    ],
    { axes: 1 },
  ),
  merged(
    'dot',
    [
      [2, 4],
      [2, 4],
    ],
    { axes: -1, normalize: true },
  ),
  merged(
    'dot',
    [
      [2, 3, 4],
      [2, 5, 4],
    ],
    { axes: 2 },
  ),
  merged(
    'dot',
    [
      [2, 3, 4],
      [2, 4, 5],
    ],
    { axes: [2, 1] },
  ),
  merged(
    'dot',
    [
      [2, 3, 4],
      [2, 3, 5],
    ],
    { axes: 1 },
  ),
  merged(
    'dot',
    [
      [2, 3, 4],
      [2, 5, 4],
    ],
    { axes: [2, 2], normalize: true },
  ),
  merged(
    'dot',
    [
      [2, 3, 4],
      [2, 3],
    ],
    { axes: 1 },
  ),
  modelCase('dot', 'the same input twice, axes 2, 2x3x4', [[2, 3, 4]], ([x]) =>
    layer('dot', { axes: 2 }).apply([x, x] as never),
  ),
];
