/** The part of TF.js's backends for WebGL and WebGPU that tells. */
interface GpuBackend {
  readonly gpgpu?: {
    readonly gl: WebGL2RenderingContext;
    /** In WebGL 2 the first of those below, in WebGL 1 the other. */
    readonly colorBufferFloatExtension: object | null;
  };
  readonly device?: { readonly lost?: Promise<unknown> };
}

/**
 * What the browser took from a backend, and all its tensors with it: WebGL's context, WebGPU's device, or
 * nothing. TF.js goes on: its reads never end, or give zeros, once the browser has handed a context back,
 * empty, or where the tensors are moved to another backend.
 *
 * An extension is another object then. To ask for one waits for nothing, as other questions to a GPU do.
 */
export function whatIsLost(of: object): 'context' | 'device' | undefined {
  const { gpgpu, device } = of as GpuBackend;
  if (device?.lost) return isDeviceLost(device, device.lost) ? 'device' : undefined;
  if (!gpgpu) return undefined;
  const { gl, colorBufferFloatExtension: known } = gpgpu;
  const now = gl.getExtension('EXT_color_buffer_float') ?? gl.getExtension('WEBGL_color_buffer_float');
  return now === known ? undefined : 'context';
}

/** Devices that were asked about, and whether each is lost. */
const devices = /* @__PURE__ */ new WeakMap<object, boolean>();

/** A device says it by a promise alone: whoever asks for the first time hears of it a moment later. */
function isDeviceLost(device: object, lost: Promise<unknown>): boolean {
  if (!devices.has(device)) {
    devices.set(device, false);
    void lost.then(() => devices.set(device, true));
  }
  return devices.get(device) === true;
}

/** How long a device is waited for, in milliseconds: a read may have failed for another reason. */
const PATIENCE = 1000;

/** Waits for a device to say that it is lost, once a read of it was rejected: it says so after that. */
export async function untilLossIsTold(of: object): Promise<void> {
  const { device } = of as GpuBackend;
  if (!device?.lost) return;
  await Promise.race([device.lost, new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
}
