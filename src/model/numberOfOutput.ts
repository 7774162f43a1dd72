/**
 * The number of an output that is named, also by its tensor's name, `node:0`, or numbered; -1 where none has
 * the name.
 */
export function numberOfOutput(names: readonly string[], output: string | number): number {
  if (typeof output === 'number') return output;
  const number = names.indexOf(output);
  return number < 0 ? names.indexOf(output.replace(/:0$/, '')) : number;
}
