import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import * as library from 'guided-saliency';
import * as relevance from 'guided-saliency/relevance';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readProject, readShared } from '../support/files';
import { loadSharedModel, readFloats, readTensor } from '../support/sharedModel';
import { distanceFrom, storedMaps, type StoredMap } from '../support/storedMaps';
import { isQuickest } from '../support/thinned';

/* The calls that docs/peers.md prints, run as they stand there, against what the other library gave. */

interface Row {
  readonly call: string;
  readonly method: string;
}

const text = new TextDecoder().decode(await readProject('docs/peers.md'));

/** The first code of the second column, for each map that the third one names. */
const rows: Row[] = text.split('\n').flatMap((line) => {
  const [, here = '', against = ''] = line.split('|').slice(1, -1);
  const call = /`([^`]+)`/.exec(here)?.[1];
  const names = against.split(',').map((name) => name.trim());
  return call ? names.filter((name) => /^[a-z][\w.]+$/.test(name)).map((method) => ({ call, method })) : [];
});

/** The functions that the page writes down for its calls, without their types. */
const helpers = [...text.matchAll(/`(const \w+ = [^`]+)`/g)].map(([, code = '']) =>
  code.replaceAll(': tf.Tensor', ''),
);

const all = isQuickest() ? await storedMaps() : [];
const name = 'tiny_vgg';

describe.skipIf(all.length === 0)('what docs/peers.md prints gives the map of the other library', () => {
  let model: LayersModel;
  let x: Tensor;

  beforeAll(async () => {
    model = await loadSharedModel(name);
    x = await readTensor('golden/inputs/tiny_vgg.coffee.bin', [1, 64, 64, 3]);
  });
  afterAll(() => {
    model.dispose();
    x.dispose();
  });

  it('in as many calls as it has', () => {
    expect(helpers.length).toBe(3);
    expect(rows.length).toBeGreaterThan(65);
  });

  it.each(rows)('$method: $call', async ({ call, method }) => {
    const stored = all.filter((one) => one.model === name && one.method === method);
    expect(stored).not.toEqual([]);
    for (const golden of stored) {
      const map = await run(call, { model, x, ...(await givenOf(golden)) });
      const wanted = await readFloats(`golden/${golden.file}`);
      const { share, cosine } = distanceFrom(wanted, await map.data(), golden.max_abs);
      map.dispose();
      const isAstray = method.startsWith('guided_ig'); // as in manyPasses.test.ts
      expect(cosine).toBeGreaterThan(isAstray ? 0.99 : 0.9999);
      if (!isAstray && !method.startsWith('blur_ig'))
        expect(share).toBeLessThanOrEqual(Math.max(0.03, 3 * (golden.f64_frac_gt_1e4 ?? 0)));
    }
  });
});

type Given = Readonly<Record<string, unknown>>;

async function run(call: string, given: Given): Promise<Tensor> {
  const scope: Given = { tf, ...library, ...relevance, size: [64, 64], ...given };
  const body = `${helpers.join(';')}; return ${call};`;
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the page is ours, its code what is tested
  const asked = new Function(...Object.keys(scope), `return (async () => { ${body} })();`) as (
    ...values: unknown[]
  ) => Promise<Tensor>;
  return asked(...Object.values(scope));
}

/** What stands beside a stored map. */
async function givenOf({ target, params }: StoredMap): Promise<Given> {
  const bytes = async (file: unknown) => (await readShared(`golden/${String(file)}`)) as ArrayBuffer;
  const given: Record<string, unknown> = { c: target, layer: params['layer'] };
  const small = async (file: unknown, scale: number, count: number) =>
    tf.mul(tf.tensor(Float32Array.from(new Int8Array(await bytes(file))), [count, 64, 64, 3]), scale);
  if (params['noise']) given['noise'] = await small(params['noise'], params['noise_scale'] as number, 8);
  const file =
    params['baselines'] ?? (typeof params['baseline'] === 'string' ? params['baseline'] : undefined);
  if (typeof file === 'string' && file.startsWith('aux/')) {
    const baselines = await small(file, 1 / 128, 4);
    given['baselines'] = baselines;
    const index = params['index'];
    if (typeof index === 'number')
      given['baseline'] = tf.squeeze(tf.slice(baselines, [index, 0, 0, 0], [1, 64, 64, 3]), [0]);
    if (params['alphas_list']) given['draws'] = { baseline: params['indices'], alpha: params['alphas_list'] };
  }
  if (params['segments'])
    given['segments'] = tf.tensor(
      Int32Array.from(new Int16Array(await bytes(params['segments']))),
      [64, 64],
      'int32',
    );
  if (params['masks'])
    given['masks'] = tf.div(
      tf.tensor(Float32Array.from(new Uint8Array(await bytes(params['masks']))), [
        params['n'] as number,
        64,
        64,
      ]),
      255,
    );
  return given;
}
