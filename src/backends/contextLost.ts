import { backend } from '@tensorflow/tfjs-core';

/** The part of TF.js's backend for WebGL that tells. */
interface WebglBackend {
  readonly gpgpu?: {
    readonly gl: WebGL2RenderingContext;
    /** In WebGL 2 the first of those below, in WebGL 1 the other. */
    readonly colorBufferFloatExtension: object | null;
  };
}

/**
 * Whether the browser took WebGL's context, which is that of a backend, and all its tensors with it.
 * TF.js goes on: its reads never end, or give zeros, once the browser has handed the context back, empty.
 *
 * An extension is another object then. To ask for one waits for nothing, as other questions to a GPU do.
 */
export function isContextLost(of: object = backend()): boolean {
  const { gpgpu } = of as WebglBackend;
  if (!gpgpu) return false;
  const { gl, colorBufferFloatExtension: known } = gpgpu;
  return (gl.getExtension('EXT_color_buffer_float') ?? gl.getExtension('WEBGL_color_buffer_float')) !== known;
}
