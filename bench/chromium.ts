import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright';

const always = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
  '--enable-unsafe-webgpu',
];

/** WebGL2 and WebGPU without a GPU; `--enable-unsafe-webgpu` alone gives an adapter that computes wrongly. */
const software = ['--enable-features=Vulkan', '--use-vulkan=swiftshader', '--use-angle=swiftshader'];

/** The machine's own GPU, also where Chromium distrusts its driver. */
const hardware = ['--enable-features=Vulkan', '--ignore-gpu-blocklist'];

/** Where a Chromium is; undefined where there is none, or only Playwright's own, which needs no path. */
export function chromiumPath(): string | undefined {
  return [
    process.env['CHROMIUM_PATH'],
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/usr/bin/google-chrome-stable',
  ].find((path) => path !== undefined && existsSync(path));
}

/** Starts Chromium, on the GPU or with one in software. */
export async function launchChromium({ gpu, headed }: { gpu: boolean; headed: boolean }): Promise<Browser> {
  const executablePath = chromiumPath();
  return chromium.launch({
    headless: !headed,
    args: [...always, ...(gpu ? hardware : software)],
    ...(executablePath === undefined ? {} : { executablePath }),
  });
}
