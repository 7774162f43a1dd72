import type { Checked } from '../messages';
import { likenessText } from './words';

/** The figures of a check, with what each is: rank correlations of magnitudes. */
export function checkFigures({ otherClass, edges, noise, curve }: Checked): [what: string, figure: string][] {
  const figures: [string, number | null][] = [
    ['Like the map of another class', otherClass],
    ['Like the edges in the picture', edges],
    ['Like noise', noise],
    ...curve.map(({ layer, likeness }): [string, number | null] => [
      `Like itself, random down to “${layer}”`,
      likeness,
    ]),
  ];
  return figures.map(([what, likeness]) => [what, likeness === null ? 'not known' : likenessText(likeness)]);
}
