import type { Similarities } from './compare';

/** The numbers of a sample. */
interface Said {
  readonly classes: readonly [number, number] | null;
  readonly classSensitivity: Similarities | null;
  readonly edges: Similarities | null;
  /** How alike the map is to itself, as more and more layers are random; undefined where none were. */
  readonly curve: readonly (number | null)[] | undefined;
}

/** From where on two maps are called alike. */
const [MUCH, PARTLY] = [0.8, 0.4];

/** What is known of a map, in words. */
export function sentenceOf(method: string, { classes, classSensitivity, edges, curve }: Said): string {
  const parts = curve ? [ofLayers(curve)] : [];
  if (classes) {
    const [own, other] = classes;
    const likeness = alike(`that of class ${other}`, classSensitivity?.spearmanAbsolute);
    parts.push(`the map of class ${own} ${likeness}`);
  }
  if (edges) parts.push(`the map ${alike('the edges of the photo', edges.spearmanAbsolute)}`);
  return `${method}: ${parts.length > 0 ? parts.join('; ') : 'there is nothing to compare the map with'}`;
}

function ofLayers(curve: readonly (number | null)[]): string {
  const whole = `with all layers random it ${alike('what it was', curve[curve.length - 1])}`;
  if (curve.length === 1) return whole.replace(' it ', ' the map ');
  const half = alike('what it was', curve[Math.ceil(curve.length / 2) - 1]);
  return `with the upper half of the layers random the map ${half}, ${whole}`;
}

function alike(what: string, value: number | null | undefined): string {
  if (value === null || value === undefined) return `cannot be compared with ${what}`;
  const words = value >= MUCH ? 'much' : value >= PARTLY ? 'partly' : 'hardly';
  return `is ${words} like ${what} (${value.toFixed(2)})`;
}
