import type { Stroke } from './digitPixels';
import { digitAddress } from './photoSource';

/** The id of what says by which keys a digit is drawn. */
export const KEYS = 'pad-keys';

/** What helps to draw a digit; and ten samples in its place. */
export function DigitPicker({
  digit,
  strokes,
  onDraw,
  onDigit,
}: {
  /** The sample that is shown; null for a drawing. */
  digit: number | null;
  strokes: readonly Stroke[];
  onDraw: (strokes: readonly Stroke[], isDone: boolean) => void;
  onDigit: (digit: number) => void;
}) {
  return (
    <div class="digits">
      <p class="note" id={KEYS}>
        Draw by mouse, finger or pen, or by keys: arrows move, space puts the pen down and lifts it, backspace
        takes the last line back.
      </p>
      <div class="row">
        <button
          type="button"
          disabled={strokes.length === 0}
          onClick={() => onDraw(strokes.slice(0, -1), true)}
        >
          Undo
        </button>
        <button type="button" disabled={strokes.length === 0} onClick={() => onDraw([], true)}>
          Clear
        </button>
      </div>
      <div class="row samples" role="group" aria-label="Or a handwritten digit">
        {Array.from({ length: 10 }, (_, one) => (
          <button
            key={one}
            type="button"
            class="digit"
            aria-pressed={digit === one}
            aria-label={`A handwritten ${one}`}
            onClick={() => onDigit(one)}
          >
            <img src={digitAddress(one)} alt="" width={28} height={28} />
          </button>
        ))}
      </div>
    </div>
  );
}
