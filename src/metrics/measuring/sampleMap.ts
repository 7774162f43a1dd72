import type { Tensor } from '@tensorflow/tfjs-core';
import { wrongKind } from '../../errors/wrongKind';
import { cellsOf } from '../../explanations/passes/readBack';
import { tensorsIn } from '../../explanations/inputs/structure';
import type { Inputs } from '../../model/inputs';

/** The map of one sample, read back. */
export interface SampleMap {
  /** The channels of a cell come one after the other. */
  readonly values: Float32Array;
  /** The lengths of its axes without channels: `[height, width]` of an image. */
  readonly space: readonly number[];
  readonly channels: number;
}

/**
 * The map of each sample; a map of as many axes as the input has channels as that has.
 *
 * @param isOfCells Whether the method says that it has none.
 */
export async function sampleMaps(map: Inputs, x: Inputs, isOfCells: boolean): Promise<SampleMap[]> {
  const [one, other] = tensorsIn(map);
  if (!one || other) {
    throw wrongKind('method to give one map', map, 'name one place with wrt: [{ layer }] gives a list');
  }
  const rank = tensorsIn(x)[0]?.rank ?? 0;
  const hasChannels = !isOfCells && one.rank > 2 && one.rank >= rank;
  return samplesIn(one, hasChannels);
}

/** A map in the cells of an input: one that has a number for each of its values has channels as it has. */
export function inCellsOf(x: Tensor, map: SampleMap): SampleMap {
  const { space, channels } = map;
  const isOfValues = channels === 1 && x.rank > 2 && space.join() === x.shape.slice(1).join();
  return isOfValues ? { ...map, space: space.slice(0, -1), channels: space[space.length - 1]! } : map;
}

/** The samples of a tensor, read back. */
export async function samplesIn(tensor: Tensor, hasChannels: boolean): Promise<SampleMap[]> {
  const cells = await cellsOf(tensor);
  const [batch = 1, ...rest] = tensor.shape;
  const space = hasChannels ? rest.slice(0, -1) : rest;
  const size = cells.length / batch;
  return Array.from({ length: batch }, (_, i) => ({
    values: Float32Array.from(cells.subarray(i * size, (i + 1) * size)),
    space,
    channels: hasChannels ? rest[rest.length - 1]! : 1,
  }));
}
