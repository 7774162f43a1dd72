import { getBackend } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { afterAll, describe, expect, it } from 'vitest';
import { corrupts } from './documentedErrors';
import { functionCases } from './functionCases';
import references from './fixtures/reference.json';
import { graphCases } from './graphCases';
import { judge } from './judge';
import { layerCases, notLayers } from './layerCases';
import type { Reference } from './reference';
import { thinned } from '../support/thinned';
import { Tally } from './tally';

const known = new Map((references as Reference[]).map((reference) => [reference.name, reference]));
const groups = {
  'layers of tf.layers': layerCases,
  'ops of a GraphModel': graphCases,
  'functions of tf': functionCases,
};
const all = Object.values(groups).flat();

describe('the conformance cases', () => {
  it('leave out no layer of tf.layers', () => {
    const covered = new Set(all.map(({ subject }) => subject));
    expect(Object.keys(layers).filter((name) => !covered.has(name) && !notLayers.includes(name))).toEqual([]);
  });

  it('have names of their own', () => {
    expect(all.map(({ name }) => name).filter((name, i, names) => names.indexOf(name) !== i)).toEqual([]);
  });

  it('all have a reference, and no reference is left over', () => {
    expect([...known.keys()].sort()).toEqual(all.map(({ name }) => name).sort());
  });
});

// in a browser each variant compiles its shaders anew, for minutes: there the property tests prepare models
const variants = typeof document === 'undefined' ? [false, true] : [false];

for (const prepared of variants)
  for (const [group, cases] of Object.entries(groups)) {
    if (prepared && cases === functionCases) continue; // there is nothing to prepare
    describe(`the input gradient of ${group}${prepared ? ', prepared' : ''}`, () => {
      const tally = new Tally();
      afterAll(() => console.log(tally.table(`${getBackend()}, ${group}${prepared ? ', prepared' : ''}`)));

      // what may spoil the memory of the backend comes last
      const chosen = thinned(cases, 9);
      const safe = chosen.filter((each) => !corrupts(each, getBackend()));
      for (const each of [...safe, ...chosen.filter((one) => !safe.includes(one))]) {
        it(each.name, async () => {
          const judgement = await judge(each, known.get(each.name) as Reference, prepared);
          tally.add(each.subject, judgement);
          if (judgement.verdict === 'wrong') expect.fail(judgement.reason);
        });
      }
    });
  }
