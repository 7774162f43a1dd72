import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { chromiumPath, softwareFlags } from './test/setup/chromium.ts';
import { entryAliases } from './test/setup/entryAliases.ts';
import { serveTestFiles } from './test/setup/serveTestFiles.ts';

const atRoot = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// One project a backend, and one for the packed package. What a machine lacks stays in the report, as a
// skipped test that says what is missing.

const chromium = chromiumPath();

/** They look at the packed package from outside; in a project of their own, as they build and install. */
const packageTests = ['test/package/**/*.test.ts'];

/** They build the page of examples/playground, and open it in a browser. */
const pageTests = ['test/playground/**/*.test.ts'];

/** They install each example as its user would; `npm run test:projects`. */
const exampleTests = ['test/projects/**/*.test.ts'];
/** They need a redis-server: `npm run test:batch`. */
const queueTests = ['test/batch/whole/**/*.test.ts'];

/** Whether what takes long runs, too. */
const isWhole = process.env['VITE_WHOLE'] !== undefined;

/** They put a mock in the place of tfjs-core, which no other test may meet. */
const mockingTests = ['test/errors/checkEngine.test.ts'];

/** They make the memory of wasm grow, which never shrinks: where others had used it, to its end at 4 GiB. */
const growingTests = ['test/backends/growing.test.ts'];

/** What only makes sense in Node, once. */
const nodeOnly = [
  ...packageTests,
  ...pageTests,
  ...exampleTests,
  ...mockingTests,
  ...growingTests,
  'test/docs/**',
  'test/demo/**',
  'test/batch/**',
];

/**
 * What takes minutes on a software GPU, and asks of the backend what other tests ask, too: run on cpu and
 * wasm, and everywhere by `npm run test:whole`. Of each method, everyMethod.test.ts holds one map to all
 * backends; of real networks, the stored maps of golden.test.ts.
 */
const methodsNotOnGpus = [
  'activationMaps',
  'blurIntegratedGradients',
  'expectedGradients',
  'functionalRelus',
  'gradCam',
  'guidedGradCam',
  'guidedIntegratedGradients',
  'integratedGradients',
  'occlusion',
  'rise',
  'scoreCam',
  'smoothGrad',
  'varGrad',
].map((method) => `test/methods/${method}.test.ts`);
const notOnGpus = [
  ...methodsNotOnGpus,
  'test/errors/fuzz.test.ts',
  'test/explanations/from.test.ts',
  'test/fixtures/peers.test.ts',
  'test/metrics/check.test.ts',
  'test/metrics/compareMethods.test.ts',
  'test/metrics/completeness.test.ts',
  'test/metrics/cosineConvergence.test.ts',
  'test/metrics/infidelity.test.ts',
  'test/metrics/inputInvariance.test.ts',
  'test/metrics/measuring/metricDoor.test.ts',
  'test/metrics/parameterRandomization.test.ts',
  'test/metrics/road.test.ts',
  'test/metrics/scopes.test.ts',
  'test/models/**',
  'test/model/programs/recurrent.test.ts',
  'test/networks/**',
  'test/overrides/overrideActivations.test.ts',
  'test/published/**', // examples/published, in Node
];

export default defineConfig({
  resolve: { alias: entryAliases },
  test: {
    // a software GPU compiles its shaders slowly, and the machine may be busy with something else
    testTimeout: 900_000,
    hookTimeout: 900_000,
    // one of all cores alone would wait for a page of a browser, which waits for its compiler
    maxWorkers: Math.max(2, availableParallelism() - 1),
    onConsoleLog: (log) => !log.includes('Hi, looks like you are running TensorFlow.js in Node.js'),
    projects: [
      outsideProject('package', packageTests, 'test/package/packedOnce.ts'),
      outsideProject('playground', [isWhole ? 'test/playground/**/*.test.ts' : 'test/playground/*.test.ts']),
      ...(process.env['VITE_PROJECTS'] === undefined ? [] : [outsideProject('projects', exampleTests)]),
      nodeProject('cpu', [
        ...packageTests,
        ...pageTests,
        ...exampleTests,
        ...queueTests,
        ...mockingTests,
        ...growingTests,
        ...(isWhole ? [] : ['test/models/**']),
      ]),
      aloneProject('node-mocked', 'cpu', mockingTests),
      aloneProject('node-growing', 'wasm', growingTests),
      ...(isWhole ? [queueProject()] : []),
      nodeProject('wasm', isWhole ? nodeOnly : [...nodeOnly, 'test/errors/fuzz.test.ts']),
      browserProject('webgl'),
      browserProject('webgpu'),
      tfjsNodeLoads()
        ? nodeProject('tensorflow', nodeOnly)
        : missing('node-tensorflow', '@tensorflow/tfjs-node does not load'),
    ],
  },
});

/** Tests that look at what was built, from outside, and need no backend of their own. */
function outsideProject(
  name: string,
  include: string[],
  ...globalSetup: string[]
): TestProjectInlineConfiguration {
  return { extends: true, test: { name, include, globalSetup } };
}

/** Maps of many images over a queue; the backend is that of the images' model alone. */
function queueProject(): TestProjectInlineConfiguration {
  return {
    extends: true,
    test: { name: 'batch', include: queueTests, setupFiles: ['test/setup/cpu.ts'] },
  };
}

/** Tests that need a process of their own. */
function aloneProject(name: string, backend: string, include: string[]): TestProjectInlineConfiguration {
  return { extends: true, test: { name, include, setupFiles: [`test/setup/${backend}.ts`] } };
}

/*
 * The files of a project share a process, or a page: to load TF.js and start its backend takes longer than
 * most of them run, and a GPU keeps its shaders. What one leaves behind meets the next one, as in an app.
 */

function nodeProject(backend: string, exclude: string[]): TestProjectInlineConfiguration {
  return {
    extends: true,
    test: {
      name: `node-${backend}`,
      isolate: false,
      include: ['test/**/*.test.ts'],
      exclude,
      setupFiles: [`test/setup/${backend}.ts`],
    },
  };
}

function browserProject(backend: string): TestProjectInlineConfiguration {
  const name = `chromium-${backend}`;
  if (chromium === undefined) return missing(name, 'no chromium here; CHROMIUM_PATH can name one');
  return {
    extends: true,
    plugins: [serveTestFiles()],
    optimizeDeps: {
      // all at the start: a dependency found later reloads the page under the tests
      include: [
        '@tensorflow/tfjs-backend-cpu',
        '@tensorflow/tfjs-backend-webgl',
        '@tensorflow/tfjs-backend-webgpu',
        '@tensorflow/tfjs-converter',
        '@tensorflow/tfjs-core',
        '@tensorflow/tfjs-layers',
        'd3-interpolate',
        'd3-scale-chromatic',
        'fast-png',
      ],
    },
    test: {
      name: backend,
      isolate: false,
      include: ['test/**/*.test.ts'],
      exclude: isWhole ? [...nodeOnly, 'test/published/**'] : [...nodeOnly, ...notOnGpus],
      setupFiles: [`test/setup/${backend}.ts`],
      browser: {
        enabled: true,
        // one page; what it should be in place of would have the browsers wait for Node's tests to end
        // eslint-disable-next-line @typescript-eslint/no-deprecated
        fileParallelism: false,
        headless: true,
        screenshotFailures: false,
        provider: playwright({ launchOptions: { executablePath: chromium, args: [...softwareFlags] } }),
        instances: [{ browser: 'chromium', name }],
      },
    },
  };
}

/** A project with one skipped test, whose name says why nothing else ran. */
function missing(name: string, reason: string): TestProjectInlineConfiguration {
  const env = { MISSING_BACKEND: `${name}: ${reason}` };
  return { test: { name, include: ['test/setup/missingBackend.ts'], env } };
}

/** Found out once: this file is loaded again for each project. */
function tfjsNodeLoads(): boolean {
  return (process.env['TFJS_NODE_LOADS'] ??= String(loadTfjsNode())) === 'true';
}

function loadTfjsNode(): boolean {
  try {
    createRequire(import.meta.url).resolve('@tensorflow/tfjs-node');
  } catch {
    return false;
  }
  const loading = spawnSync(process.execPath, ['-e', 'require("@tensorflow/tfjs-node")'], {
    cwd: atRoot('.'),
  });
  return loading.status === 0;
}
