import type { KernelGradient } from '../../gradients/kernelGradient';
import type { TapeNode } from '../tape';

/** What the gradient to the active inputs needs from the forward pass, by name. */
export function neededBy(
  gradient: KernelGradient | undefined,
  attrs: TapeNode['attrs'],
  active: string[],
  given: string[],
): Set<string> {
  const listed = gradient?.needs ?? {};
  const needs = typeof listed === 'function' ? listed(attrs) : listed;
  const names = new Set(needs['*']);
  for (const input of active) for (const name of needs[input] ?? []) names.add(name);
  if (names.delete('*')) for (const name of given) names.add(name);
  return names;
}
