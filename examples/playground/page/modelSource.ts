import { networkNamed } from '../networks';

/** Where a model comes from. */
export interface ModelSource {
  readonly name: string;
  /** Whether it reads photos or digits. */
  readonly input: 'photo' | 'digit';
  /** What it is loaded from: an address, or files of the user's own. */
  readonly from: string | readonly File[];
  /** What is known of its classes. */
  readonly labels?: readonly string[];
}

/** The model of the settings: one of the page's own, or what is at an address. */
export function modelNamed(model: string): ModelSource {
  const network = networkNamed(model);
  if (!network) return { name: model, input: 'photo', from: model };
  const { title, input, file, labels } = network;
  return { name: title, input, from: new URL(file, document.baseURI).href, labels };
}

/** A model in files of the user's own. */
export function modelInFiles(files: readonly File[]): ModelSource {
  const named = files.find(({ name }) => /\.(zip|json)$/i.test(name));
  return { name: named?.name ?? 'your model', input: 'photo', from: files };
}

/** The host that a model would be asked from, where it is another than the page's own. */
export function foreignHost({ from }: ModelSource): string | null {
  if (typeof from !== 'string') return null;
  const { origin, host } = new URL(from);
  return origin === location.origin ? null : host;
}
