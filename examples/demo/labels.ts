import { bytesOf, jsonOf } from './files';

/**
 * The names of the classes: a JSON array of strings, or one a line.
 *
 * @throws Error if there are fewer or more than the model has classes: then nobody knows which is whose.
 */
export async function readLabels(path: string, classes: number): Promise<string[]> {
  const labels = path.endsWith('.json') ? await fromJson(path) : await fromLines(path);
  if (labels.length !== classes) {
    throw new Error(
      `--labels: expected "${path}" to name the model's ${classes} classes, got ${labels.length} names`,
    );
  }
  return labels;
}

async function fromJson(path: string): Promise<string[]> {
  const labels = await jsonOf(path, '--labels');
  if (!Array.isArray(labels) || labels.some((label) => typeof label !== 'string')) {
    throw new Error(`--labels: expected "${path}" to hold an array of strings`);
  }
  return labels as string[];
}

async function fromLines(path: string): Promise<string[]> {
  const lines = new TextDecoder().decode(await bytesOf(path, '--labels')).split(/\r?\n/);
  return lines.map((line) => line.trim()).filter((line) => line !== '');
}
