/** Text as XML and HTML show it; what XML has no sign for, such as a zero byte, as U+FFFD. */
export function escaped(text: string): string {
  return text
    .replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd');
}

/** A number as a person reads it: four digits that count, a few letters wide. */
export function inDigits(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  return size < 1e-4 || size >= 1e6 ? short(value.toExponential(3)) : short(value.toPrecision(4));
}

/** Without zeros that say nothing. */
function short(digits: string): string {
  const [number = '', power] = digits.split('e');
  return power === undefined ? String(Number(number)) : `${Number(number)}e${power}`;
}
