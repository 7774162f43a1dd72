import { readFileSync } from 'node:fs';
import * as library from 'guided-saliency';
import * as relevance from 'guided-saliency/relevance';
import { describe, expect, it } from 'vitest';
import { methodNamed, methodNames } from '../../examples/demo/methods';

describe('the methods of the demo', () => {
  it('are those of the library that give one map, and rectGrad, a rule', () => {
    const isMethod = ([, value]: [string, unknown]) =>
      Symbol.for('guided-saliency.method') in (Object(value) as object);
    const names = Object.entries({ ...library, ...relevance })
      .filter(isMethod)
      .map(([name]) => name);
    const others = ['classMaps', 'valueAndSaliency'];
    const expected = [...names.filter((name) => !others.includes(name)), 'rectGrad'];
    expect([...methodNames].sort()).toEqual(expected.sort());
  });

  it('have a section each in docs/methods.md, in the order of the picture there', () => {
    const page = readFileSync(new URL('../../docs/methods.md', import.meta.url), 'utf8');
    const sections = [...page.matchAll(/^### `(\w+)`$/gm)].map(([, name]) => name);
    expect(sections).toEqual(methodNames);
  });

  it.each([
    ['gradCam', { name: 'gradCam' }],
    ['gradcam', { meant: 'gradCam' }],
    ['guided', { meant: 'guidedBackprop' }],
    ['smothGrad', { meant: 'smoothGrad' }],
    ['Rize', { meant: 'rise' }],
  ])('finds what is meant by "%s"', (text, expected) => {
    expect(methodNamed(text)).toEqual(expected);
  });
});
