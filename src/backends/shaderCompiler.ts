import { backend, env } from '@tensorflow/tfjs-core';
import { currentBackend, type Backend } from './backend';
import { watchingReads } from './watchingReads';

/** The part of TF.js's GPU backends that knows their shaders. */
interface ShaderBackend {
  readSync(dataId: object): unknown;
  checkCompileCompletionAsync(): Promise<unknown>;
  /** Of webgl: looks up where a compiled shader takes its arguments. */
  getUniformLocations?(): void;
}

type Shaders = Record<string, unknown>;

/** What the backend keeps of each tensor: its values, as long as they are not on the GPU. */
type Kept = { get(dataId: object): { readonly values?: unknown } | undefined };

/**
 * Where a backend keeps its compiled shaders and what it knows of each tensor, and which flag of TF.js has it
 * compile without computing, by where its numbers lie.
 */
const SHADERS: Readonly<Partial<Record<Backend['numbers'], ShadersOf>>> = {
  textures: { cache: 'binaryCache', data: 'texData', flag: 'ENGINE_COMPILE_ONLY' },
  buffers: { cache: 'pipelineCache', data: 'tensorMap', flag: 'WEBGPU_ENGINE_COMPILE_ONLY' },
};

interface ShadersOf {
  readonly cache: 'binaryCache' | 'pipelineCache';
  readonly data: 'texData' | 'tensorMap';
  readonly flag: 'ENGINE_COMPILE_ONLY' | 'WEBGPU_ENGINE_COMPILE_ONLY';
}

/** Compiles shaders ahead, without computing anything. */
export interface ShaderCompiler {
  /** How many the backend has. */
  count(): number;
  /**
   * Runs `body` while nothing is computed or compiled: its tensors have shapes, and no numbers.
   *
   * @throws Error where numbers are read that would have to come from the GPU; so does `ahead`.
   */
  dryly(body: () => void): void;
  /**
   * Runs `body` while nothing is computed, has the shaders that it asks for compiled beside one another where
   * the driver can, and hands them to the backend when they are ready.
   *
   * Until then nobody else sees them: TF.js refuses, or misuses, one that is not ready.
   */
  ahead(body: () => void): Promise<void>;
}

/** Of the backend at work; undefined where it has no shaders, or none that compile ahead. */
export function shaderCompiler(): ShaderCompiler | undefined {
  const shaders = SHADERS[currentBackend().numbers];
  if (!shaders) return undefined;
  const { cache, flag, data } = shaders;
  const gpu = backend() as unknown as ShaderBackend &
    Record<typeof cache, Shaders> &
    Record<typeof data, Kept>;
  if (!(cache in gpu) || typeof gpu.checkCompileCompletionAsync !== 'function') return undefined;

  /** Without computing, with these shaders in place of the backend's own. */
  const seeing = (seen: Shaders, body: () => void): void => {
    const before = { shaders: gpu[cache], flag: env().get(flag) };
    const refuseUncomputed = (dataId: object) => {
      if (!gpu[data].get(dataId)?.values) throw new Error('no numbers are there before they are computed');
    };
    gpu[cache] = seen;
    env().set(flag, true);
    try {
      watchingReads(refuseUncomputed, body, gpu);
    } finally {
      env().set(flag, before.flag);
      gpu[cache] = before.shaders;
    }
  };

  return {
    count: () => Object.keys(gpu[cache]).length,
    dryly: (body) => seeing(new Proxy({}, { has: () => true }), body),
    ahead: async (body) => {
      const own = gpu[cache];
      const pending = Object.create(own) as Shaders; // those that are there are found, new ones are put here
      seeing(pending, body);
      const view = Object.create(gpu, { [cache]: { value: pending } }) as ShaderBackend;
      await view.checkCompileCompletionAsync();
      view.getUniformLocations?.();
      for (const [key, shader] of Object.entries(pending)) if (!(key in own)) own[key] = shader;
    },
  };
}
