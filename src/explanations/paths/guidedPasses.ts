import { fill, keep, tensor } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Inputs } from '../../model/inputs';
import { tidied } from '../../tensors/tidied';
import { startAsInput } from './baselines';
import type { Explainer } from '../explainer/explainer';
import { GuidedPath } from './guidedPath';
import type { GuidedWalk } from './guidedPath';
import { turns } from '../passes/passes';
import type { Estimate, PassControl } from '../passes/passes';
import { cellsOf } from '../passes/readBack';
import type { Ways } from './straightPath';
import { mapTensors, sampleCount, tensorsIn } from '../inputs/structure';

/** Walks the guided path of each sample, all samples at once: a pass for each step. */
export async function* guidedPasses(
  explainer: Explainer,
  ways: Ways,
  walk: GuidedWalk,
  control: PassControl,
): AsyncGenerator<Estimate<Inputs>> {
  const { x } = ways;
  const begins = await read(tidied(() => kept(startAsInput(ways, 0))));
  const ends = await Promise.all(tensorsIn(x).map((one) => cellsOf(one)));
  const batch = sampleCount(x);
  const paths = Array.from(
    { length: batch },
    (_, b) => new GuidedPath(sampleOf(begins, b, batch), sampleOf(ends, b, batch), walk),
  );
  for await (const { first } of turns(walk.steps, control)) {
    const gradients = await read(
      tidied(() => {
        const { map } = explainer.explain(inShapes(x, paths, ({ at }) => at));
        return kept(map);
      }),
    );
    paths.forEach((path, b) => path.step(sampleOf(gradients, b, batch), first));
    if (control.isOnlyMap && first + 1 < walk.steps) continue;
    yield tidied(() => ({
      map: kept(inShapes(x, paths, ({ attribution }) => attribution)),
      standardError: kept(mapTensors(x, ({ shape }) => fill(shape, NaN))),
      done: first + 1,
      total: walk.steps,
    }));
  }
}

/** The numbers of some tensors, which are disposed. */
async function read(structure: Inputs): Promise<Float32Array[]> {
  const tensors = tensorsIn(structure);
  try {
    return await Promise.all(tensors.map((one) => cellsOf(one)));
  } finally {
    for (const one of tensors) one.dispose();
  }
}

/** The cells of one sample, of all tensors after one another. */
function sampleOf(tensors: readonly Float32Array[], b: number, batch: number): Float64Array {
  const sizes = tensors.map(({ length }) => length / batch);
  const all = new Float64Array(sizes.reduce((a, b) => a + b, 0));
  let first = 0;
  tensors.forEach((cells, i) => {
    const size = sizes[i] as number;
    all.set(cells.subarray(b * size, (b + 1) * size), first);
    first += size;
  });
  return all;
}

/** Cells of all samples put back into the shapes of `x`. */
function inShapes(
  x: Inputs,
  paths: readonly GuidedPath[],
  cellsIn: (path: GuidedPath) => Float64Array,
): Inputs {
  let first = 0;
  return mapTensors(x, ({ shape, size }) => {
    const count = size / paths.length;
    const cells = new Float32Array(size);
    paths.forEach((path, b) => cells.set(cellsIn(path).subarray(first, first + count), b * count));
    first += count;
    return tensor(cells, shape);
  });
}

function kept(structure: Inputs): Inputs {
  for (const one of tensorsIn(structure)) keep<Tensor>(one);
  return structure;
}
