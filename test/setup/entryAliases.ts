import { fileURLToPath } from 'node:url';

const fromHere = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** What users import, as source: the longer names first, as the shortest begins them all. */
export const entryAliases = {
  'guided-saliency/image': fromHere('../../src/image/index.ts'),
  'guided-saliency/relevance': fromHere('../../src/relevance/index.ts'),
  'guided-saliency/metrics': fromHere('../../src/metrics/index.ts'),
  'guided-saliency': fromHere('../../src/index.ts'),
};
