import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { pack } from './scratchProject';

declare module 'vitest' {
  interface ProvidedContext {
    /** The packed package. */
    tarball: string;
  }
}

/** Packs the package, once for all tests: two builds at the same time would clear away each other. */
export default function packedOnce(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'guided-saliency-packed-'));
  project.provide('tarball', pack(folder));
  return () => rmSync(folder, { recursive: true });
}
