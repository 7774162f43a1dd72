import { readFile, realpath, stat, writeFile } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';

/**
 * The bytes of a file.
 *
 * @param named How an error names it, e.g. `--image`.
 * @throws Error if there is no such file, or it cannot be read.
 */
export async function bytesOf(path: string, named: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(
      code === 'ENOENT' ? `${named}: no file "${path}"` : `${named}: cannot read "${path}" (${code})`,
    );
  }
}

/**
 * The size of a file that another one names, and where it is.
 *
 * @param folder Where it must lie, links followed: the file that names it may be anybody's.
 * @throws Error if it lies elsewhere, is no regular file, or is not there.
 */
export async function fileInside(folder: string, name: string, named: string) {
  const path = join(folder, name);
  try {
    const [inside, real] = await Promise.all([realpath(folder), realpath(path)]);
    const way = relative(inside, real);
    if (way.startsWith('..') || isAbsolute(way)) {
      throw new Error(`${named}: expected "${name}" to lie in the model's folder, "${folder}"`);
    }
    const found = await stat(real);
    if (!found.isFile()) throw new Error(`${named}: expected "${path}" to be a regular file`);
    return { path: real, size: found.size };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new Error(
      code === 'ENOENT' ? `${named}: no file "${path}"` : `${named}: cannot read "${path}" (${code})`,
    );
  }
}

/**
 * Writes a file.
 *
 * @throws Error if it cannot be written.
 */
export async function writeBytes(path: string, bytes: Uint8Array, named: string): Promise<void> {
  try {
    await writeFile(path, bytes);
  } catch (error) {
    throw new Error(`${named}: cannot write "${path}" (${String((error as NodeJS.ErrnoException).code)})`);
  }
}

/** The value of a JSON file. */
export async function jsonOf(path: string, named: string): Promise<unknown> {
  const text = new TextDecoder().decode(await bytesOf(path, named));
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${named}: expected "${path}" to be JSON`);
  }
}
