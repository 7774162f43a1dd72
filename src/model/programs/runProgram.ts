import type { Tensor } from '@tensorflow/tfjs-core';
import { CHAIN } from '../../gradients/elementwise/chain';
import { SWISH } from '../../gradients/elementwise/swish';
import { isOwnedByScope } from '../../backends/engine';
import type { Recording } from '../../tape/recording/recording';
import { isConstant } from './program';
import type { Constant, Operand, Program, Step, ValueId } from './program';
import { runKernel } from '../../tape/runKernel';

/** Kernels that may be an activation made of several, or have one among them. */
const JOINED: ReadonlySet<string> = new Set([CHAIN, SWISH]);

/**
 * Runs a program; call it inside `tidy`.
 *
 * @param constantOf The tensor of a constant.
 * @param recording Told of rules and layers, step by step.
 * @param begins The values at which ways back end; what runs before the first of them is not kept.
 * @returns What the program is asked for.
 */
export function runProgram(
  program: Program,
  inputs: readonly Tensor[],
  constantOf: (constant: Constant) => Tensor,
  recording: Recording,
  begins: readonly Operand[],
): Tensor[] {
  const values = new Map<ValueId, Tensor>();
  program.inputs.forEach((id, i) => values.set(id, inputs[i] as Tensor));
  // kernels that are one here one by one, for who asks what each of them did
  const steps = program.steps.flatMap((step) =>
    step.parts && recording.seesEach(step.parts, JOINED.has(step.kernel)) ? step.parts : step,
  );
  const lastReader = lastReaders(steps, program);
  const tensorOf = (operand: Operand): Tensor => {
    const tensor = isConstant(operand) ? constantOf(operand) : values.get(operand);
    if (!tensor) throw new Error('internal: a program reads a value before it is there');
    return tensor;
  };
  // what is no input, and no constant, a step makes
  const isThere = begins.some((id) => isConstant(id) || program.inputs.includes(id));
  if (begins.length > 0) recording.isOnWay = isThere;
  for (const step of steps) {
    const outputs = runStep(step, tensorOf, recording);
    if (step.outputs.some((id) => begins.includes(id))) recording.isOnWay = true;
    step.outputs.forEach((id, i) => values.set(id, outputs[i] as Tensor));
    if (step.stops) recording.stop(outputs[0] as Tensor);
    for (const operand of Object.values(step.inputs)) {
      if (isConstant(operand) || lastReader.get(operand) !== step) continue;
      const x = values.get(operand) as Tensor;
      if (!outputs.includes(x) && isOwnedByScope(x)) x.dispose();
    }
  }
  return program.results.map(tensorOf);
}

function runStep(step: Step, tensorOf: (operand: Operand) => Tensor, recording: Recording): Tensor[] {
  const run = (): Tensor[] => {
    if (step.op && step.rule)
      return [recording.rectifier(step.op, tensorOf(step.inputs['x'] as Operand), step.rule)];
    const named = Object.fromEntries(
      Object.entries(step.inputs).map(([name, operand]) => [name, tensorOf(operand)]),
    );
    return recording.under(step.rule, () => runKernel(step, named));
  };
  return step.where === undefined ? run() : recording.at(step.where, run);
}

/** The last step that reads each value; none for what is asked for, or is an input. */
function lastReaders(steps: readonly Step[], { results, inputs }: Program): Map<ValueId, Step> {
  const last = new Map<ValueId, Step>();
  for (const step of steps) {
    for (const operand of Object.values(step.inputs)) if (!isConstant(operand)) last.set(operand, step);
  }
  for (const operand of [...results, ...inputs]) if (!isConstant(operand)) last.delete(operand);
  return last;
}
