import type { GraphModel } from '@tensorflow/tfjs-converter';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** Rows and columns where a model takes images of any size. */
const ANY_SIZE = 224;

export interface ImageSize {
  height: number;
  width: number;
  channels: number;
}

/**
 * The images that a model takes.
 *
 * @throws Error if it takes anything else than one image of floats.
 */
export function imageSizeOf(model: LayersModel | GraphModel): ImageSize {
  const shapes = model.inputs.map((input) => [...(input.shape ?? [])]);
  const [, height, width, channels] = shapes[0] ?? [];
  if (shapes.length !== 1 || shapes[0]?.length !== 4 || (channels !== 1 && channels !== 3)) {
    const got = shapes
      .map((shape) => (shape.length === 0 ? 'an unknown shape' : shapeText(shape)))
      .join(' and ');
    throw new Error(
      `--model: expected an image model, with the one input [batch, height, width, 1 or 3], got ${got}`,
    );
  }
  const dtype = model.inputs[0]?.dtype ?? 'float32';
  if (dtype !== 'float32') {
    throw new Error(
      `--model: expected a model that takes images of floats, got one of integers (${dtype}), which have no ` +
        'gradient; in code, explain what it makes of them: { wrt }',
    );
  }
  return { height: sizeOr(ANY_SIZE, height), width: sizeOr(ANY_SIZE, width), channels };
}

/**
 * The scores that a model gives an image, one a class.
 *
 * @throws Error if its output is anything else.
 */
export async function scoresOf(model: LayersModel | GraphModel, x: Tensor4D): Promise<number[]> {
  const outputs = model.predict(x);
  const list = 'shape' in outputs ? [outputs as Tensor] : Object.values(outputs);
  const scores = [...((await list[0]?.data()) ?? [])];
  const shapes = list.map((output) => output.shape);
  list.forEach((output) => output.dispose());
  if (shapes.length !== 1 || shapes[0]?.at(-1) !== scores.length) {
    const got = shapes.map(shapeText).join(' and ');
    throw new Error(`--model: expected a classifier, with the one output [batch, classes], got ${got}`);
  }
  return scores;
}

function sizeOr(otherwise: number, size: number | null | undefined): number {
  return typeof size === 'number' && size > 0 ? size : otherwise;
}

function shapeText(shape: (number | null)[]): string {
  return `[${shape.map((size) => (size === null || size < 0 ? 'any' : size)).join(', ')}]`;
}
