import type { io } from '@tensorflow/tfjs-core';

/** How many bytes a group of weights has; undefined where texts are among them, which have any length. */
export function bytesIn({ weights }: io.WeightsManifestConfig[number]): number | undefined {
  let total = 0;
  for (const { shape, dtype, quantization } of weights) {
    const bytes = BYTES[quantization?.dtype ?? dtype];
    if (bytes === undefined) return undefined;
    total += bytes * shape.reduce((product, size) => product * size, 1);
  }
  return total;
}

/** Of one number, by its type in the file. */
const BYTES: Readonly<Record<string, number>> = {
  float32: 4,
  int32: 4,
  float16: 2,
  uint16: 2,
  uint8: 1,
  bool: 1,
  complex64: 8,
};

/** Whether this is what TensorFlow.js writes for a model. */
export function isModelJson(json: unknown): json is io.ModelJSON {
  const { modelTopology, weightsManifest } = (json ?? {}) as Record<string, unknown>;
  if (typeof modelTopology !== 'object' || modelTopology === null) return false;
  return Array.isArray(weightsManifest) && weightsManifest.every(isGroup);
}

function isGroup(group: unknown): boolean {
  const { paths, weights } = (group ?? {}) as Record<string, unknown>;
  const isWeight = (weight: unknown) => Array.isArray((weight as { shape?: unknown } | null)?.shape);
  const areNames = Array.isArray(paths) && paths.every((path) => typeof path === 'string');
  return areNames && Array.isArray(weights) && weights.every(isWeight);
}
