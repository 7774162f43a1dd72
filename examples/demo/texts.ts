import type { Explanation } from './explainWith';

/** What stands below a map. */
export function captionOf({ name, record: { passes } }: Explanation): string[] {
  return [name, passText(passes)];
}

/** How many passes were made. */
export function passText(passes: number): string {
  return passes === 1 ? '1 pass' : `${passes} passes`;
}

/** How far a map is off the one of a record. */
export function offText(share: number): string {
  return share === 0
    ? 'the same map as recorded'
    : `off what was recorded by ${share.toExponential(1)} of the largest`;
}

/** Which class was explained, and how high it is. */
export function classText(
  first: Explanation | undefined,
  labels: string[] | undefined,
  scores: number[],
): string {
  const { chosen = NaN, value = NaN } = first ?? {};
  const name = labels === undefined ? '' : ` "${labels[chosen]}"`;
  const score = scores[chosen] ?? NaN;
  const before = Math.abs(value - score) < 1e-4 ? '' : `; explained by its logit, ${value.toFixed(2)}`;
  return `${chosen}${name}, score ${score.toFixed(3)}${before}`;
}
