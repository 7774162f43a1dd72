import { version_core } from '@tensorflow/tfjs-core';
import { tfEngine } from '../backends/engine';
import { ours } from './door';

/** The releases of TF.js that the tests are right with, as the peers of package.json have them. */
export const PEERS = '^4.11.0';

/** What to do about two copies of TF.js. */
export const ONE_COPY = 'have one copy: `npm ls @tensorflow/tfjs-core` lists them';

/** Refuses a TF.js that is too old or too new: we read parts of its engine that no type promises. */
export function checkEngine(): void {
  if (!/^4\.(1[1-9]|[2-9]\d)\./.test(version_core)) {
    throw ours(
      new Error(
        `expected @tensorflow/tfjs-core ${PEERS}, got ${version_core}; ` +
          'install 4.22.0, of all packages of @tensorflow',
      ),
    );
  }
  // one argument since 3.0
  if (tfEngine().runKernelFunc.length > 1) {
    throw ours(
      new Error(
        `expected an engine of @tensorflow/tfjs-core ${PEERS}, ` +
          `got that of an older copy, which was loaded first; ${ONE_COPY}`,
      ),
    );
  }
}
