import { backend } from '@tensorflow/tfjs-core';
import { ours } from './door';

/** The part of TF.js's backend for WebGL that tells. */
interface WebglBackend {
  readonly gpgpu?: {
    readonly gl: WebGL2RenderingContext;
    /** In WebGL 2 the first of those below, in WebGL 1 the other. */
    readonly colorBufferFloatExtension: object | null;
  };
}

/**
 * Refuses to go on where the browser took WebGL's context, which is that of the backend at work, and all
 * tensors with it. TF.js goes on: its reads never end, or give zeros, once the browser has handed the context
 * back, empty.
 *
 * An extension is another object then. To ask for one waits for nothing, as other questions to a GPU do.
 */
export function checkContext(): void {
  const { gpgpu } = backend() as WebglBackend;
  if (!gpgpu) return;
  const { gl, colorBufferFloatExtension: known } = gpgpu;
  const now = gl.getExtension('EXT_color_buffer_float') ?? gl.getExtension('WEBGL_color_buffer_float');
  if (now !== known) throw ours(new Error('the backend "webgl" has lost its context; reload the page'));
}
