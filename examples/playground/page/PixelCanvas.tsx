import { drawOnCanvas, type Pixels } from 'guided-saliency/image';
import type { Ref } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/** A picture, with what it shows in words. */
export function PixelCanvas({
  pixels,
  label,
  own,
  before,
}: {
  pixels: Pixels | null;
  label: string;
  own?: Ref<HTMLCanvasElement>;
  /** The address of what is shown as long as there are no pixels. */
  before?: string | undefined;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    if (canvas.current && pixels) drawOnCanvas(canvas.current, pixels);
  }, [pixels]);
  return (
    <canvas
      ref={(element) => {
        canvas.current = element;
        if (typeof own === 'function') own(element);
        else if (own) own.current = element;
      }}
      class={pixels ? 'pixels' : 'pixels empty'}
      role="img"
      aria-label={label}
      style={!pixels && before ? { backgroundImage: `url("${before}")` } : undefined}
      width={224}
      height={224}
    />
  );
}
