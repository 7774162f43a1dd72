import { backend, getKernel } from '@tensorflow/tfjs-core';
import type { KernelBackend, NamedAttrMap, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { currentBackend } from './backend';
import type { KernelInvocation } from './engine';

/*
 * WebGL packs two rows of two numbers to a texel. Where the last axis, or the one before it, is odd, its last
 * texels have cells beside the tensor, the padding. What goes element by element goes over these as well, and
 * leaves f(0) there: 1 after `exp`, or what was broadcast. Some kernels read them.
 */

/** The last axis, or the one before it. */
export type PackedAxis = -1 | -2;

interface WebglBackend extends KernelBackend {
  getDataInfo(dataId: object): { readonly isPacked?: boolean; readonly texture?: unknown } | undefined;
  runWebGLProgram(
    program: object,
    inputs: readonly TensorInfo[],
    dtype: 'float32',
    uniforms?: readonly number[][],
  ): TensorInfo;
  disposeIntermediateTensorInfo(info: TensorInfo): void;
}

/** Whether there are numbers in the padding of some data, along each axis: data never change. */
const found = new WeakMap<object, Partial<Record<PackedAxis, boolean>>>();

/** Whether a tensor has padding along an axis, in which numbers may be: told by how it is held. */
export function mayHoldPadding(x: Tensor, axis: PackedAxis): boolean {
  if (currentBackend().numbers !== 'textures' || x.rank < 2) return false;
  if ((x.shape[x.rank + axis] ?? 0) % 2 === 0) return false;
  if (found.get(x.dataId)?.[axis] === false) return false;
  const info = (backend() as WebglBackend).getDataInfo(x.dataId);
  if ((info?.texture ?? null) !== null) return info?.isPacked === true;
  // what is uploaded gets zeros there, which cannot be told later from how it is held
  found.set(x.dataId, { [-1]: false, [-2]: false });
  return false;
}

/** Whether other numbers than zeros are in the padding along an axis: read back, once for any data. */
export function holdsPadding(x: Tensor, axis: PackedAxis): boolean {
  if (!mayHoldPadding(x, axis)) return false;
  const known = found.get(x.dataId) ?? {};
  found.set(x.dataId, known);
  return (known[axis] ??= paddingOf(x, axis).some((value) => value !== 0));
}

function paddingOf(x: Tensor, axis: PackedAxis): Float32Array {
  const [rows, columns] = x.shape.slice(-2) as [number, number];
  const batch = x.size / (rows * columns);
  const [length, last] = axis === -1 ? [rows, columns - 1] : [columns, rows - 1];
  const program = {
    variableNames: ['X'],
    outputShape: [batch, length],
    packedInputs: true,
    packedOutput: false,
    customUniforms: [{ name: 'last', type: 'int' }],
    userCode: `
      void main() {
        ivec2 at = getOutputCoords();
        vec4 texel = getX(at.x, ${axis === -1 ? 'at.y, last' : 'last, at.y'});
        setOutput(imod(at.y, 2) == 0 ? texel.${axis === -1 ? 'y' : 'z'} : texel.w);
      }
    `,
  };
  const webgl = backend() as WebglBackend;
  const seen = { dataId: x.dataId, shape: [batch, rows, columns], dtype: x.dtype };
  return readBack(webgl.runWebGLProgram(program, [seen], 'float32', [[last]]));
}

/** Whether a kernel gives something else once the padding of some of its inputs is zeros. */
export function changesWithoutPadding(
  { kernelName, inputs, attrs }: KernelInvocation,
  names: readonly string[],
): boolean {
  const cleared = names.map((name) => {
    const x = inputs[name] as Tensor;
    return runHere('Slice', { x }, { begin: x.shape.map(() => 0), size: x.shape });
  });
  const others = Object.fromEntries(names.map((name, i) => [name, cleared[i]]));
  const y = readBack(runHere(kernelName, inputs, attrs));
  const right = readBack(runHere(kernelName, { ...inputs, ...others }, attrs));
  for (const info of cleared) (backend() as WebglBackend).disposeIntermediateTensorInfo(info);
  return right.some((value, i) => !Object.is(value, y[i]) && value !== y[i]);
}

/** Runs a kernel behind the engine, where nobody follows. */
function runHere(kernel: string, inputs: object, attrs: NamedAttrMap | undefined): TensorInfo {
  const { kernelFunc } = getKernel(kernel, currentBackend().name);
  return kernelFunc({ inputs, backend: backend(), attrs } as Parameters<typeof kernelFunc>[0]) as TensorInfo;
}

/** The numbers of what is not needed any more. */
function readBack(info: TensorInfo): Float32Array {
  const webgl = backend() as WebglBackend;
  const values = webgl.readSync(info.dataId) as Float32Array;
  webgl.disposeIntermediateTensorInfo(info);
  return values;
}
