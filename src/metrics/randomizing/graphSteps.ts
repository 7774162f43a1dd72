import type { GraphFunction, GraphModelInside, GraphNode } from '../../model/modelKinds';

/** What a node of a graph does, there or in a function that control flow calls. */
export interface GraphStep {
  readonly op: string;
  readonly name: string;
  /** The node of the graph itself: for what happens in a function, the one that calls it. */
  readonly layer: string;
  readonly inputs: readonly GraphStep[];
}

/** The step that gives a node's output of a number. */
type Outputs = (output: number) => GraphStep;

/**
 * The steps to the ends of a graph, each after those that it needs, but for a loop's, which need each other.
 *
 * Calls are not among them, but what happens in the functions: the argument of one is what it is given, the
 * result of a branch a `Merge` of both, and what changes in a loop a `Merge` of its start and of itself.
 *
 * @param starts Nodes that are given: what leads to them is no step.
 */
export function graphSteps(
  { executor }: GraphModelInside,
  ends: readonly GraphNode[],
  starts: readonly GraphNode[] = [],
): GraphStep[] {
  const { functionExecutorMap: functions = {} } = executor;

  /** Finds the steps of nodes, in a function where a `layer` calls it. */
  const finder = (given: readonly GraphNode[], steps: readonly GraphStep[], layer?: string) => {
    const known = new Map(given.map((node, i): [GraphNode, Outputs] => [node, () => steps[i]!]));
    const find = (node: GraphNode, output = 0): GraphStep => {
      let outputs = known.get(node);
      if (!outputs) known.set(node, (outputs = outputsOf(node)));
      return outputs(output);
    };
    const outputsOf = ({ op, name, attrParams, inputs, inputNames }: GraphNode): Outputs => {
      const before = () =>
        inputs.map((input, i) => find(input, Number(/:(\d+)$/.exec(inputNames[i]!)?.[1] ?? 0)));
      const called = ['thenBranch', 'elseBranch', 'body', 'cond'].flatMap(
        (role) => functions[attrParams[role]?.value as string]?.graph ?? [],
      );
      if (called.length > 0) return resultsOf(called, before(), layer ?? name, 'body' in attrParams);
      const step = lazyStep(op, name, layer ?? name, before);
      return () => step;
    };
    return find;
  };

  const resultsOf = (
    called: readonly GraphFunction[],
    inputs: readonly GraphStep[],
    layer: string,
    isLoop: boolean,
  ): Outputs => {
    const merged = (i: number) =>
      lazyStep('Merge', '', layer, () => [...ends.map((end) => end(i)), inputs[isLoop ? i : 0]!]);
    const held = isLoop
      ? inputs.map((input, i) => (isHandedOn(called[0]!, i) ? input : merged(i)))
      : inputs.slice(1);
    // a condition has one result, for all
    const ends = called.map(({ inputs: given, outputs }): Outputs => {
      const find = finder(given, held, layer);
      return (i) => find(outputs[i] ?? outputs[0]!, (outputs[i] ?? outputs[0]!).defaultOutput);
    });
    return isLoop ? (i) => held[i]! : merged;
  };

  const given = starts.map(({ op, name }) => ({ op, name, layer: name, inputs: [] }));
  const find = finder(starts, given);
  return inOrder(ends.map((node) => find(node)));
}

/** A step that finds its inputs when they are asked for: it may be one of them. */
function lazyStep(op: string, name: string, layer: string, find: () => readonly GraphStep[]): GraphStep {
  let inputs: readonly GraphStep[] | undefined;
  return {
    op,
    name,
    layer,
    get inputs() {
      return (inputs ??= find());
    },
  };
}

/** Whether a loop's body gives an argument back as it is. */
function isHandedOn({ inputs, outputs }: GraphFunction, argument: number): boolean {
  let from: GraphNode | undefined = outputs[argument];
  while (from?.op === 'Identity') from = from.inputs[0];
  return from === inputs[argument];
}

function inOrder(ends: readonly GraphStep[]): GraphStep[] {
  const seen = new Set<GraphStep>();
  const done = new Set<GraphStep>();
  const waiting = [...ends].reverse();
  for (let step; (step = waiting[waiting.length - 1]);) {
    if (seen.has(step)) {
      done.add(step);
      waiting.pop();
    } else {
      seen.add(step);
      waiting.push(...step.inputs.filter((input) => !seen.has(input)).reverse());
    }
  }
  return [...done];
}
