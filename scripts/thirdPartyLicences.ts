import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Plugin } from 'esbuild';

/** An esbuild plugin that writes the licence of every package that went into the bundle to one file. */
export function thirdPartyLicences(file: string): Plugin {
  const folders = new Set<string>(); // of all builds: the ESM and the CJS one have one file
  return {
    name: 'third-party-licences',
    setup(build) {
      build.initialOptions.metafile = true;
      build.onEnd(async ({ metafile }) => {
        for (const output of Object.values(metafile?.outputs ?? {})) {
          for (const [input, { bytesInOutput }] of Object.entries(output.inputs)) {
            const folder = packageFolder(input);
            if (folder !== undefined && bytesInOutput > 0) folders.add(folder);
          }
        }
        const notices = await Promise.all([...folders].sort().map(notice));
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, notices.join(`\n${'-'.repeat(80)}\n\n`));
      });
    },
  };
}

/** `node_modules/d3-color` for `node_modules/d3-color/src/color.js`; undefined for a file of ours. */
function packageFolder(input: string): string | undefined {
  return /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(input)?.[0];
}

async function notice(folder: string): Promise<string> {
  const { name, version } = JSON.parse(await readFile(`${folder}/package.json`, 'utf8')) as Record<
    string,
    string
  >;
  const licence = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  if (licence === undefined) throw new Error(`thirdPartyLicences: ${name} has no licence file`);
  return `${name} ${version}\n\n${await readFile(`${folder}/${licence}`, 'utf8')}`;
}
