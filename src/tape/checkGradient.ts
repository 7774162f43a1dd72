import { util } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { nameOf } from './tape';
import type { TapeNode, Value } from './tape';

/** Refuses a gradient of another shape or dtype than its input's. */
export function checkGradient(node: TapeNode, name: string, dx: Tensor): void {
  const { shape } = node.inputs[name] as Value;
  if (util.arraysEqual(dx.shape, shape) && dx.dtype === 'float32') return;
  throw new Error(
    `${nameOf(node)}: expected its gradient with respect to "${name}" to be float32 of shape [${shape.join(', ')}], ` +
      `got ${dx.dtype} of shape [${dx.shape.join(', ')}]`,
  );
}

/** Why a node has no gradient to one of its inputs. */
export function unknownGradient(node: TapeNode, name: string): string {
  const { dtype } = node.inputs[name] as Value;
  if (dtype === 'float32') return `${nameOf(node)}: no gradient with respect to its input "${name}" is known`;
  const layer = node.where?.split(' > ').pop();
  return (
    `${nameOf(node)}: its input "${name}" holds integers (${dtype}), which have no gradient; explain what they are ` +
    `made into instead, ${layer === undefined ? 'with wrt' : `e.g. { wrt: "${layer}" }`}`
  );
}
