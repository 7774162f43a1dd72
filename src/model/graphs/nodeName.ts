/** The name of the node whose output a tensor's name is: without the output's number. */
export function nodeName(tensor: string): string {
  return tensor.replace(/:\d+$/, '');
}
