import { currentBackend } from '../../backends/backend';

/** From how many products for a row on: of fewer, what is around them takes longer. */
const FROM = 1 << 8;

/** Whether a product with such a matrix is worth a kernel of ours on cpu. */
export const isLargeMatrix = (size: number): boolean => currentBackend().hasSlowProducts && size >= FROM;
