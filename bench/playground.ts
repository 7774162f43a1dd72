// How long the playground takes to its first map, without a cache: npm run bench:playground -- [times]
import { loadavg } from 'node:os';
import { servedPage } from '../test/playground/servedPage.ts';
import { describeMachine } from './machine.ts';
import { summarize } from './statistics.ts';

/** When the weights were handed out and the map was drawn: milliseconds since the navigation began. */
interface FirstMap {
  readonly weights: number;
  readonly map: number;
}

const [times = 7] = process.argv.slice(2).map(Number);

console.log(`${describeMachine()}\n`);
const served = await servedPage();
const opened: FirstMap[] = [];
for (let i = 0; i < times; i++) opened.push(await firstMap());
await served.close();
console.log('| milliseconds | median | least |');
console.log('| --- | --- | --- |');
tell('from the navigation to the map', ({ map }) => map);
tell('from the last of the weights to the map', ({ map, weights }) => map - weights);
console.log(`\nLoad after: ${loadavg()[0]!.toFixed(1)}`);

/** Opens the page once, in a context of its own, which has nothing in its cache. */
async function firstMap(): Promise<FirstMap> {
  const page = await served.open('', { serviceWorkers: 'block' }, noteFirstMap);
  await page.waitForFunction(() => 'firstMap' in window, undefined, { polling: 50, timeout: 100_000 });
  const [start, map] = await page.evaluate(
    () => [performance.timeOrigin, Reflect.get(window, 'firstMap') as number] as const,
  );
  await page.close();
  const weights = [...served.handedOut].filter(([path]) => /shard|\.bin$/.test(path)).map(([, at]) => at);
  if (weights.length === 0) throw new Error(`no weights among ${[...served.handedOut.keys()].join(', ')}`);
  return { weights: Math.max(...weights) - start, map };
}

/** Runs in the page before its own code: notes when there is a map. */
function noteFirstMap(): void {
  const timer = setInterval(() => {
    if (!document.querySelector('.map canvas:not(.empty)')) return;
    clearInterval(timer);
    Object.assign(window, { firstMap: performance.now() });
  }, 2);
}

function tell(what: string, of: (one: FirstMap) => number): void {
  const { median, min } = summarize(opened.map(of))!;
  console.log(`| ${what} | ${median.toFixed(0)} | ${min.toFixed(0)} |`);
}
