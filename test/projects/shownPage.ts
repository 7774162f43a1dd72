import type { Browser } from 'playwright';
import { preview } from 'vite';

/** What a page of the examples shows. */
export interface ShownPage {
  /** The text of #said. */
  readonly said: string;
  /** Of #map: red, green and blue of the pixel there. */
  readonly at: (row: number, column: number) => number[];
  /** What it threw, or complained of. */
  readonly errors: readonly string[];
}

/** Opens a page, and waits until it has said something. */
export async function shownPage(browser: Browser, url: string): Promise<ShownPage> {
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on('pageerror', ({ message }) => errors.push(message));
  page.on('console', (line) => {
    if (line.type() === 'error') errors.push(line.text());
  });
  try {
    await page.route('**/favicon.ico', (route) => route.fulfill({ status: 204 }));
    await page.goto(url);
    await page
      .waitForFunction(() => document.querySelector('#said')?.textContent !== '', undefined, {
        timeout: 120_000,
      })
      .catch(() => undefined);
    const said = (await page.locator('#said').textContent()) ?? '';
    const { width, data } = await page.locator('#map').evaluate((canvas: HTMLCanvasElement) => {
      const { width, height } = canvas;
      return { width, data: [...canvas.getContext('2d')!.getImageData(0, 0, width, height).data] };
    });
    const at = (row: number, column: number) =>
      data.slice(4 * (row * width + column), 4 * (row * width + column) + 3);
    return { said, at, errors };
  } finally {
    await page.close();
  }
}

/** Serves the files of a folder while `body` runs. */
export async function served<T>(folder: string, body: (url: string) => Promise<T>): Promise<T> {
  const server = await preview({
    root: folder,
    configFile: false,
    appType: 'mpa',
    build: { outDir: '.' },
    preview: { port: 0, host: '127.0.0.1' },
    logLevel: 'error',
  });
  try {
    return await body(server.resolvedUrls!.local[0]!);
  } finally {
    await server.close();
  }
}
