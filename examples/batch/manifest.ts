import { closeSync, createReadStream, existsSync, openSync, writeFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CutShort } from './exitCodes';
import { imageStates, type ImageResult, type ImageState } from './imageResult';
import { mapOptions, type BatchSettings } from './settings';

/** What became of the images of a run, one line of JSON each. */
export interface Manifest {
  /** Images that an earlier run has finished, and that are not tried again, with what became of them. */
  readonly finished: ReadonlyMap<string, ImageState>;
  /** @throws CutShort if it cannot be written, as where the disk is full. */
  readonly add: (result: ImageResult) => void;
  readonly close: () => void;
}

/**
 * Opens a manifest: a new one; or, to go on, the old one, without the lines of images that are to be tried
 * again: those that failed, whose map is gone, that were explained in another way, or whose line is torn.
 */
export async function openManifest(
  path: string,
  settings: BatchSettings,
  resume: boolean,
): Promise<Manifest> {
  const finished = new Map<string, ImageState>();
  if (!resume) writeFileSync(path, '');
  else if (existsSync(path)) await keepFinished(path, settings, finished);
  const file = openSync(path, 'a'); // a second run at the same time writes behind this one's lines, not over them
  const options = mapOptions(settings);
  return {
    finished,
    add: (result) => {
      try {
        writeFileSync(file, lineOf({ ...result, options }));
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        throw new CutShort(`--output: cannot write "${path}" (${code}); once it can, --resume goes on`);
      }
    },
    close: () => closeSync(file),
  };
}

async function keepFinished(
  path: string,
  settings: BatchSettings,
  finished: Map<string, ImageState>,
): Promise<void> {
  const options = JSON.stringify(mapOptions(settings));
  const part = await open(`${path}.part`, 'w');
  let text = '';
  try {
    for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
      const { image, state, map, ...rest } = parsed(line);
      if (typeof image !== 'string' || finished.has(image)) continue;
      if (!isFinal(state) || JSON.stringify(rest['options']) !== options) continue;
      if (typeof map === 'string' && !existsSync(join(settings.output, map))) continue;
      finished.set(image, state);
      text += `${line}\n`;
      if (text.length < 2 ** 16) continue;
      await part.write(text);
      text = '';
    }
    await part.write(text);
  } finally {
    await part.close();
  }
  await rename(`${path}.part`, path);
}

/** Whether trying again would change nothing. */
function isFinal(state: unknown): state is ImageState {
  return state !== 'failed' && imageStates.some((one) => one === state);
}

function lineOf(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

/** What a line has; nothing if it is torn. */
function parsed(line: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(line)) as Record<string, unknown>;
  } catch {
    return {};
  }
}
