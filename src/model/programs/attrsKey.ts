import type { Step } from './program';

/** What a kernel is told, as text: JSON by itself has one word for NaN and the infinities. */
export function attrsKey(attrs: Step['attrs']): string {
  return JSON.stringify(attrs, (_, value: unknown) =>
    typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))
      ? `#${Object.is(value, -0) ? '-0' : value}`
      : value,
  );
}
