import { Slider } from './Slider';

/** Walks through the layers that a class activation map can look at. */
export function LayerSlider({
  layers,
  layer,
  taken,
  onChange,
}: {
  layers: readonly string[];
  /** The chosen one; null for the default. */
  layer: string | null;
  /** The one that was looked at. */
  taken: string | null;
  onChange: (layer: string | null) => void;
}) {
  const shown = layer ?? taken;
  const found = shown === null ? -1 : layers.indexOf(shown);
  const at = found < 0 ? layers.length - 1 : found;
  return (
    <Slider
      label="Layer"
      value={at}
      most={Math.max(0, layers.length - 1)}
      text={layers[at] ?? '…'}
      onChange={(i) => onChange(layers[i] ?? null)}
    />
  );
}
