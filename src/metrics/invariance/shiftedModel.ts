import type { LayerPath } from '../../model/place';
import type { RandomizableModel } from '../randomizing/randomness';

/** A model for inputs that are shifted by a constant. */
export interface ShiftedModel {
  readonly model: RandomizableModel;
  /** The layer whose bias takes the shift back. */
  readonly layer: LayerPath;
  readonly dispose: () => void;
}
