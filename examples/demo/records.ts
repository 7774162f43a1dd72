import { createHash } from 'node:crypto';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { ExplanationRecord } from 'guided-saliency';
import { bytesOf, jsonOf, writeBytes } from './files';
import { methodNamed, type MethodName } from './methods';

/** How maps were made: what `--record` writes and `--replay` reads. */
export interface DemoRecord {
  /** Of the file's form. */
  readonly demo: 1;
  /** Null for the demo's own. */
  readonly model: FileRecord | null;
  readonly photo: FileRecord | null;
  readonly inputRange: readonly [number, number];
  readonly maps: readonly MapRecord[];
}

/** A file, by its path from the folder of the record. */
interface FileRecord {
  readonly path: string;
  readonly sha256: string;
}

/** A map. */
export interface MapRecord {
  readonly name: MethodName;
  readonly record: ExplanationRecord;
  /** Its largest magnitude, and some of its cells, evenly spread, to hold another against. */
  readonly largest: number;
  readonly cells: readonly number[];
}

/** How many cells of a map are written down. */
const CELLS = 256;

/** The file as it is now, for a record in `recordPath`; null for none. */
export async function fileRecord(
  path: string | undefined,
  recordPath: string,
  option: string,
): Promise<FileRecord | null> {
  if (path === undefined) return null;
  const way = relative(dirname(resolve(recordPath)), resolve(path));
  return { path: way.split(sep).join('/'), sha256: sha256(await bytesOf(path, option)) };
}

/** What is written down of a map. */
export async function mapRecord(
  name: MethodName,
  record: ExplanationRecord,
  map: Tensor,
): Promise<MapRecord> {
  const values = await map.data();
  return { name, record, largest: largestOf(values), cells: cellsOf(values) };
}

/** Writes a record. */
export async function writeRecord(path: string, record: DemoRecord): Promise<void> {
  await writeBytes(path, new TextEncoder().encode(`${JSON.stringify(record, null, 1)}\n`), '--record');
}

/**
 * Reads a record.
 *
 * @returns It, with its files found from here.
 * @throws Error if there is none, it is no record, or a file of it is missing or another.
 */
export async function readRecord(path: string): Promise<DemoRecord & { modelPath?: string; image?: string }> {
  const json = await jsonOf(path, '--replay');
  if (!isRecord(json)) throw new Error(`--replay: expected "${path}" to be what --record wrote`);
  for (const { name } of json.maps) {
    const found = methodNamed(name);
    if ('meant' in found) {
      throw new Error(`--replay: no method "${name}" of "${path}"; did you mean "${found.meant}"?`);
    }
  }
  const [modelPath, image] = await Promise.all([same(json.model, path), same(json.photo, path)]);
  return {
    ...json,
    ...(modelPath === undefined ? {} : { modelPath }),
    ...(image === undefined ? {} : { image }),
  };
}

/**
 * How far a map is off the one that was written down: the largest difference in the cells that are known, and
 * of the largest magnitudes, as a share of that.
 */
export async function offBy({ largest, cells }: MapRecord, map: Tensor): Promise<number> {
  const all = await map.data();
  const values = cellsOf(all);
  if (values.length !== cells.length) return NaN;
  const differences = values.map((value, i) => Math.abs(value - (cells[i] ?? NaN)));
  const most = Math.max(...differences, Math.abs(largestOf(all) - largest));
  return largest === 0 ? most : most / largest;
}

function cellsOf(values: ArrayLike<number>): number[] {
  const count = Math.min(CELLS, values.length);
  return Array.from({ length: count }, (_, i) => values[Math.floor((i * values.length) / count)] ?? NaN);
}

function largestOf(values: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i] ?? NaN));
  return largest;
}

/** The path of a file of a record, which must be what it was. */
async function same(file: FileRecord | null, recordPath: string): Promise<string | undefined> {
  if (!file) return undefined;
  const path = join(dirname(recordPath), file.path);
  if (sha256(await bytesOf(path, '--replay')) === file.sha256) return path;
  throw new Error(`--replay: expected "${path}" to be as it was recorded, got another file`);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function isRecord(json: unknown): json is DemoRecord {
  const { demo, model, photo, inputRange, maps } = Object(json) as Record<string, unknown>;
  const areNumbers = (list: unknown): list is number[] =>
    Array.isArray(list) && list.every((one) => typeof one === 'number');
  const isFile = (file: unknown) => {
    const { path, sha256: hash } = Object(file) as Record<string, unknown>;
    return file === null || (typeof path === 'string' && typeof hash === 'string');
  };
  const isMap = (map: unknown) => {
    const { name, record, largest, cells } = Object(map) as Record<string, unknown>;
    const { options, value } = Object(record) as Record<string, unknown>;
    const isWhole = typeof options === 'object' && options !== null && areNumbers(value);
    return typeof name === 'string' && isWhole && typeof largest === 'number' && areNumbers(cells);
  };
  return (
    demo === 1 &&
    [model, photo].every(isFile) &&
    areNumbers(inputRange) &&
    inputRange.length === 2 &&
    Array.isArray(maps) &&
    maps.length > 0 &&
    maps.every(isMap)
  );
}
