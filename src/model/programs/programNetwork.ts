import { currentFollower } from '../../tape/followKernels';
import { isReplaced, ruleInScope } from '../../gradients/gradientOf';
import type { Network, Run } from '../network';
import { bytesOf } from './program';
import type { ProgramCache } from './programCache';
import { FUSIBLE } from './fuseKernels';
import { runProgram } from './runProgram';

/** A network that runs its model's program in place of the model, where there is one. */
export function programNetwork(network: Network, cache: ProgramCache): Network {
  // who puts a gradient on a kernel means that kernel, as it stands in the model;
  // and who follows this call from outside may follow the weights
  const isTouched = FUSIBLE.some((kernel) => ruleInScope(kernel) ?? isReplaced(kernel));
  const structure = isTouched || currentFollower() ? undefined : network.structure?.();
  const find = (run: Run) => structure && cache.find(network, structure, run);
  let found: ReturnType<typeof find>;
  return {
    ...network,
    bytesOf: (run) => {
      const known = find(run);
      return known && bytesOf(known.made.program);
    },
    ready: (run) => {
      found = find(run);
      return found?.forms;
    },
    run: (run, recording) => {
      if (!found || !recording) return network.run(run);
      const { made, forms } = found;
      const constantOf = forms.tensorOf.bind(forms);
      const results = runProgram(made.program, run.tensors, constantOf, recording);
      const outputs = made.rebuild(results.slice(0, made.outputs));
      return { outputs, found: results.slice(made.outputs) };
    },
  };
}
