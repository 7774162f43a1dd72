import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Application, TSConfigReader, TypeDocReader } from 'typedoc';
import { build } from 'vite';
import { readCode, sitePlugin } from './plugin';

// The site, `npm run docs`: the guides and the API pages by typedoc, with the playground in a folder of it.
// Any host can serve it, in any folder. `npm run docs -- --out folder` writes it elsewhere.

const out = process.argv[2] === '--out' ? process.argv[3] : undefined;

const app = await Application.bootstrapWithPlugins(
  { plugin: [sitePlugin], markdownItLoader: readCode, ...(out === undefined ? {} : { out: resolve(out) }) },
  [new TypeDocReader(), new TSConfigReader()],
);
const project = await app.convert();
if (project !== undefined) {
  app.validate(project);
  if (isRight()) await app.generateOutputs(project);
}
if (project === undefined || !isRight()) {
  process.exitCode = 1;
} else {
  const folder = join(app.options.getValue('out'), 'playground');
  mkdirSync(folder, { recursive: true });
  process.env['NODE_ENV'] = 'production';
  const configFile = 'examples/playground/vite.config.ts';
  await build({ configFile, logLevel: 'error', mode: 'production', build: { outDir: folder } });
}

/** Whether nothing was found wrong: a warning, such as of a link that leads nowhere, is an error here. */
function isRight(): boolean {
  const { errorCount, warningCount, validationWarningCount } = app.logger;
  return errorCount + warningCount + validationWarningCount === 0;
}
