import type { Point, Stroke } from '../../examples/playground/page/digitPixels';

/** Part of an ellipse, clockwise from the angle `from` to `to`, in degrees from the right. */
function arc([x, y]: Point, [wide, high]: readonly [number, number], from: number, to: number): Stroke {
  return Array.from({ length: 13 }, (_, i) => {
    const angle = ((from + ((to - from) * i) / 12) * Math.PI) / 180;
    return [x + wide * Math.cos(angle), y + high * Math.sin(angle)];
  });
}

/** The digits as a hand draws them, 0 to 9. */
export const drawnDigits: readonly (readonly Stroke[])[] = [
  [arc([0.5, 0.5], [0.2, 0.3], -90, 270)],
  [
    [
      [0.52, 0.2],
      [0.5, 0.5],
      [0.48, 0.8],
    ],
  ],
  [[...arc([0.5, 0.35], [0.17, 0.15], 180, 385), [0.35, 0.78], [0.72, 0.78]]],
  [[...arc([0.48, 0.34], [0.18, 0.15], 210, 450), ...arc([0.48, 0.65], [0.2, 0.16], -90, 150)]],
  [
    [
      [0.38, 0.2],
      [0.32, 0.52],
      [0.7, 0.5],
    ],
    [
      [0.62, 0.22],
      [0.58, 0.82],
    ],
  ],
  [
    [[0.38, 0.22], [0.36, 0.45], ...arc([0.46, 0.62], [0.2, 0.18], -100, 150)],
    [
      [0.38, 0.22],
      [0.68, 0.21],
    ],
  ],
  [[[0.58, 0.18], [0.42, 0.38], ...arc([0.5, 0.63], [0.15, 0.17], 190, 550)]],
  [
    [
      [0.3, 0.22],
      [0.7, 0.22],
      [0.6, 0.45],
      [0.48, 0.8],
    ],
  ],
  [[...arc([0.5, 0.35], [0.14, 0.14], 90, 450), ...arc([0.5, 0.65], [0.17, 0.16], -90, 270)]],
  [[...arc([0.5, 0.36], [0.15, 0.15], 0, 360), [0.64, 0.4], [0.58, 0.82]]],
];
