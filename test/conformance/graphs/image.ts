import type { ConformanceCase } from '../conformanceCase';
import { graphCase } from '../graphSubject';

const sizes: readonly (readonly [from: readonly number[], to: readonly number[]])[] = [
  [
    [2, 3, 4, 2],
    [6, 7],
  ],
  [
    [1, 5, 6, 2],
    [2, 3],
  ],
  [
    [1, 3, 3, 2],
    [6, 6],
  ],
  [
    [1, 4, 3, 1],
    [4, 5],
  ],
  [
    [1, 3, 4, 1],
    [1, 1],
  ],
];

const samplings: readonly (readonly [
  label: string,
  attributes: { align_corners: boolean; half_pixel_centers: boolean },
])[] = [
  ['', { align_corners: false, half_pixel_centers: false }],
  [', corners aligned', { align_corners: true, half_pixel_centers: false }],
  [', half-pixel centres', { align_corners: false, half_pixel_centers: true }],
];

export const imageGraphs: readonly ConformanceCase[] = [
  ...['ResizeBilinear', 'ResizeNearestNeighbor'].flatMap((op) =>
    sizes.flatMap(([from, to]) =>
      samplings.map(([label, attributes]) =>
        graphCase(op, `${from.join('x')} to ${to.join('x')}${label}`, [from], (g, x) =>
          g.node(op, [x, g.integers(to)], attributes),
        ),
      ),
    ),
  ),
  ...['bilinear', 'nearest'].map((method) =>
    graphCase('CropAndResize', method, [[1, 5, 4, 2]], (g, x) =>
      g.node(
        'CropAndResize',
        [
          x,
          g.floats([0.125, 0, 0.875, 0.75, 0.25, 0.25, 1, 1], [2, 4]),
          g.integers([0, 0]),
          g.integers([3, 2]),
        ],
        { method, extrapolation_value: { float: 0 } },
      ),
    ),
  ),
  ...['BILINEAR', 'NEAREST'].map((interpolation) =>
    graphCase('ImageProjectiveTransformV3', interpolation.toLowerCase(), [[1, 4, 5, 2]], (g, x) =>
      g.node(
        'ImageProjectiveTransformV3',
        // no place halfway between pixels, which cpu rounds up and wasm away from 0
        [x, g.floats([1, 0.25, -0.45, -0.125, 0.875, 0.3, 0, 0], [1, 8]), g.integers([4, 5]), g.float(0)],
        { interpolation, fill_mode: 'CONSTANT' },
      ),
    ),
  ),
];
