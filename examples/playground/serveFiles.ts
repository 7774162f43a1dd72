import type { Plugin } from 'vite';

type Files = ReadonlyMap<string, string | Uint8Array>;

/** Files that are made and not on disk, in a folder of the page: served by Vite, and written by a build. */
export function serveFiles(name: string, folder: string, make: () => Files | Promise<Files>): Plugin {
  let made: Promise<Files> | undefined;
  const files = () => (made ??= Promise.resolve(make()));
  return {
    name,
    configureServer(server) {
      server.middlewares.use(`/${folder}/`, (request, response, next) => {
        files()
          .then((known) => {
            const file = known.get((request.url ?? '').replace(/^\/|\?.*$/g, ''));
            if (file === undefined) next();
            else response.end(file);
          })
          .catch(next);
      });
    },
    async generateBundle() {
      if (this.environment.name !== 'client') return;
      for (const [file, source] of await files()) {
        this.emitFile({ type: 'asset', fileName: `${folder}/${file}`, source });
      }
    },
  };
}
