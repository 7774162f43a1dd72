import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

/**
 * The service worker of a build, which knows all files of it.
 *
 * Written out, as vite-plugin-pwa brings 170 packages for what takes 30 lines here.
 */
export function offlineFiles(): Plugin {
  return {
    name: 'offline-files',
    apply: 'build',
    writeBundle({ dir }) {
      if (dir === undefined || this.environment.name !== 'client') return;
      const entries = readdirSync(dir, { recursive: true, withFileTypes: true });
      const files = entries
        .filter((entry) => entry.isFile())
        .map((entry) =>
          join(entry.parentPath, entry.name)
            .slice(dir.length + 1)
            .replaceAll('\\', '/'),
        )
        .sort();
      const hash = createHash('sha256');
      for (const file of files) hash.update(file).update(readFileSync(join(dir, file)));
      const source = readFileSync(new URL('serviceWorker.js', import.meta.url), 'utf8');
      const written = source
        .replace('...FILES', `...${JSON.stringify(files)}`)
        .replace("'BUILD'", `'${hash.digest('hex').slice(0, 16)}'`);
      writeFileSync(join(dir, 'serviceWorker.js'), written);
    },
  };
}
