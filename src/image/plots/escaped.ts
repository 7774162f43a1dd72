/** Text as XML and HTML show it. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** A number as a person reads it: four digits that count. */
export function inDigits(value: number): string {
  return value === 0 ? '0' : String(Number(value.toPrecision(4)));
}
