import { ours } from '../../errors/door';
import { nearest } from '../../errors/nearest';
import { quoted } from '../../errors/quoted';
import type { GraphNode } from '../modelKinds';
import { nodeName } from './nodeName';

/**
 * The error for a name of no node: which may have been meant, and which there are.
 *
 * @param use What it was to be used for.
 */
export function noNode(name: string, nodes: Readonly<Record<string, GraphNode>>, use = ''): RangeError {
  const likely = likelyNode(nodeName(name), Object.values(nodes));
  return ours(
    new RangeError(`no node "${name}"${use}; ${likely}the graph has ${quoted(Object.keys(nodes))}`),
  );
}

/**
 * A question for an error: which node may have been meant by a name that is not there. A converted graph has
 * a layer's name as a part of its nodes' names, the last of which gives the layer's output.
 */
function likelyNode(name: string, nodes: readonly GraphNode[]): string {
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
