import { isTensor } from '../backends/isTensor';
import { wrongKind } from '../errors/wrongKind';
import { isGraphModel, isLayersModel } from './modelKinds';
import { hasNetwork } from './network';

/**
 * The error for what is no model where one belongs.
 *
 * @param ofFunction What to do with a function, where none is taken.
 */
export function notAModel(value: unknown, expected: string, ofFunction?: string): TypeError {
  const hint = typeof value === 'function' ? ofFunction : hintFor(value);
  return wrongKind(
    `model to be ${expected}`,
    value,
    hint,
    hasNetwork(value) ? 'a prepared model' : undefined,
  );
}

function hintFor(value: unknown): string | undefined {
  if (isTensor(value)) return 'the model comes first, then what it is given';
  const { model } = Object(value) as { model?: unknown };
  return isLayersModel(model) || isGraphModel(model) ? 'pass its .model' : undefined;
}
