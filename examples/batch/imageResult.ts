/**
 * What became of an image. `done`: it has a map; `undecodable`: it is no PNG or JPEG, damaged or too large;
 * `crashed`: it ended its worker twice; `failed`: it could not be read, explained or written, several times.
 * A run that goes on tries only the last one again.
 */
export type ImageState = 'done' | 'undecodable' | 'crashed' | 'failed';

export const imageStates: readonly ImageState[] = ['done', 'undecodable', 'crashed', 'failed'];

/** What there is to say of an image when it is over. */
export interface ImageResult {
  /** Its path or address. */
  readonly image: string;
  readonly state: ImageState;
  readonly ms: number;
  /** The file of the map, from the folder of the output. */
  readonly map?: string;
  /** Whether the map was there already. */
  readonly found?: true;
  /** The class that is explained, its name, and its value: the score before a softmax. */
  readonly class?: number;
  readonly label?: string;
  readonly value?: number;
  readonly error?: string;
}
