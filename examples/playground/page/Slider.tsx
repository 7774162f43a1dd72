/** A number between 0 and a most. */
export function Slider({
  label,
  value,
  most,
  text,
  disabled = false,
  onChange,
}: {
  label: string;
  value: number;
  most: number;
  /** What the number is, in words. */
  text: string;
  disabled?: boolean;
  onChange: (value: number) => void;
}) {
  return (
    <label class="field slider">
      <span>
        {label}{' '}
        <span class="value" aria-hidden="true">
          {text}
        </span>
      </span>
      <input
        type="range"
        min={0}
        max={most}
        step={1}
        value={value}
        disabled={disabled}
        aria-valuetext={text}
        onInput={(event) => onChange(Number(event.currentTarget.value))}
      />
    </label>
  );
}
