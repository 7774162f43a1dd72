/** The name of the node whose output a tensor's name is: without the output's number. */
export function nodeName(tensor: string): string {
  return tensor.replace(/:\d+$/, '');
}

/**
 * The name of a tensor with its output's number: a node's name alone TF.js may take for a name that the
 * signature has for another node.
 */
export function tensorName(name: string): string {
  return nodeName(name) === name ? `${name}:0` : name;
}
