import { getBackend, memory, type Tensor } from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it, vi, type MockInstance } from 'vitest';
import { isCommon, publicFunctions, subjects, validArguments } from './publicCalls';
import { mutations, tensorsOf, wrongValues } from './wrongValues';

const { model, graph, x } = subjects();
const wrong = wrongValues(model);

/** What a model holds, field by field: two are alike if nothing was written to it. */
function stateOf(): readonly unknown[] {
  const fields = model.layers.flatMap((layer) => Object.values(layer as unknown as Record<string, unknown>));
  const weights = model.weights.map((weight) => (weight.read() as { dataId: unknown }).dataId);
  const { executor } = graph as unknown as { executor: { weightMap: Record<string, Tensor[]> } };
  const constants = Object.values(executor.weightMap).map(([weight]) => weight?.isDisposed);
  return [...fields, ...weights, ...constants];
}

/** What a call comes to; an estimate that comes along is taken. */
async function outcomeOf(call: () => unknown): Promise<{ error?: unknown; results: unknown[] }> {
  try {
    const result = await call();
    if (typeof result !== 'object' || result === null || !(Symbol.asyncIterator in result))
      return { results: [result] };
    const results: unknown[] = [];
    for await (const estimate of result as AsyncIterable<unknown>) results.push(estimate);
    return { results };
  } catch (error) {
    return { error, results: [] };
  }
}

/** Who speaks: the function that was called, or one that it was given, or a rule. */
const speakers = new Set([...publicFunctions.map(([name]) => name), 'rule']);

/** Whether an error is the library's own. */
function isOwn(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const isKind = [TypeError, RangeError, Error].some((kind) => error.constructor === kind);
  return isKind && speakers.has(/^(\w+): /.exec(error.message)?.[1] ?? '');
}

/** What is common to all methods is tried with all values in one of them, in the others with a few. */
function isLeftOut(name: string, what: string): boolean {
  if (
    /(steps|samples|maxSigma|masks|perturbations|vectors|resizeMap\/1\/\d|warm\/2(\/\d)?) = 1e9$/.test(
      `${name}${what}`,
    )
  )
    return true; // it would be done
  const option = /^\/2\/(\w+)/.exec(what)?.[1] ?? '';
  if (name === 'saliency' || !isCommon(option)) return false;
  return what.split('').reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 7 !== 0;
}

/** Where the user's own function makes the tensor that is left. */
const madeByUser = /(onProgress|colors) = op$/;

// the same code refuses on every backend
describe.runIf(getBackend() === 'cpu')(
  'every public function, called with every kind of wrong argument',
  () => {
    let spies: MockInstance[] = [];
    beforeEach(() => {
      const kinds = ['log', 'info', 'warn', 'error', 'debug'] as const;
      spies = kinds.map((kind) => vi.spyOn(console, kind).mockImplementation(() => undefined));
    });
    afterEach(() => {
      vi.restoreAllMocks();
    });
    let calls = 0;

    it.each(publicFunctions)(
      '%s: throws an error of its own or none, and leaves nothing behind',
      async (name, f) => {
        const valid = validArguments(name, f, { model, graph, x });
        expect(valid, `valid arguments of ${name}, in publicCalls.ts`).toBeDefined();
        const faults: string[] = [];
        const own = new Set<unknown>(wrong.map(([, value]) => value));
        const subjects: unknown[] = [];
        const tried = new Set<string>();
        for (const args of valid ?? []) {
          if (!subjects.includes(args[0])) subjects.push(args[0]);
          const subject = subjects.indexOf(args[0]);
          for (const arg of args) own.add(arg);
          // a model puts itself together when it first runs
          const first = await outcomeOf(() => f(...args));
          expect(first.error, `${name} with valid arguments`).toBeUndefined();
          for (const tensor of first.results.flatMap((result) => tensorsOf(result, own))) tensor.dispose();
          const state = stateOf();
          for (const [what, changed] of mutations(args, wrong)) {
            // the same value in the same place of the same model is tried once
            const key = `${subject} ${what}`;
            if (tried.has(key) || isLeftOut(name, what)) continue;
            tried.add(key);
            calls++;
            const before = memory().numTensors;
            const { error, results } = await outcomeOf(() => f(...changed));
            for (const tensor of results.flatMap((result) => tensorsOf(result, own))) tensor.dispose();
            if (error !== undefined && !isOwn(error))
              faults.push(
                `${what}: ${error instanceof Error ? `${error.name}: ${error.message}` : typeof error}`,
              );
            const left = memory().numTensors - before;
            if (left !== 0 && !madeByUser.test(what)) faults.push(`${what}: ${left} tensors left`);
          }
          expect(stateOf()).toEqual(state);
        }
        expect(faults).toEqual([]);
        for (const spy of spies) expect(spy).not.toHaveBeenCalled();
      },
    );

    it('were at least 2000 calls', () => {
      expect(calls).toBeGreaterThan(2000);
    });
  },
);
