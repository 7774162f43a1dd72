/** What is mutated, and the tests that belong to it, on each of these backends. */
export interface Folder {
  readonly name: string;
  readonly tests: readonly string[];
  readonly backends: readonly string[];
}

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
  { name: 'rules', tests: ['rules', 'ops', 'methods/rules', 'overrides'], backends: ['cpu'] },
  { name: 'overrides', tests: ['overrides', 'errors/nextSteps', 'rules', 'ops'], backends: ['cpu'] },
  {
    name: 'targets',
    tests: ['targets', 'errors/nextSteps', 'methods/saliency', 'explanations'],
    backends: ['cpu'],
  },
  { name: 'explanations', tests: ['explanations', 'methods'], backends: ['cpu'] },
  { name: 'methods', tests: ['methods'], backends: ['cpu'] },
  // much of a gradient is for one backend
  ...families.map((family) => ({
    name: `gradients/${family}`,
    tests: [`gradients/${family}`, 'gradients', 'tape', 'tensors', 'conformance', 'model/programs/recurrent'],
    backends: ['cpu', 'wasm'],
  })),
];
