import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Conductor, emptyView, type View, type Wanted } from './conductor';

/** What is to be shown of what is wanted; and what stops a long method. */
export function useConductor(wanted: Wanted): [View, () => void] {
  const [view, setView] = useState<View>(emptyView);
  const conductor = useRef<Conductor | null>(null);
  useLayoutEffect(() => {
    const worker = new Worker(new URL('../worker/laboratory.ts', import.meta.url), { type: 'module' });
    conductor.current = new Conductor(worker, setView);
    return () => worker.terminate();
  }, []);
  const { settings, model, photo } = wanted;
  // before the next paint: what the page says of itself is true at once
  useLayoutEffect(() => conductor.current?.want({ settings, model, photo }), [settings, model, photo]);
  return [view, () => conductor.current?.cancel()];
}
