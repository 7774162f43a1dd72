import { isModelJson } from '../../demo/modelJson';
import {
  artifactsOf,
  labelsOf,
  parsed,
  rangeOf,
  weightPaths,
  type Files,
  type ModelFiles,
} from './modelFiles';

/**
 * The model whose model.json is at an address, the weights beside it. Of an address that ends with "/", as
 * Teachable Machine gives them, model.json in that folder, and labels and range from the metadata.json there.
 *
 * @param labels What is known of the classes; undefined where the address is all that is known.
 * @throws Error that says what is wrong, in words for who typed the address.
 */
export async function modelAt(address: string, labels?: readonly string[]): Promise<ModelFiles> {
  const isFolder = address.endsWith('/');
  const file = new URL(isFolder ? `${address}model.json` : address);
  const bytes = await fetched(file);
  const json = parsed(bytes);
  if (!isModelJson(json)) throw new Error(`what is at ${file.href} is ${kindOf(bytes)}; ${WANTED}`);
  const weights = await Promise.all(weightPaths(json).map((path) => fetched(beside(file, path))));
  const about: Files = isFolder && !labels ? await metadataIn(file) : new Map();
  const known = labels ?? labelsOf(about);
  return { artifacts: artifactsOf(json, weights), labels: known, range: rangeOf(about) };
}

const WANTED = 'give the address of a model.json as TensorFlow.js writes it, or of the folder that it is in';

/** A file beside another one, which is asked for in the same way. */
function beside(file: URL, path: string): URL {
  const found = new URL(path, file);
  if (found.origin !== file.origin) {
    throw new Error(`the model.json wants weights from ${found.host}; here they must come from ${file.host}`);
  }
  found.search = file.search;
  return found;
}

async function metadataIn(model: URL): Promise<Files> {
  try {
    return new Map([['metadata.json', await fetched(beside(model, 'metadata.json'))]]);
  } catch {
    return new Map(); // not all such folders have one
  }
}

async function fetched(address: URL): Promise<Uint8Array> {
  const { href, host } = address;
  // no other host learns who the user is, or where they come from
  const response = await fetch(href, { referrerPolicy: 'no-referrer' }).catch(() => {
    const isOwn = address.origin === location.origin;
    const why = isOwn
      ? 'there seems to be no network'
      : 'there is no network, no such host, or it does not let pages of other sites read its files ' +
        '(it would have to send the header Access-Control-Allow-Origin)';
    throw new Error(
      `${href} cannot be read: ${why}; download the files and give them by “Your model” instead`,
    );
  });
  if (response.status === 404) throw new Error(`there is no file at ${href} (404); ${WANTED}`);
  if (!response.ok) throw new Error(`${host} does not give ${href}: it says ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

function kindOf(bytes: Uint8Array): string {
  const begin = new TextDecoder().decode(bytes.subarray(0, 200)).trim();
  if (begin.startsWith('<')) return 'a web page, not a model';
  return /^[{[]/.test(begin) ? 'JSON, but not a model of TensorFlow.js' : 'not a model of TensorFlow.js';
}
