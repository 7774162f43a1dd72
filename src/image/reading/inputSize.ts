import { checkSize } from '../pictures/checkPixels';
import { ours } from '../../errors/door';
import { kindOf } from '../../errors/kindOf';
import { isPromise } from '../../errors/isPromise';
import { wrongKind } from '../../errors/wrongKind';

/** What says of itself which images it takes: a LayersModel, a GraphModel, or one of them prepared. */
export type ImageModel =
  | { readonly inputs: readonly { readonly shape?: readonly (number | null)[] | undefined }[] }
  | {
      /** Of a prepared model, the one it was made of. */
      readonly model: object;
    };

type ShapedInputs = readonly { readonly shape?: readonly (number | null)[] | undefined }[];

export interface InputSize {
  height: number;
  width: number;
  channels: 1 | 3;
}

/**
 * Tells a model from options, and refuses what is neither.
 *
 * @param hasOptions Whether the options stand behind it, so that it must be a model.
 */
export function isImageModel(value: unknown, hasOptions: boolean): value is ImageModel {
  const kinds = 'model to be a LayersModel or a GraphModel';
  const expected = hasOptions ? kinds : `${kinds}, or options with a size`;
  if (typeof value === 'function') {
    throw wrongKind(expected, value, `${SAY}, as no function says which it takes`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value) || isPromise(value)) {
    throw wrongKind(expected, value);
  }
  if (inputsOf(value)) return true;
  if (!hasOptions && !('predict' in value) && !('model' in value)) return false;
  throw wrongKind(expected, value, SAY, `${kindOf(value)} without inputs`);
}

const SAY = 'say the size instead, e.g. { size: [224, 224] }';

/** The size that options give, or else a model's own. */
export function inputSize(model: ImageModel | undefined, size: unknown): InputSize {
  const [rows, columns, channels] = model === undefined ? [undefined, undefined, 3 as const] : imageOf(model);
  const [height, width] = size === undefined ? [rows, columns] : checkedSize(size);
  if (isCount(height) && isCount(width)) return { height, width, channels };
  const got = model === undefined ? 'none' : 'a model that takes images of any';
  throw ours(new RangeError(`expected a size, got ${got}; say which, e.g. { size: [224, 224] }`));
}

/** Rows, columns (neither a number where any will do) and channels of the one image that a model takes. */
function imageOf(model: ImageModel): readonly [unknown, unknown, 1 | 3] {
  const shapes = (inputsOf(model) ?? []).map(({ shape }) => shape ?? undefined);
  const [shape, ...others] = shapes.filter((one) => one?.length === 4 && isChannels(one[3]));
  if (shape !== undefined && others.length === 0) {
    const [, rows, columns, channels] = shape;
    return [rows, columns, channels as 1 | 3];
  }
  const expected = 'expected model to take one image, [batch, height, width, 1 or 3]';
  const isFirst = shapes.length === 1 && shapes[0]?.length === 4 && isChannels(shapes[0][1]);
  const hint = isFirst ? `${SAY}, and transpose what comes: tf.transpose(x, [0, 3, 1, 2])` : SAY;
  throw ours(
    new RangeError(`${expected}, got ${shapes.map(shapeText).join(' and ') || 'no input'}; ${hint}`),
  );
}

/** Rows and columns; one number is both. */
function checkedSize(size: unknown): readonly [number, number] {
  const both: unknown[] = Array.isArray(size) ? Array.from<unknown>(size) : [size, size];
  const [height, width] = both;
  if (both.length === 2 && isCount(height) && isCount(width)) {
    checkSize(width, height);
    return [height, width];
  }
  const got = both.every((one) => typeof one === 'number') ? `[${both.join(', ')}]` : kindOf(size);
  throw ours(new RangeError(`expected size to be [height, width] in pixels, or a number, got ${got}`));
}

function inputsOf(value: object): ShapedInputs | undefined {
  const { inputs, model } = value as { readonly inputs?: unknown; readonly model?: unknown };
  if (inputs === undefined && typeof model === 'object' && model !== null) {
    return inputsOf({ inputs: (model as { readonly inputs?: unknown }).inputs });
  }
  const isList =
    Array.isArray(inputs) && inputs.every((input) => typeof input === 'object' && input !== null);
  return isList ? (inputs as ShapedInputs) : undefined;
}

function shapeText(shape: readonly (number | null)[] | undefined): string {
  if (shape === undefined) return 'an unknown shape';
  return `[${shape.map((size) => (isCount(size) ? size : 'any')).join(', ')}]`;
}

const isCount = (value: unknown): value is number => Number.isInteger(value) && (value as number) > 0;

const isChannels = (value: unknown): boolean => value === 1 || value === 3;
