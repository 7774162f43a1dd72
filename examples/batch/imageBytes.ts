import { stat } from 'node:fs/promises';
import { bytesOf } from '../demo/files';
import { isAddress } from './isAddress';

/** Longer files are not read. */
const MOST_BYTES = 2 ** 28;

/** Milliseconds that a server may take. */
const PATIENCE = 30_000;

/**
 * The bytes of an image, from a path or an address.
 *
 * @throws Error if it cannot be read.
 */
export async function imageBytes(image: string): Promise<Uint8Array> {
  if (isAddress(image)) return fetched(image);
  const found = await stat(image).catch(() => undefined);
  // a pipe may have no end
  if (found?.isFile() === false) throw new Error(`image: expected "${image}" to be a regular file`);
  if (found && found.size > MOST_BYTES) throw tooLong(image);
  return bytesOf(image, 'image');
}

async function fetched(address: string): Promise<Uint8Array> {
  const response = await fetch(address, { signal: AbortSignal.timeout(PATIENCE) });
  if (!response.ok || !response.body) throw new Error(`image: "${address}" answers ${response.status}`);
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) {
    length += part.length;
    if (length > MOST_BYTES) throw tooLong(address);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function tooLong(image: string): Error {
  return new Error(`image: expected "${image}" to have at most ${MOST_BYTES} bytes`);
}
