import {
  backend,
  copyRegisteredKernels,
  engine,
  env,
  getBackend,
  memory,
  neg,
  ones,
  registerBackend,
  removeBackend,
  setBackend,
  tensor2d,
  type KernelBackend,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { explain, guidedBackprop, saliency, smoothGrad } from 'guided-saliency';
import { colorize, drawMap, plotBars, toPixels } from 'guided-saliency/image';
import { describe, expect, it, vi } from 'vitest';
import { leftBehind, messageOf, onlyResults } from '../support/leftBehind';
import { mystery, withMystery } from '../support/mystery';
import { rejection } from '../support/rejection';
import { constant, input, op, tinyGraph, type TinyGraph } from '../support/tinyGraph';
import { dense, stack } from '../support/tinyLayers';

const x = ones([1, 2]);
const model = stack([2], dense([[1], [2]], { activation: 'relu' }));
saliency(model, x).dispose(); // a model puts itself together when it first runs

/** A weight of a graph. */
const weightOf = (graph: TinyGraph, name: string): Tensor =>
  (graph as unknown as { executor: { weightMap: Record<string, Tensor[]> } }).executor.weightMap[name]![0]!;

/** A kernel that no backend has. */
const absent = (at: Tensor): Tensor => engine().runKernel('Absent', { x: at });

class Needy extends layers.Layer {
  override call(inputs: Tensor | Tensor[]): Tensor {
    return absent(Array.isArray(inputs) ? inputs[0]! : inputs);
  }
  static className = 'Needy';
}

class Mysterious extends layers.Layer {
  override call(inputs: Tensor | Tensor[]): Tensor {
    return mystery(Array.isArray(inputs) ? inputs[0]! : inputs);
  }
  static className = 'Mysterious';
}

describe('a kernel that the backend lacks is named, and a way out', () => {
  const lacks =
    `needs the kernel Absent, which the backend "${getBackend()}" lacks; use another backend, ` +
    `e.g. await tf.setBackend('${getBackend() === 'cpu' ? 'tensorflow' : 'cpu'}')`;

  it('where a function or a layer runs it', () => {
    expect(messageOf(() => saliency(absent, x))).toBe(`Error: saliency: the model ${lacks}`);
    const needy = stack([2], new Needy({ name: 'needy' }), dense([[1], [2]]));
    expect(messageOf(() => saliency(needy, x))).toBe(`Error: saliency: layer "needy" ${lacks}`);
    expect(leftBehind(() => messageOf(() => saliency(needy, x)))).toEqual(onlyResults(0));
  });

  it('where only a gradient needs it', () => {
    const gradFunc = (dy: Tensor | Tensor[]) => ({ x: () => absent(dy as Tensor) });
    withMystery(gradFunc, () => {
      expect(messageOf(() => saliency((at) => mystery(at), x, { target: 0 }))).toBe(
        `Error: saliency: the gradient of kernel Mystery ${lacks}`,
      );
      const odd = stack([2], new Mysterious({ name: 'odd' }), dense([[1], [2]]));
      expect(messageOf(() => saliency(odd, x))).toBe(
        `Error: saliency: the gradient of kernel Mystery in layer "odd" ${lacks}`,
      );
      expect(leftBehind(() => messageOf(() => saliency(odd, x)))).toEqual(onlyResults(0));
    });
  });
});

/** `leftBehind` of a body that changes the backend: there is none to ask in between. */
async function whatIsLeft(body: () => Promise<void>): Promise<ReturnType<typeof leftBehind>> {
  const before = memory();
  await body();
  const after = memory();
  return {
    tensors: after.numTensors - before.numTensors,
    buffers: after.numDataBuffers - before.numDataBuffers,
    engine: leftBehind(() => undefined).engine,
  };
}

describe('a backend that has not started', () => {
  it('is an error that says to await it, and leaves nothing behind', async () => {
    const usual = getBackend();
    let fail: (error: Error) => void = () => undefined;
    copyRegisteredKernels(usual, 'slow');
    registerBackend('slow', () => new Promise<KernelBackend>((_, reject) => (fail = reject)), 0);
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    let got = '';
    const left = await whatIsLeft(async () => {
      const started = setBackend('slow');
      got = messageOf(() => saliency(model, x));
      fail(new Error('too slow'));
      expect(await started).toBe(false);
      await setBackend(usual);
    });
    removeBackend('slow');
    warn.mockRestore();
    expect(got).toBe(
      "Error: Backend 'slow' has not yet been initialized. Make sure to await tf.ready() or await tf.setBackend() " +
        'before calling other methods',
    );
    expect(left).toEqual(onlyResults(0));
    saliency(model, x).dispose(); // as before
  });
});

describe.runIf(getBackend() === 'webgl')('a device that has 16-bit floats only', () => {
  it.each([
    ['WEBGL_FORCE_F16_TEXTURES', true],
    ['WEBGL_RENDER_FLOAT32_ENABLED', false],
  ])('is refused: %s is %s', (flag, value) => {
    const before = env().getBool(flag);
    env().set(flag, value);
    try {
      const refusal =
        'the backend "webgl" has 16-bit floats only on this device, in which a map can vanish without a sign; ' +
        "use another backend, e.g. await tf.setBackend('wasm')";
      expect(messageOf(() => saliency(model, x))).toBe(`Error: saliency: ${refusal}`);
      expect(messageOf(() => guidedBackprop(model, x))).toBe(`Error: guidedBackprop: ${refusal}`);
      expect(leftBehind(() => messageOf(() => saliency(model, x)))).toEqual(onlyResults(0));
    } finally {
      env().set(flag, before);
    }
    saliency(model, x).dispose();
  });
});

/** Makes a backend the current one, in the place of the one that was registered under its name. */
async function use(other: object): Promise<void> {
  const name = getBackend();
  (engine() as unknown as { registry: Record<string, object> }).registry[name] = other;
  await setBackend(name);
}

/** Models and inputs whose numbers are of the backend at work; but one input, which is asked of none. */
function madeHere() {
  const there = stack([2], dense([[1], [2]]));
  const ofThere = ones([1, 2]);
  const neverUploaded = tensor2d([[1, 1]]);
  const graph = tinyGraph({ x: input([null, 2]), w: constant([1, 2], [2, 1]), y: op('MatMul', ['x', 'w']) }, [
    'y',
  ]);
  saliency(graph, ofThere).dispose();
  return { there, ofThere, neverUploaded, graph };
}

/** What was lost is so on every other backend, too: TF.js moves zeros there. */
async function expectGone(
  { there, ofThere, neverUploaded, graph }: ReturnType<typeof madeHere>,
  refusal: string,
): Promise<void> {
  expect(messageOf(() => saliency(there, ones([1, 2])))).toBe(`Error: saliency: ${refusal}`);
  expect(messageOf(() => saliency(graph, ones([1, 2])))).toBe(`Error: saliency: ${refusal}`);
  expect(messageOf(() => saliency(model, ofThere))).toBe(`Error: saliency: ${refusal}`);
  const later = saliency(model, neverUploaded);
  expect([...(await later.data())]).toEqual([1, 2]);
}

describe.runIf(getBackend() === 'webgl')('a context that the browser took', () => {
  it('is refused, also once it is given back, between two passes, too, until there is a new one', async () => {
    const { MathBackendWebGL } = await import('@tensorflow/tfjs-backend-webgl');
    const usual = backend();
    const canvas = document.createElement('canvas');
    const lostOne = new MathBackendWebGL(canvas);
    const extension = lostOne.gpgpu.gl.getExtension('WEBGL_lose_context')!;
    const told = (name: string) => new Promise((resolve) => canvas.addEventListener(name, resolve));
    const refusal = 'the backend "webgl" has lost its context; reload the page';
    try {
      await use(lostOne);
      const made = madeHere();
      const { there, ofThere } = made;
      // what another backend reads goes there, by itself: the weights of one model are of two
      const parted = tinyGraph(
        {
          x: input([null, 2]),
          v: constant([1, 2]),
          w: constant([1, 2], [2, 1]),
          h: op('Mul', ['x', 'v']),
          y: op('MatMul', ['h', 'w']),
        },
        ['y'],
      );
      saliency(parted, ofThere).dispose();
      await use(usual);
      expect([...(await neg(weightOf(parted, 'v')).data())]).toEqual([-1, -2]);
      await use(lostOne);
      const map = saliency(there, ofThere);
      expect([...(await map.data())]).toEqual([1, 2]);
      map.dispose();

      const lost = told('webglcontextlost');
      const passes = smoothGrad(there, ofThere, {
        samples: 3,
        batchSize: 1,
        onProgress: () => {
          extension.loseContext();
        },
      });
      expect(await rejection(() => passes)).toBe(`Error: smoothGrad: ${refusal}`);
      expect(messageOf(() => saliency(there, ofThere))).toBe(`Error: saliency: ${refusal}`);
      await lost;
      const restored = told('webglcontextrestored');
      extension.restoreContext();
      await restored;
      expect(messageOf(() => guidedBackprop(there, ofThere))).toBe(`Error: guidedBackprop: ${refusal}`);
      expect(await rejection(() => explain(saliency, there, ofThere))).toBe(`Error: explain: ${refusal}`);
      const picture = ones([1, 2, 2, 1]);
      expect(await rejection(() => toPixels(picture))).toBe(`Error: toPixels: ${refusal}`);
      expect(await rejection(() => colorize(picture))).toBe(`Error: colorize: ${refusal}`);
      expect(await rejection(() => drawMap(canvas.cloneNode() as HTMLCanvasElement, picture))).toBe(
        `Error: drawMap: ${refusal}`,
      );
      expect(await rejection(() => plotBars(ones([2])))).toBe(`Error: plotBars: ${refusal}`);
      await use(usual);
      await expectGone(made, refusal);
      expect(messageOf(() => saliency(parted, ones([1, 2])))).toBe(`Error: saliency: ${refusal}`);
    } finally {
      await use(usual);
    }
    saliency(model, x).dispose();
  });

  it('is asked about once, whatever number of weights a graph has', () => {
    const { gl } = (backend() as unknown as { gpgpu: { gl: WebGL2RenderingContext } }).gpgpu;
    const questions = (weights: number) => {
      const nodes = Array.from({ length: weights }, (_, i) => [
        [`w${i}`, constant([i, 1])] as const,
        [`y${i}`, op('Mul', [i === 0 ? 'x' : `y${i - 1}`, `w${i}`])] as const,
      ]);
      const graph = tinyGraph({ x: input([null, 2]), ...Object.fromEntries(nodes.flat()) }, [
        `y${weights - 1}`,
      ]);
      saliency(graph, x).dispose(); // uploads them
      saliency(graph, x).dispose();
      const asked = vi.spyOn(gl, 'getExtension');
      saliency(graph, x).dispose();
      const { length } = asked.mock.calls;
      asked.mockRestore();
      graph.dispose();
      return length;
    };
    const ofOne = questions(1);
    expect(ofOne).toBeGreaterThan(0);
    expect(questions(12)).toBe(ofOne);
  });
});

describe.runIf(getBackend() === 'webgpu')('a device that the browser took', () => {
  it('is refused, on other backends, too, in the middle of a call, and until there is a new one', async () => {
    const usual = backend();
    const refusal = 'the backend "webgpu" has lost its device; reload the page';
    try {
      const { other, device } = await secondDevice();
      await use(other);
      const made = madeHere();
      const { there, ofThere } = made;
      const map = saliency(there, ofThere);
      expect([...(await map.data())]).toEqual([1, 2]);
      map.dispose();

      const explained = explain(saliency, there, ofThere);
      device.destroy();
      expect(await rejection(() => explained)).toBe(`Error: explain: ${refusal}`);
      expect(messageOf(() => saliency(there, ofThere))).toBe(`Error: saliency: ${refusal}`);
      expect(await rejection(() => toPixels(ones([1, 2, 2, 1])))).toBe(`Error: toPixels: ${refusal}`);
      await use(usual);
      await expectGone(made, refusal);
    } finally {
      await use(usual);
    }
    saliency(model, x).dispose();
  });
});

interface Device {
  destroy(): void;
}

/** A backend on a device of its own. */
async function secondDevice(): Promise<{ other: object; device: Device }> {
  const { WebGPUBackend } = (await import('@tensorflow/tfjs-backend-webgpu')) as unknown as {
    WebGPUBackend: new (device: Device, info: object) => object;
  };
  interface Adapter {
    readonly info: object;
    requestDevice(): Promise<Device>;
  }
  const { gpu } = navigator as unknown as { gpu: { requestAdapter(): Promise<Adapter> } };
  const adapter = await gpu.requestAdapter();
  const device = await adapter.requestDevice();
  return { other: new WebGPUBackend(device, adapter.info), device };
}
