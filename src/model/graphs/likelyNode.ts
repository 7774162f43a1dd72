import { nearest } from '../../errors/nearest';
import type { GraphNode } from '../modelKinds';

/**
 * A question for an error: which node may have been meant by a name that is not there. A converted graph has
 * a layer's name as a part of its nodes' names, the last of which gives the layer's output.
 */
export function likelyNode(name: string, nodes: readonly GraphNode[]): string {
  const ofLayer = nodes.filter((node) => node.op !== 'Const' && node.name.split('/').includes(name));
  const likely =
    ofLayer[ofLayer.length - 1]?.name ??
    nearest(
      name,
      nodes.map((node) => node.name),
      0.4,
    );
  return likely === undefined ? '' : `did you mean "${likely}"? `;
}
