import type { Pixels } from 'guided-saliency/image';
import type { RefObject } from 'preact';
import { useState } from 'preact/hooks';
import { hashOf, type ColorName } from '../settings';
import { codeFor } from './code';
import { pngAddress } from './pngAddress';
import { reportHtml, type Reported } from './report';
import { saveAs } from './saveAs';

/** Takes the picture along: as a link, as code, as a file. */
export function Share({
  reported,
  canvas,
  isOwn,
  alone,
}: {
  /** What a report says; null as long as there is no map. */
  reported: Reported | null;
  canvas: RefObject<HTMLCanvasElement | null>;
  /** Whether the photo or the model is the user's own, which no link has. */
  isOwn: boolean;
  /** The maps without the photo behind them. */
  alone: (colors: ColorName) => Promise<Pixels[]>;
}) {
  const [said, setSaid] = useState('');
  const [withPhoto, setWithPhoto] = useState(false);
  const copy = async (what: string, text: string) => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid(`${what} copied.${isOwn ? ' It has the settings, never your photo or your model.' : ''}`);
    } catch {
      setSaid('The browser did not allow it to be copied.');
    }
  };
  const linkOf = ({ settings }: Reported) => new URL(`#${hashOf(settings)}`, location.href).href;
  const { explained } = reported ?? {};
  const name = explained ? `${explained.method}-${explained.target}` : 'map';
  const savePicture = () => {
    canvas.current?.toBlob((blob) => {
      if (!blob) return;
      saveAs(blob, `${name}.png`);
      setSaid(`${name}.png saved.`);
    });
  };
  const saveReport = async (all: Reported) => {
    const maps = (await alone(all.settings.colors)).map(pngAddress);
    const photo = withPhoto ? pngAddress(all.explained.photo) : null;
    const html = reportHtml(all, { maps, photo, link: isOwn ? null : linkOf(all), made: new Date() });
    saveAs(new Blob([html], { type: 'text/html' }), `${name}.html`);
    setSaid(`${name}.html saved${withPhoto ? ', with the photo in it' : ', without the photo'}.`);
  };
  const isOff = reported === null;
  return (
    <div class="share">
      <div class="row">
        <button
          type="button"
          disabled={isOff}
          onClick={() => reported && void copy('Link', linkOf(reported))}
        >
          Copy link
        </button>
        <button
          type="button"
          disabled={isOff}
          onClick={() => reported && void copy('Code', codeFor(reported))}
        >
          Copy code
        </button>
        <button type="button" disabled={isOff} onClick={savePicture}>
          Save PNG
        </button>
        <button type="button" disabled={isOff} onClick={() => reported && void saveReport(reported)}>
          Save report
        </button>
      </div>
      <label class="tick">
        <input
          type="checkbox"
          checked={withPhoto}
          onChange={({ currentTarget }) => setWithPhoto(currentTarget.checked)}
        />
        <span>Put the photo into the report, too</span>
      </label>
      <p class="note">
        A report is one HTML file: map, settings, record, checks. Even without the photo, a map may show its
        outlines.
      </p>
      <p class="note" role="status">
        {said}
      </p>
    </div>
  );
}
