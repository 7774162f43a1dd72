import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Settings } from '../settings';
import { Conductor, emptyView, type View, type Wanted } from './conductor';

/**
 * What is to be shown of what is wanted, and who is asked for more; null where nothing is wanted yet.
 *
 * @param onChange Is told which settings are to be others; always the same function.
 */
export function useConductor(
  wanted: Wanted | null,
  onChange: (change: Partial<Settings>) => void,
): [View, Pick<Conductor, 'alone' | 'cancel'>] {
  const [view, setView] = useState<View>(emptyView);
  const conductor = useRef<Conductor | null>(null);
  useLayoutEffect(() => {
    const worker = new Worker(new URL('../worker/laboratory.ts', import.meta.url), { type: 'module' });
    conductor.current = new Conductor(worker, setView, onChange);
    return () => worker.terminate();
  }, []);
  const { settings, model, photo, checks } = wanted ?? {};
  // before the next paint: what the page says of itself is true at once
  useLayoutEffect(() => {
    if (wanted) conductor.current?.want(wanted);
  }, [settings, model, photo, checks]);
  const asking = useMemo<Pick<Conductor, 'alone' | 'cancel'>>(
    () => ({
      alone: (colors) => conductor.current!.alone(colors),
      cancel: () => conductor.current?.cancel(),
    }),
    [],
  );
  return [view, asking];
}
