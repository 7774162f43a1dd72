/** Whether a name is one on the web; else it is a path. */
export function isAddress(name: string): boolean {
  return /^https?:\/\//i.test(name);
}
