import type { Explained } from '../messages';
import { labelOf, percent } from './words';

/** The five highest classes, to choose one of. */
export function ClassList({
  explained,
  chosen,
  labels,
  onChange,
}: {
  /** Null as long as nothing was explained. */
  explained: Explained | null;
  chosen: number | null;
  labels: readonly string[];
  onChange: (target: number | null) => void;
}) {
  const { top, score: scoreOfChosen } = explained ?? { top: [], score: 0 };
  const others = explained !== null && chosen !== null && top.every(({ index }) => index !== chosen);
  const listed = others ? [...top, { index: chosen, score: scoreOfChosen }] : top;
  return (
    <fieldset class="classes">
      <legend>What the network says, and which answer is explained</legend>
      <label class="class">
        <input type="radio" name="class" checked={chosen === null} onChange={() => onChange(null)} />
        <span class="name">The highest, whichever it is</span>
      </label>
      {listed.map(({ index, score }) => (
        <label class="class" key={index}>
          <input type="radio" name="class" checked={chosen === index} onChange={() => onChange(index)} />
          <span class="name">{labelOf(index, labels)}</span>
          <span class="score">{score >= 0 && score <= 1 ? percent(score) : score.toPrecision(3)}</span>
          <span class="bar" aria-hidden="true">
            <span style={{ width: `${100 * Math.min(1, Math.max(0, score))}%` }} />
          </span>
        </label>
      ))}
    </fieldset>
  );
}
