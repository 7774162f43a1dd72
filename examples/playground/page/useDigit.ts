import { useCallback, useMemo, useState } from 'preact/hooks';
import type { Stroke } from './digitPixels';
import { drawnDigit, sampleDigit, type PhotoSource } from './photoSource';

/** The digit that is to be read: what is drawn, and as long as nothing is the sample. */
export interface Digit {
  readonly source: PhotoSource;
  readonly strokes: readonly Stroke[];
  readonly draw: (strokes: readonly Stroke[], isDone: boolean) => void;
}

/** @param digit The sample. */
export function useDigit(digit: number): Digit {
  const [{ strokes, isDone }, setDrawn] = useState<{ strokes: readonly Stroke[]; isDone: boolean }>({
    strokes: [],
    isDone: true,
  });
  const source = useMemo(
    () => (strokes.length > 0 ? drawnDigit(strokes, !isDone) : sampleDigit(digit)),
    [strokes, isDone, digit],
  );
  const draw = useCallback(
    (drawn: readonly Stroke[], done: boolean) => setDrawn({ strokes: drawn, isDone: done }),
    [],
  );
  return { source, strokes, draw };
}
