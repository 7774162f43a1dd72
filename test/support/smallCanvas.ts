/** The browser's canvas, or where there is none (Node) one that keeps what is put on it. */
export function smallCanvas(): OffscreenCanvas {
  if (typeof OffscreenCanvas !== 'undefined') return new OffscreenCanvas(7, 7);
  let shown = new Uint8ClampedArray();
  const context = {
    createImageData: (width: number, height: number) => ({ data: new Uint8ClampedArray(4 * width * height) }),
    putImageData: ({ data }: ImageData) => {
      shown = data;
    },
    getImageData: () => ({ data: shown }),
  };
  return { width: 7, height: 7, getContext: () => context } as unknown as OffscreenCanvas;
}

/** The pixels of a canvas. */
export function drawn(canvas: OffscreenCanvas): Uint8ClampedArray {
  const image = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height);
  return image?.data ?? new Uint8ClampedArray();
}
