import type { TensorInfo } from '@tensorflow/tfjs-core';

/** The kernel's name in TF.js's registry. */
export const GATE = 'GuidedSaliencyGate';

/** What the kernel is told. */
export interface GateAttrs {
  /** Open below this output only; infinity for no bound. */
  readonly limit: number;
  /** Open to positive gradients only. */
  readonly cut: boolean;
}

/** What the kernel is run on; without `y`, with `cut`, only the sign of `dy` decides, as if it were both. */
export interface GateCall {
  readonly inputs: { readonly dy: TensorInfo; readonly y?: TensorInfo };
  readonly attrs: GateAttrs;
}
