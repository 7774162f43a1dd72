import type { Page } from 'playwright';
import type { Stroke } from '../../examples/playground/page/digitPixels';

/** The area to draw a digit on. */
export const PAD = 'canvas[aria-label="Draw a digit here"]';

/** Draws with the mouse. */
export async function drawOn(page: Page, strokes: readonly Stroke[]): Promise<void> {
  await page.locator(PAD).scrollIntoViewIfNeeded();
  const { x, y, width, height } = (await page.locator(PAD).boundingBox())!;
  for (const [first, ...rest] of strokes) {
    await page.mouse.move(x + width * first![0], y + height * first![1]);
    await page.mouse.down();
    for (const [right, down] of rest)
      await page.mouse.move(x + width * right, y + height * down, { steps: 3 });
    await page.mouse.up();
  }
}
