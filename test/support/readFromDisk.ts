import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectFolder, sharedFolder } from '../setup/serveTestFiles';

/** What `readShared` and `readProject` do in Node; a file of its own so that a browser never loads it. */
export async function readFromDisk(root: 'shared' | 'project', path: string): Promise<ArrayBuffer | null> {
  const folder = root === 'shared' ? sharedFolder : projectFolder;
  if (!existsSync(folder)) return null;
  const bytes = await readFile(join(folder, path));
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
}
