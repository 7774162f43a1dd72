import type { Explained } from '../messages';
import { labelOf, scoreText } from './words';
import { Choice } from './Choice';

/** The five highest classes, to choose one of; and one to compare it with. */
export function ClassList({
  explained,
  chosen,
  second,
  labels,
  onChange,
  onSecond,
}: {
  /** Null as long as nothing was explained. */
  explained: Explained | null;
  chosen: number | null;
  second: number | null;
  labels: readonly string[];
  onChange: (target: number | null) => void;
  onSecond: (second: number | null) => void;
}) {
  const { top, score, target } = explained ?? { top: [], score: 0, target: -1 };
  const others = explained !== null && chosen !== null && top.every(({ index }) => index !== chosen);
  // of a class that is not explained yet no score is known
  const listed = others ? [...top, { index: chosen, score: chosen === target ? score : null }] : top;
  // some classes more than the list has, and no more than a person looks through
  const known = new Set([...top.map(({ index }) => index), ...labels.keys()]);
  if (second !== null) known.add(second);
  const comparable = [...known].filter((index) => index !== target || index === second).slice(0, 1000);
  return (
    <div>
      <fieldset class="classes">
        <legend>What the network says, and which answer is explained</legend>
        <label class="class">
          <input type="radio" name="class" checked={chosen === null} onChange={() => onChange(null)} />
          <span class="name">The highest, whichever it is</span>
        </label>
        {listed.map(({ index, score: share }) => (
          <label class="class" key={index}>
            <input type="radio" name="class" checked={chosen === index} onChange={() => onChange(index)} />
            <span class="name">{labelOf(index, labels)}</span>
            <span class="score">{share === null ? '…' : scoreText(share)}</span>
            <span class="bar" aria-hidden="true">
              <span style={{ width: `${100 * Math.min(1, Math.max(0, share ?? 0))}%` }} />
            </span>
          </label>
        ))}
      </fieldset>
      <Choice
        label="Compare with the map of"
        value={second === null ? '' : String(second)}
        options={[
          ['', 'nothing'],
          ...comparable.map((index) => [String(index), labelOf(index, labels)] as const),
        ]}
        onChange={(text) => onSecond(text === '' ? null : Number(text))}
      />
    </div>
  );
}
