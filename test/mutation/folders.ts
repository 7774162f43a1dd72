/** What is mutated, and the tests that belong to it: run first, and on wasm, too. */
export interface Folder {
  readonly name: string;
  readonly nearest: readonly string[];
  /** Run after them, on cpu: whatever else looks at the folder closely. */
  readonly others: readonly string[];
}

const maps = ['rules', 'ops', 'overrides', 'targets', 'explanations', 'methods'];

/** The families of gradients/ but rectifiers/, most of which are shaders of backends that Node lacks. */
const families = [
  'complex',
  'convolution',
  'elementwise',
  'images',
  'indexing',
  'moving',
  'normalizing',
  'pooling',
  'products',
  'reducing',
];

export const folders: readonly Folder[] = [
  { name: 'rules', nearest: ['rules', 'ops', 'overrides', 'methods/rules'], others: maps },
  { name: 'overrides', nearest: ['overrides', 'rules', 'ops'], others: maps },
  { name: 'targets', nearest: ['targets', 'methods/saliency', 'explanations'], others: maps },
  { name: 'explanations', nearest: ['explanations', 'methods'], others: maps },
  { name: 'methods', nearest: ['methods', 'explanations'], others: maps },
  ...families.map((family) => ({
    name: `gradients/${family}`,
    nearest: [`gradients/${family}`, 'gradients', 'tape'],
    others: ['tensors', 'conformance'],
  })),
];
