import { createReadStream, existsSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

/** The root of the repository. */
export const projectFolder = fileURLToPath(new URL('../..', import.meta.url));

/** The folder of assets that is not part of the repository. */
export const sharedFolder = process.env['GUIDED_SALIENCY_SHARED'] ?? join(projectFolder, '../shared');

/**
 * Gives tests in a browser the bytes of files: `/test-files/shared/...` and `/test-files/project/...`.
 *
 * Answers 204 where the folder itself is missing, 404 where only the file is.
 */
export function serveTestFiles(): Plugin {
  return {
    name: 'serve-test-files',
    configureServer(server) {
      server.middlewares.use('/test-files/shared', serve(sharedFolder));
      server.middlewares.use('/test-files/project', serve(projectFolder));
    },
  };
}

function serve(folder: string) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const path = join(folder, normalize(decodeURIComponent((request.url ?? '/').split('?')[0] ?? '/')));
    response.statusCode = !existsSync(folder) ? 204 : !existsSync(path) ? 404 : 200;
    if (response.statusCode !== 200) {
      response.end();
      return;
    }
    response.setHeader('Content-Type', 'application/octet-stream');
    createReadStream(path).pipe(response);
  };
}
