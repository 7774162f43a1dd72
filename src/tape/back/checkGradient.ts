import { util } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { ours } from '../../errors/door';
import { nameOf } from '../tape';
import type { TapeNode, Value } from '../tape';

/** Refuses a gradient of another shape or dtype than its input's. */
export function checkGradient(node: TapeNode, name: string, dx: Tensor): void {
  const { shape, dtype } = node.inputs[name] as Value;
  const wanted = dtype === 'complex64' ? dtype : 'float32';
  if (util.arraysEqual(dx.shape, shape) && dx.dtype === wanted) return;
  throw ours(
    new Error(
      `${nameOf(node)}: expected its gradient with respect to "${name}" to be ${wanted} of shape [${shape.join(', ')}], ` +
        `got ${dx.dtype} of shape [${dx.shape.join(', ')}]`,
    ),
  );
}

/** Why a node has no gradient to one of its inputs. */
export function unknownGradient(node: TapeNode, name: string): string {
  const { dtype } = node.inputs[name] as Value;
  if (dtype === 'complex64') {
    return (
      `${nameOf(node)}: no gradient of complex numbers is known; take them apart before, ` +
      'with tf.real and tf.imag'
    );
  }
  if (dtype === 'float32') return `${nameOf(node)}: no gradient with respect to its input "${name}" is known`;
  const layer = node.where?.split(' > ').pop();
  return (
    `${nameOf(node)}: its input "${name}" holds integers (${dtype}), which have no gradient; explain ` +
    (layer === undefined
      ? 'a function of what they are made into'
      : `what they are made into instead, e.g. { wrt: "${layer}" }`)
  );
}
