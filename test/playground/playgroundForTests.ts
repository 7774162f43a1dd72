import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { servedPage, settled, type ServedPage } from './servedPage';

/** The playground of one file's tests. */
export interface PlaygroundForTests {
  readonly served: ServedPage;
  /** Opens the page. */
  readonly open: ServedPage['open'];
  /** Opens the page, and waits until it has nothing more to do. */
  readonly opened: ServedPage['open'];
}

/** Serves the page while the tests run: what each opens is closed after it, and must complain of nothing. */
export function playgroundForTests(): PlaygroundForTests {
  let served: ServedPage;
  const pages: Page[] = [];
  beforeAll(async () => {
    served = await servedPage();
  });
  afterEach(async () => {
    for (const page of pages.splice(0)) await page.close();
    expect(served.complaints.splice(0)).toEqual([]);
  });
  afterAll(() => served?.close());
  const open: ServedPage['open'] = async (...given) => {
    const page = await served.open(...given);
    pages.push(page);
    return page;
  };
  const opened: ServedPage['open'] = async (...given) => {
    const page = await open(...given);
    await settled(page);
    return page;
  };
  return {
    get served() {
      return served;
    },
    open,
    opened,
  };
}
