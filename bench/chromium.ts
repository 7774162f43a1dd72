import { chromium, type Browser } from 'playwright';
import { chromiumPath, hardwareFlags, softwareFlags } from '../test/setup/chromium.ts';

/** Starts Chromium, on the GPU or with one in software. */
export async function launchChromium({ gpu, headed }: { gpu: boolean; headed: boolean }): Promise<Browser> {
  const executablePath = chromiumPath();
  return chromium.launch({
    headless: !headed,
    args: [...(gpu ? hardwareFlags : softwareFlags)],
    ...(executablePath === undefined ? {} : { executablePath }),
  });
}
