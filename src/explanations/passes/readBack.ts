import { abs, dispose, div, max, mean, stack } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { readFrom } from '../../errors/readFrom';
import { tidied } from '../../tensors/tidied';

// The one place that waits for numbers of the device: a record is made of them, and only `explain` makes one.

/** A number, or nested lists of them, as a tensor holds them. */
export type Numbers = number | Numbers[];

/** What a tensor holds. */
export async function numbersOf(tensor: Tensor): Promise<Numbers> {
  // eslint-disable-next-line no-restricted-syntax -- for the record, in a function that is async
  return await readFrom(tensor.array());
}

/** The cells of a tensor of floats. */
export async function cellsOf(tensor: Tensor): Promise<Float32Array> {
  // eslint-disable-next-line no-restricted-syntax -- for the next step of a path, between two passes
  return (await readFrom(tensor.data())) as Float32Array;
}

/** The mean of some errors, as a share of the largest magnitude of the maps. */
export async function shareOf(errors: readonly Tensor[], maps: readonly Tensor[]): Promise<number> {
  const share = tidied(() => {
    const largest = max(stack(maps.map((map) => max(abs(map)))));
    return div(max(stack(errors.map((error) => mean(error)))), largest);
  });
  try {
    // eslint-disable-next-line no-restricted-syntax -- to know when to stop, between two chunks
    return (await readFrom(share.data()))[0] as number;
  } finally {
    share.dispose();
  }
}

/** Waits until the device has computed some tensors, and frees them. */
export async function settle(tensors: readonly Tensor[]): Promise<void> {
  try {
    // eslint-disable-next-line no-restricted-syntax -- what is awaited is that it is there
    for (const tensor of tensors) await readFrom(tensor.data());
  } finally {
    dispose([...tensors]);
  }
}
