import { layerCase } from '../layerSubject';

const line = [2, 7, 3];
const plane = [2, 5, 6, 2];
const volume = [1, 4, 5, 3, 2];

/** Below 0 everywhere: a padding or a start value of 0 would win. */
const negative = { range: [-3, -1] } as const;

const channelsFirst = { dataFormat: 'channelsFirst' };

const along = [
  { poolSize: 2 },
  { poolSize: 3, strides: 1 },
  { poolSize: 3, strides: 2, padding: 'same' },
  { poolSize: 2, strides: 1, padding: 'same' },
  { poolSize: 2, strides: 3 },
  { poolSize: 4, strides: 3, padding: 'same' },
];
const across = [
  { poolSize: 2 },
  { poolSize: [3, 2], strides: [2, 1] },
  { poolSize: 3, strides: 1, padding: 'same' },
  { poolSize: 2, strides: 2, padding: 'same' },
  { poolSize: [2, 3], strides: 2, padding: 'same' },
  { poolSize: 1, strides: 2 },
  { poolSize: 5, strides: 3, padding: 'same' },
];
const through = [
  { poolSize: 2 },
  { poolSize: [2, 3, 1], strides: 1 },
  { poolSize: 2, padding: 'same' },
  { poolSize: 3, strides: 1, padding: 'same' },
  { poolSize: [3, 2, 2], strides: [2, 1, 2], padding: 'same' },
];

const aliases: readonly (readonly [string, readonly number[]])[] = [
  ['avgPool1d', line],
  ['avgPooling1d', line],
  ['maxPool1d', line],
  ['avgPool2d', plane],
  ['avgPooling2d', plane],
  ['maxPool2d', plane],
  ['avgPool3d', volume],
  ['avgPooling3d', volume],
];

export const poolingLayers = [
  ...['averagePooling1d', 'maxPooling1d'].flatMap((pool) =>
    along.map((options) => layerCase(pool, line, options)),
  ),
  ...['averagePooling2d', 'maxPooling2d'].flatMap((pool) => [
    ...across.map((options) => layerCase(pool, plane, options)),
    layerCase(pool, [2, 2, 5, 6], { poolSize: 2, ...channelsFirst }),
    layerCase(pool, [2, 2, 5, 6], { poolSize: 3, strides: 2, padding: 'same', ...channelsFirst }),
    layerCase(pool, [3, 1, 5, 1], { poolSize: [1, 2] }),
  ]),
  ...['averagePooling3d', 'maxPooling3d'].flatMap((pool) => [
    ...through.map((options) => layerCase(pool, volume, options)),
    layerCase(pool, [1, 2, 4, 5, 3], { poolSize: 2, ...channelsFirst }),
    layerCase(pool, [2, 3, 3, 3, 1], { poolSize: 2, strides: 1 }),
  ]),
  layerCase('maxPooling1d', line, { poolSize: 2, padding: 'same', strides: 2 }, negative),
  layerCase('maxPooling2d', plane, { poolSize: 3, padding: 'same', strides: 2 }, negative),
  layerCase('maxPooling2d', plane, { poolSize: [2, 3], strides: 1 }, negative),
  layerCase('maxPooling3d', volume, { poolSize: [2, 2, 3], padding: 'same' }, negative),
  layerCase('averagePooling2d', plane, { poolSize: 3, padding: 'same', strides: 2 }, negative),
  ...aliases.map(([pool, shape]) => layerCase(pool, shape, { poolSize: 3, strides: 2, padding: 'same' })),

  ...['globalAveragePooling1d', 'globalMaxPooling1d', 'globalMaxPool1d'].flatMap((pool) => [
    layerCase(pool, line),
    layerCase(pool, [3, 1, 4], {}, negative),
  ]),
  ...['globalAveragePooling2d', 'globalMaxPooling2d', 'globalMaxPool2d'].flatMap((pool) => [
    layerCase(pool, plane),
    layerCase(pool, [2, 3, 4, 5], channelsFirst, negative),
  ]),
];
