/** The longest side of a photo that is worked with. */
const MOST = 1024;

/**
 * A photo, decoded and turned as the camera notes it; a large one is made smaller first.
 *
 * @throws Error if the browser cannot read it.
 */
export async function photoFile(file: Blob): Promise<ImageBitmap> {
  const bitmap = await createImageBitmap(file).catch(() => {
    throw new Error('the file is not an image that this browser can read; a JPEG, PNG or WebP is');
  });
  const factor = MOST / Math.max(bitmap.width, bitmap.height);
  if (factor >= 1) return bitmap;
  const [resizeWidth, resizeHeight] = [bitmap.width, bitmap.height].map((side) =>
    Math.max(1, Math.round(factor * side)),
  );
  const small = await createImageBitmap(bitmap, {
    resizeWidth: resizeWidth!,
    resizeHeight: resizeHeight!,
    resizeQuality: 'high',
  });
  bitmap.close();
  return small;
}
