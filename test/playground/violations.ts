import { createRequire } from 'node:module';
import type * as Axe from 'axe-core';
import type { Page } from 'playwright';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** What axe finds wrong, as `rule: where`. */
export async function violations(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: axe });
  return page.evaluate(async () => {
    const { axe: inspect } = window as unknown as { axe: typeof Axe };
    const { violations: found } = await inspect.run();
    return found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 100)}`));
  });
}

/** What is smaller than a finger. */
export function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    Array.from(
      document.querySelectorAll<HTMLElement>(
        'button, select, input[type=range], input[type=text], summary, label.class, label.tick',
      ),
    )
      .map((element) => ({ text: element.innerText, box: element.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0 && (box.width < 44 || box.height < 44))
      .map(({ text, box }) => `${text}: ${box.width} x ${box.height}`),
  );
}
