import type { Browser } from 'playwright';
import { createServer, type ViteDevServer } from 'vite';
import { projectFolder, serveTestFiles } from '../test/setup/serveTestFiles.ts';
import { launchChromium } from './chromium.ts';
import type { StartJob } from './runner.ts';

/** Chromium and the server that gives it the bench page. */
export interface ChromiumBench {
  readonly start: StartJob;
  readonly version: string;
  readonly close: () => Promise<void>;
}

/** Starts both; whoever receives them closes them. */
export async function openChromium(options: { gpu: boolean; headed: boolean }): Promise<ChromiumBench> {
  const server = await servePage();
  const browser = await launchChromium(options).catch(async (error: unknown) => {
    await server.close();
    throw error;
  });
  return {
    start: startIn(browser, server),
    version: browser.version(),
    close: async () => {
      await browser.close();
      await server.close();
    },
  };
}

async function servePage(): Promise<ViteDevServer> {
  const server = await createServer({
    root: projectFolder,
    configFile: false,
    cacheDir: 'node_modules/.cache/guided-saliency/bench',
    plugins: [serveTestFiles()],
    logLevel: 'error',
    server: {
      host: '127.0.0.1',
      port: 0,
      hmr: false,
      watch: null,
      // isolated, the page may share memory between threads, and its clock is a fine one
      headers: {
        'Cross-Origin-Opener-Policy': 'same-origin',
        'Cross-Origin-Embedder-Policy': 'require-corp',
      },
    },
    optimizeDeps: {
      // all at the start: a dependency found later reloads the page in the middle of a job
      entries: ['bench/page.ts'],
      include: [
        '@tensorflow/tfjs-backend-wasm',
        '@tensorflow/tfjs-backend-webgl',
        '@tensorflow/tfjs-backend-webgpu',
        '@tensorflow/tfjs-converter',
        '@tensorflow/tfjs-core',
        '@tensorflow/tfjs-layers',
      ],
    },
  });
  await server.listen();
  return server;
}

/** Starts a job in a page of its own. */
function startIn(browser: Browser, server: ViteDevServer): StartJob {
  const address = `${server.resolvedUrls!.local[0]!}bench/page.html`;
  return async (job, tell) => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.exposeFunction('tellBench', tell);
    await page.goto(address);
    await page.waitForFunction(() => typeof window.runJob === 'function');
    const run = page.evaluate((given) => window.runJob(given), job);
    const crash = new Promise<never>((_, reject) =>
      page.on('crash', () => reject(new Error('the page crashed'))),
    );
    const done = Promise.race([run, crash]).finally(() => context.close());
    return {
      done,
      stop: async () => {
        await context.close();
        await done.catch(() => undefined);
      },
    };
  };
}
