// Measures, prints, and with --write stores: npm run bench -- --help
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleSize } from './bundleSize.ts';
import { judge } from './goals.ts';
import { describeMachine, describeVersions } from './machine.ts';
import { measureAll } from './measureAll.ts';
import { readOptions } from './options.ts';
import { report, withHandwriting } from './report.ts';

const options = readOptions(process.argv);
const machine = describeMachine();
const bytes = await bundleSize();
const { rows, chromium } = await measureAll(options, console.log);
const devices = new Set(
  rows.flatMap(({ job, device }) => (device === null ? [] : [`${job.backend}: ${device}`])),
);
const text = report(
  {
    machine: [machine, ...[...devices].map((device) => `Device of ${device}`), describeVersions(chromium)],
    date: new Date().toISOString().slice(0, 10),
    command: ['npm run bench', ...(process.argv.length > 2 ? ['--'] : []), ...process.argv.slice(2)].join(
      ' ',
    ),
  },
  rows,
  judge(rows, bytes),
);
console.log(`\n${text}`);
if (options.write) {
  const file = fileURLToPath(new URL('RESULTS.md', import.meta.url));
  writeFileSync(file, withHandwriting(text, existsSync(file) ? readFileSync(file, 'utf8') : undefined));
}
