import { util } from '@tensorflow/tfjs-core';
import { ours } from '../../errors/door';
import type { Recording } from '../../tape/recording/recording';
import { nameOf, savedOf } from '../../tape/tape';
import type { TapeNode } from '../../tape/tape';
import type { Tensor } from '@tensorflow/tfjs-core';

/** A kernel as it ran on the input, and on the baseline. */
export interface Twins {
  readonly node: TapeNode;
  /** A tensor that the node kept, an input or an output, of the input's run. */
  readonly here: (name: string) => Tensor;
  /** The same of the baseline's. */
  readonly there: (name: string) => Tensor;
}

/**
 * Finds for each kernel that ran on the input the one that ran in its place on the baseline.
 *
 * @throws Error if the model runs other kernels there.
 */
export function twinsOf(recording: Recording, baseline: Recording): (node: TapeNode) => Twins {
  const others = new Map<TapeNode, TapeNode>();
  recording.nodes.forEach((node, i) => {
    const other = baseline.nodes[i];
    if (other && isSame(node, other)) others.set(node, other);
  });
  return (node) => {
    const other = others.get(node);
    if (!other || recording.nodes.length !== baseline.nodes.length) {
      throw ours(
        new Error(
          `${nameOf(node)} does not run alike on the baseline; what the model computes must not depend on the values`,
        ),
      );
    }
    return { node, here: (name) => savedOf(node, name), there: (name) => savedOf(other, name) };
  };
}

function isSame(a: TapeNode, b: TapeNode): boolean {
  const shapes = ({ outputs }: TapeNode) => outputs.map(({ shape }) => shape);
  return a.kernel === b.kernel && shapes(a).every((shape, i) => util.arraysEqual(shape, shapes(b)[i] ?? []));
}
