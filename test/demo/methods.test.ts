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
