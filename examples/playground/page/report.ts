import type { Checked, Explained, ModelFacts, Randomized } from '../messages';
import { methods } from '../methods';
import type { Settings } from '../settings';
import { checkFigures } from './checkFigures';
import type { ModelSource } from './modelSource';
import { alternative, labelOf, likenessText, scoreText, sentence } from './words';

/** What a report is about. */
export interface Reported {
  readonly settings: Settings;
  readonly model: ModelSource;
  readonly facts: ModelFacts;
  readonly explained: Explained;
  readonly randomized: Randomized | null;
  readonly checked: Checked | null;
}

/** What is put into it beside the figures. */
export interface Enclosed {
  /** The map, and that of the second class, as addresses with the picture in them. */
  readonly maps: readonly string[];
  /** The photo as the network sees it; null where the user does not want it there. */
  readonly photo: string | null;
  /** What opens the page with the same settings; null where no link has them. */
  readonly link: string | null;
  readonly made: Date;
}

/** One HTML file with all that there is to say of a map. It loads nothing, and runs no script. */
export function reportHtml(all: Reported, { maps, photo, link, made }: Enclosed): string {
  const { explained, facts } = all;
  const { labels } = facts;
  const title = `${methods[explained.method].title}: ${labelOf(explained.target, labels)}`;
  const second = explained.other && maps[1] !== undefined ? explained.other : null;
  const figures = [
    ...(photo === null ? [] : [figure(photo, 'The photo as the network sees it.', 'Photo')]),
    figure(maps[0] ?? '', alternative(explained, labels), labelOf(explained.target, labels)),
    ...(second ? [figure(maps[1]!, 'The map of the second class.', labelOf(second.target, labels))] : []),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escaped(title)}</h1>
<p>${escaped(sentence(explained, labels))}</p>
<div class="pictures">${figures.join('')}</div>
<h2>How it was made</h2>
${table(settingsOf(all, made))}
${link === null ? '' : `<p><a href="${escaped(link)}">The page with these settings</a></p>`}
<h2>Is it about the model?</h2>
${table(checksOf(all))}
${all.checked ? `<p>${escaped(all.checked.sentence)}</p>` : ''}
<p class="note">${NOTE}</p>
<h2>Record</h2>
<p>With guided-saliency, <code>explain(method, model, x, record.options)</code> makes the map again.</p>
<pre>${escaped(explained.record)}</pre>
<p class="note">In this file: ${photo === null ? 'the map' : 'the photo, the map'}, the scores, the settings, the
checks and the record. ${photo === null ? 'Not in it: the photo, and its name; the map may show its outlines.' : ''}
The network's weights are not in it.</p>
</body>
</html>
`;
}

function settingsOf({ settings, model, facts, explained }: Reported, made: Date): [string, string][] {
  const { labels } = facts;
  return [
    ['Method', methods[explained.method].title],
    ['Class', `${labelOf(explained.target, labels)} (number ${explained.target})`],
    ['Score', `${scoreText(explained.score)}; explained is ${explained.value.toPrecision(5)}`],
    [
      'Highest',
      explained.top.map((one) => `${labelOf(one.index, labels)} ${scoreText(one.score)}`).join(', '),
    ],
    ...(explained.layer === null ? [] : [['Layer', explained.layer] as [string, string]]),
    ['Network', `${model.name}: ${facts.kind}, ${facts.height} × ${facts.width}`],
    ['Black and white', settings.range.replace(',', ' and ')],
    ['Colours', `${settings.colors}, full at the 97th percentile of the magnitudes`],
    ['Backend', `${explained.backend}, ${Math.round(explained.milliseconds)} ms`],
    ['Made', made.toISOString()],
  ];
}

function checksOf({ facts, explained, randomized, checked }: Reported): [string, string][] {
  const { other } = explained;
  const rows: [string, string][] = [];
  if (other) {
    rows.push([`Like the map of “${labelOf(other.target, facts.labels)}”`, likenessText(other.likeness)]);
  }
  for (const { method, likeness } of randomized && randomized.layers > 0 ? randomized.maps : []) {
    const what = `${methods[method].title} with ${randomized!.layers} of ${randomized!.names.length} layers random`;
    rows.push([`${what}, like before`, likenessText(likeness)]);
  }
  rows.push(...(checked ? checkFigures(checked) : []));
  return rows.length > 0 ? rows : [['Not checked', 'the page does so by “Check this map”']];
}

function figure(source: string, alt: string, caption: string): string {
  const image = `<img src="${source}" alt="${escaped(alt)}">`;
  return `<figure>${image}<figcaption>${escaped(caption)}</figcaption></figure>`;
}

function table(rows: readonly (readonly [string, string])[]): string {
  const lines = rows.map(
    ([what, is]) => `<tr><th scope="row">${escaped(what)}</th><td>${escaped(is)}</td></tr>`,
  );
  return `<table>${lines.join('')}</table>`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

const NOTE =
  'Likeness is a rank correlation: 1 the same order of cells, 0 none. In the check it is of magnitudes, ' +
  'elsewhere of values with their signs. A map that is like that of another class is not about the class; one ' +
  'that stays like itself while layers become random is not about what they have learned.';

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
.pictures { display: flex; flex-wrap: wrap; gap: 1rem; }
figure { margin: 0; flex: 1 1 14rem; max-width: 24rem; }
img { width: 100%; image-rendering: pixelated; }
th { text-align: left; padding-right: 1rem; vertical-align: top; font-weight: 600; }
td { overflow-wrap: anywhere; }
pre { overflow: auto; max-height: 24rem; border: 1px solid; padding: .75rem; }
.note { font-size: .9rem; opacity: .8; }`;
