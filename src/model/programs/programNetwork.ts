import { isKernelReplaced } from '../../backends/shippedKernels';
import { currentFollower } from '../../tape/followKernels';
import { isAnyReplaced, ruleInScope } from '../../gradients/gradientOf';
import type { Network } from '../network';
import { bytesOf } from './program';
import type { ProgramCache } from './programCache';
import { FUSIBLE } from './fuseKernels';
import { runProgram } from './runProgram';

/** A network that runs its model's program in place of the model, where there is one. */
export function programNetwork(network: Network, cache: ProgramCache): Network {
  // who puts a gradient on a kernel, or a kernel in its place, means that kernel, as it stands in the model;
  // and who follows this call from outside may follow the weights
  const isTouched =
    isAnyReplaced() || FUSIBLE.some((kernel) => ruleInScope(kernel) ?? isKernelReplaced(kernel));
  const structure = isTouched || currentFollower() ? undefined : network.structure?.();
  let found: ReturnType<ProgramCache['find']>;
  return {
    ...network,
    bytesOf: (run) => {
      const known = structure && cache.find(network, structure, run);
      return known ? bytesOf(known.made.program) : network.bytesOf?.(run);
    },
    ready: (run) => {
      found = structure && cache.find(network, structure, run);
      if (structure && !found && network.takesSteps?.(run)) {
        cache.write(network, structure, run);
        found = cache.find(network, structure, run);
      }
      return found?.forms;
    },
    run: (run, recording) => {
      if (!structure || !recording) return network.run(run, recording);
      if (!found) return cache.run(network, structure, run, recording);
      const { made, forms } = found;
      const constantOf = forms.tensorOf.bind(forms);
      const begins = made.program.results.slice(made.outputs, made.outputs + (run.begins ?? 0));
      const results = runProgram(made.program, run.tensors, constantOf, recording, begins);
      const outputs = made.rebuild(results.slice(0, made.outputs));
      return { outputs, found: results.slice(made.outputs) };
    },
  };
}
