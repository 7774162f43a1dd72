import type { Pixels } from 'guided-saliency/image';
import type { ComponentChildren, Ref } from 'preact';
import type { Explained } from '../messages';
import { methods } from '../methods';
import { PixelCanvas } from './PixelCanvas';
import { alternative, comparison, labelOf } from './words';

/** Where a digit is drawn, the photo, its map, and that of a second class: those that there are. */
export function Stage({
  explained,
  early,
  labels,
  photoName,
  before,
  isBusy,
  canvas,
  pad,
}: {
  explained: Explained | null;
  /** What there is to see before that. */
  early: Pick<Explained, 'photo' | 'picture'> | null;
  labels: readonly string[];
  photoName: string;
  /** The address of what is shown as long as there is no photo. */
  before: string | undefined;
  isBusy: boolean;
  /** Where the map is drawn. */
  canvas: Ref<HTMLCanvasElement>;
  /** Where something can be drawn; null for photos. */
  pad: ComponentChildren;
}) {
  const second: Pixels | null = explained?.other?.picture ?? null;
  const title = explained ? methods[explained.method].title : 'Map';
  const nameOf = (target: number) => (second ? `${title}: ${labelOf(target, labels)}` : title);
  return (
    <div class={second || pad ? 'pair of-more' : 'pair'}>
      {pad && (
        <figure>
          {pad}
          <figcaption>What you draw</figcaption>
        </figure>
      )}
      <figure class="photo">
        <PixelCanvas
          before={before}
          pixels={(explained ?? early)?.photo ?? null}
          label={`The picture as the network sees it: ${photoName}.`}
        />
        <figcaption>What the network sees</figcaption>
      </figure>
      <figure class="map" aria-busy={isBusy}>
        <PixelCanvas
          own={canvas}
          before={before}
          pixels={(explained ?? early)?.picture ?? null}
          label={explained ? alternative(explained, labels) : 'The map is not there yet.'}
        />
        <figcaption>{explained ? nameOf(explained.target) : title}</figcaption>
      </figure>
      {second && explained?.other && (
        <figure class="second">
          <PixelCanvas pixels={second} label={`Map of a second class. ${comparison(explained, labels)}`} />
          <figcaption>{nameOf(explained.other.target)}</figcaption>
        </figure>
      )}
    </div>
  );
}
