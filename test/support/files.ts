/**
 * The bytes of a file of the shared assets (`models/...`, `golden/...`), in Node and in a browser.
 *
 * @returns null where the folder of the assets is missing: the tests that need it then skip.
 */
export async function readShared(path: string): Promise<ArrayBuffer | null> {
  return read('shared', path);
}

/** The bytes of a file of this repository, its path seen from the root. */
export async function readProject(path: string): Promise<ArrayBuffer> {
  const bytes = await read('project', path);
  if (bytes === null) throw new Error('internal: the repository itself is missing');
  return bytes;
}

/** Whether the folder of the shared assets is there; for `describe.runIf(await hasShared())`. */
export async function hasShared(): Promise<boolean> {
  return (await readShared('golden/index.json')) !== null;
}

async function read(root: 'shared' | 'project', path: string): Promise<ArrayBuffer | null> {
  if (typeof document !== 'undefined') {
    const response = await fetch(`/test-files/${root}/${path}`);
    if (response.status === 204) return null;
    if (!response.ok) throw new Error(`read: no file "${path}" in the ${root} folder`);
    return response.arrayBuffer();
  }
  const { readFromDisk } = await import('./readFromDisk');
  return readFromDisk(root, path);
}
