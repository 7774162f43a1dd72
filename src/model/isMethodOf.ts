/**
 * Whether an object runs a method as a class declares it that declares others beside: nobody has put another
 * one in front, on the object or in a class of their own.
 */
export function isMethodOf(object: object, name: string, beside: readonly string[]): boolean {
  let owner: object | null = object;
  while (owner && !Object.prototype.hasOwnProperty.call(owner, name)) {
    owner = Object.getPrototypeOf(owner) as object | null;
  }
  return owner !== null && beside.every((other) => Object.prototype.hasOwnProperty.call(owner, other));
}
