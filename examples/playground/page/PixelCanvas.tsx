import { drawOnCanvas, type Pixels } from 'guided-saliency/image';
import type { Ref } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/** A picture, with what it shows in words. */
export function PixelCanvas({
  pixels,
  label,
  own,
}: {
  pixels: Pixels | null;
  label: string;
  own?: Ref<HTMLCanvasElement>;
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
      width={224}
      height={224}
    />
  );
}
