import { existsSync } from 'node:fs';

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

const always = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
  '--enable-unsafe-webgpu', // alone it gives an adapter whose dataSync returns wrong values
];

/** Chromium with WebGL2, float textures and a WebGPU adapter in software, on a machine without a GPU. */
export const softwareFlags: readonly string[] = [
  ...always,
  '--enable-features=Vulkan',
  '--use-vulkan=swiftshader',
  '--use-angle=swiftshader',
];

/** Chromium on the machine's own GPU, also where it distrusts the driver. */
export const hardwareFlags: readonly string[] = [
  ...always,
  '--enable-features=Vulkan',
  '--ignore-gpu-blocklist',
];
