/** An attribute for rows and columns, which may be one number for both; 1 where there is none. */
export function pairOf(value: unknown): number[] {
  return Array.isArray(value) ? (value as number[]) : typeof value === 'number' ? [value, value] : [1, 1];
}
