import type { RefObject } from 'preact';
import { useState } from 'preact/hooks';
import type { Explained } from '../messages';
import { hashOf, type Settings } from '../settings';
import { codeFor } from './code';

/** Takes the picture along: as a link, as code, as a file. */
export function Share({
  settings,
  explained,
  canvas,
  isOwn,
}: {
  settings: Settings;
  explained: Explained | null;
  canvas: RefObject<HTMLCanvasElement | null>;
  /** Whether the photo or the model is the user's own, which no link has. */
  isOwn: boolean;
}) {
  const [said, setSaid] = useState('');
  const copy = async (what: string, text: string) => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid(`${what} copied.`);
    } catch {
      setSaid('The browser did not allow it to be copied.');
    }
  };
  const link = () => new URL(`#${hashOf(settings)}`, location.href).href;
  const save = () => {
    canvas.current?.toBlob((blob) => {
      if (!blob) return;
      const address = URL.createObjectURL(blob);
      const name = explained ? `${explained.method}-${explained.target}.png` : 'map.png';
      Object.assign(document.createElement('a'), { href: address, download: name }).click();
      setTimeout(() => URL.revokeObjectURL(address), 10_000);
      setSaid(`${name} saved.`);
    });
  };
  const isOff = explained === null;
  return (
    <div class="share">
      <div class="row">
        <button type="button" disabled={isOff} onClick={() => void copy('Link', link())}>
          Copy link
        </button>
        <button
          type="button"
          disabled={isOff}
          onClick={() => explained && void copy('Code', codeFor(settings, explained))}
        >
          Copy code
        </button>
        <button type="button" disabled={isOff} onClick={save}>
          Save PNG
        </button>
      </div>
      <p class="note" role="status">
        {said}
        {said !== '' && isOwn && ' A link has the settings, never your photo or your model.'}
      </p>
    </div>
  );
}
