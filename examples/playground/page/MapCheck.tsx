import type { Checked } from '../messages';
import { methods, type MethodName } from '../methods';
import { checkFigures } from './checkFigures';

/** What the library's `check` says of the map that is shown. */
export function MapCheck({
  method,
  checked,
  isBusy,
  onCheck,
}: {
  method: MethodName;
  checked: Checked | null;
  isBusy: boolean;
  onCheck: () => void;
}) {
  return (
    <div class="check">
      <button type="button" disabled={isBusy} onClick={onCheck}>
        Check this map: {methods[method].title}
      </button>
      <div aria-live="polite">
        {checked ? (
          <>
            <p>{checked.sentence}</p>
            <dl>
              {checkFigures(checked).map(([what, figure]) => (
                <div key={what}>
                  <dt>{what}</dt>
                  <dd>{figure}</dd>
                </div>
              ))}
            </dl>
          </>
        ) : (
          <p class="note">
            Compares the map with that of another class, with the edges in the picture, with noise, and with
            itself under four networks that are more and more random.
          </p>
        )}
      </div>
    </div>
  );
}
