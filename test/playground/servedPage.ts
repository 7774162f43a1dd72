import { createReadStream, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { chromium, type Browser, type BrowserContextOptions, type Locator, type Page } from 'playwright';
import { build } from 'vite';
import { chromiumPath, softwareFlags } from '../setup/chromium';
import { projectFolder } from '../setup/serveTestFiles';

/** The built page on a plain server, in a folder of its own, and a browser to look at it. */
export interface ServedPage {
  /** Opens the page, after `first` ran in it; what goes wrong is written down in `complaints`. */
  readonly open: (hash?: string, options?: BrowserContextOptions, first?: () => void) => Promise<Page>;
  /** Where the page is; what lies beside it is in `beside`. */
  readonly address: string;
  /** Files in the page's folder that no build has put there, by their paths. */
  readonly beside: Map<string, Uint8Array | string>;
  /** When each file of the page was last handed out, by its path, in milliseconds of the clock. */
  readonly handedOut: ReadonlyMap<string, number>;
  /** Origins that a test has asked for something. */
  readonly allowed: Set<string>;
  /** Errors of the console, exceptions, and requests that fail or leave the page's origin. */
  readonly complaints: string[];
  readonly close: () => Promise<void>;
}

/** Builds the page, and serves it as any host would: files by their names, nothing else. */
export async function servedPage(): Promise<ServedPage> {
  const folder = mkdtempSync(join(tmpdir(), 'playground-'));
  const configFile = join(projectFolder, 'examples/playground/vite.config.ts');
  await build({ configFile, logLevel: 'error', mode: 'production', build: { outDir: folder } });

  const beside: ServedPage['beside'] = new Map();
  const handedOut = new Map<string, number>();
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    response.on('finish', () => handedOut.set(pathname.replace('/in/a/folder/', ''), Date.now()));
    const given = beside.get(pathname.replace(/^\/in\/a\/folder\//, ''));
    if (given !== undefined) {
      response.setHeader('Content-Type', types[extname(pathname)] ?? 'application/octet-stream');
      response.end(given);
      return;
    }
    const path = join(folder, normalize(decodeURIComponent(pathname.replace(/^\/in\/a\/folder/, ''))));
    const file = existsSync(path) && statSync(path).isDirectory() ? join(path, 'index.html') : path;
    if (!pathname.startsWith('/in/a/folder/') || !existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    response.setHeader('Content-Type', types[extname(file)] ?? 'application/octet-stream');
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const address = `${origin}/in/a/folder/`;

  const browser = await startBrowser();
  const complaints: string[] = [];
  const allowed = new Set<string>();
  const open: ServedPage['open'] = async (hash = '', options = {}, first) => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(`console: ${message.text()}`);
    });
    page.on('pageerror', ({ message }) => complaints.push(`exception: ${message}`));
    page.on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`));
    page.on('request', (request) => {
      const { origin: from } = new URL(request.url());
      const isOwn = from === origin || allowed.has(from) || /^(data|blob):/.test(request.url());
      if (!isOwn) complaints.push(`foreign: ${request.url()}`);
    });
    if (first) await page.addInitScript(first);
    await page.goto(`${address}${hash}`);
    return page;
  };
  const close = async () => {
    await browser.close();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true, force: true });
  };
  return { open, address, beside, handedOut, allowed, complaints, close };
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
};

function startBrowser(): Promise<Browser> {
  const camera = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
  return chromium.launch({ executablePath: chromiumPath()!, args: [...softwareFlags, ...camera] });
}

/** Waits until the page has nothing more to do. */
export async function settled(page: Page): Promise<void> {
  await page.locator('.map canvas:not(.empty)').waitFor({ timeout: 400_000 });
  await page.locator('.sentence[data-done=true]').waitFor({ timeout: 400_000 });
}

/** The input behind a button that asks for files. */
export function fileInput(page: Page, text: string): Locator {
  return page.locator(`input[aria-label="${text}"]`);
}

/** The pixels of a canvas, four bytes each, one letter a byte. */
export function pixelsOf(canvas: Locator): Promise<string> {
  return canvas.evaluate((element) => {
    const { width, height } = element as HTMLCanvasElement;
    const { data } = (element as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
    return Array.from(data, (byte) => String.fromCharCode(byte)).join('');
  });
}

/** The pixels of the map, in the same way. */
export function mapPixels(page: Page): Promise<string> {
  return pixelsOf(page.locator('.map canvas'));
}

/** How many tensors the worker holds. */
export async function tensorsHeld(page: Page): Promise<number> {
  return Number(await page.locator('.tensors').getAttribute('data-tensors'));
}

/** How many textures of WebGL it holds, with those that it keeps for later. */
export async function texturesHeld(page: Page): Promise<number> {
  return Number(await page.locator('.tensors').getAttribute('data-textures'));
}

/** How like the maps under random layers are to those before, plain gradient first. */
export async function likenesses(page: Page): Promise<number[]> {
  const texts = await page.locator('.random figcaption').allInnerTexts();
  return texts.map((text) => Number(/-?\d\.\d\d/.exec(text)?.[0]));
}
