import { readFile, writeFile } from 'node:fs/promises';

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
