import { isTensor } from '../backends/isTensor';
import { isPromise } from './isPromise';

/** What `tf.browser.fromPixels` takes, by class name. */
const PICTURES: ReadonlySet<unknown> = new Set([
  'HTMLImageElement',
  'HTMLCanvasElement',
  'HTMLVideoElement',
  'OffscreenCanvas',
  'ImageBitmap',
  'ImageData',
]);

/**
 * What makes a tensor of a value that is nearly one; undefined where nobody knows.
 *
 * @param name How the call names the value.
 */
export function toTensor(value: unknown, name: string): string | undefined {
  if (isTensor((Object(value) as { map?: unknown }).map)) return 'pass its .map';
  if (isPicture(value)) {
    return name.startsWith('x')
      ? throughImageInput(name)
      : `make it a tensor with tf.expandDims(tf.browser.fromPixels(${name}))`;
  }
  if (ArrayBuffer.isView(value) && 'length' in value)
    return `make it a tensor with tf.tensor(${name}, shape)`;
  if (!Array.isArray(value) || value.length === 0) return undefined;
  if (isNumbers(value, 0)) return `make it a tensor with tf.tensor(${name})`;
  const at = value.findIndex((entry) => isPicture(entry) || isPromise(entry));
  if (at === -1) return undefined;
  const entry = `${name}[${at}]`;
  return isPromise(value[at]) ? `await ${entry} first` : toTensor(value[at], entry);
}

/** What makes a tensor of a photo, whatever it is: an element, a file, or decoded from one. */
export function throughImageInput(name: string): string {
  return `make it a tensor with imageInput(${name}, model) of guided-saliency/image`;
}

function isPicture(value: unknown): boolean {
  const { constructor } = Object(value) as { constructor?: { name?: unknown } };
  return PICTURES.has(constructor?.name);
}

/** Whether a list holds numbers, in lists of lists perhaps: as many deep as a tensor may have axes. */
function isNumbers(list: readonly unknown[], depth: number): boolean {
  const isOne = (entry: unknown) =>
    typeof entry === 'number' || (Array.isArray(entry) && entry.length > 0 && isNumbers(entry, depth + 1));
  return depth < 6 && list.every(isOne);
}
