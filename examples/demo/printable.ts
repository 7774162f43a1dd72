/**
 * Text without what would command a terminal, or turn its reading order: a label or a model may be anybody's.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
}
