import { backend } from '@tensorflow/tfjs-core';
import type { Tensor3D } from '@tensorflow/tfjs-core';

/** What we use of TF.js's webgl backend. */
interface WebglBackend {
  readonly gpgpu: { readonly gl: WebGLRenderingContext | WebGL2RenderingContext };
  /** Does nothing for what is there already. */
  uploadToGPU(dataId: object): void;
}

/** Whether `paintTexture` works here: in WebGL 2, on a canvas that is not shown by the page itself. */
export function canPaintTexture(): boolean {
  const { gl } = (backend() as unknown as WebglBackend).gpgpu;
  const isShown = 'isConnected' in gl.canvas && gl.canvas.isConnected;
  return typeof WebGL2RenderingContext !== 'undefined' && gl instanceof WebGL2RenderingContext && !isShown;
}

/**
 * Paints colours that are in a texture of TF.js's: from there onto the canvas of its WebGL context, which
 * nothing else is on, and from that onto ours.
 *
 * @param colours `[height, width, 4]` in 0...1. Call it inside `tidy`.
 */
export function paintTexture(colours: Tensor3D, context: OffscreenCanvasRenderingContext2D): void {
  const webgl = backend() as unknown as WebglBackend;
  const gl = webgl.gpgpu.gl as WebGL2RenderingContext;
  webgl.uploadToGPU(colours.dataId);
  const [height, width] = colours.shape;
  const { texture } = colours.dataToGPU({ customTexShape: [height, width] });
  const before = gl.getParameter(gl.FRAMEBUFFER_BINDING) as WebGLFramebuffer | null;
  const from = gl.createFramebuffer();
  gl.canvas.width = width;
  gl.canvas.height = height;
  gl.bindFramebuffer(gl.READ_FRAMEBUFFER, from);
  gl.framebufferTexture2D(gl.READ_FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture ?? null, 0);
  gl.bindFramebuffer(gl.DRAW_FRAMEBUFFER, null);
  gl.scissor(0, 0, width, height); // TF.js sets its own before each of its kernels
  // a picture begins at its top, a frame buffer at its bottom
  gl.blitFramebuffer(0, 0, width, height, 0, height, width, 0, gl.COLOR_BUFFER_BIT, gl.NEAREST);
  context.drawImage(gl.canvas, 0, 0);
  gl.deleteFramebuffer(from);
  gl.bindFramebuffer(gl.FRAMEBUFFER, before);
}
