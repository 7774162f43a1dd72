import { keep } from '@tensorflow/tfjs-core';
import { openExplainer } from '../../explanations/explainer/explainer';
import { chosenTarget } from '../../explanations/calls/record';
import { tensorsIn } from '../../explanations/inputs/structure';
import type { Inputs } from '../../model/inputs';
import type { Model } from '../../model/networkOf';
import { choiceOf, isList } from '../../targets/target';
import type { Asked } from '../../targets/target';
import { tidied } from '../../tensors/tidied';
import { measured, readBack } from './subject';
import type { Measured, Subject } from './subject';

/**
 * The maps of several targets: of a method of one pass with one pass forward, and one back for each.
 *
 * @param told Called after each target.
 */
export async function measuredTargets(
  subject: Subject<object>,
  model: Model,
  x: Inputs,
  targets: readonly Asked[],
  told: () => void,
): Promise<Measured[]> {
  const { definition, options } = subject;
  const all: Measured[] = [];
  if (definition.passes) {
    for (const target of targets) {
      const fixed = await fixedTarget(subject, model, x, target);
      all.push(await measured({ ...subject, options: { ...options, target: fixed } }, model, x));
      told();
    }
    return all;
  }
  const { resolve = (given: object) => given, ask, map } = definition;
  const resolved = targets.map((target) => resolve({ ...options, target }, model, x));
  const explained = tidied(() => {
    const explainer = openExplainer(model, ask(resolved[0]!));
    try {
      return explainer.explain(x, targets).map((one, i) => {
        const made = map ? map(one, x, resolved[i]!, model) : one.map;
        const { value, classes, others, overridden } = one;
        return { map: made, value, classes, others, overridden, done: 1 };
      });
    } finally {
      explainer.close();
    }
  });
  const tensors = explained.flatMap((one) => [...tensorsIn(one.map), one.value, one.classes, one.others]);
  for (const tensor of tensors) if (tensor) keep(tensor);
  try {
    for (const [i, one] of explained.entries()) {
      all.push(await readBack(definition, resolved[i]!, one, x, options));
      told();
    }
    return all;
  } finally {
    for (const tensor of tensors) tensor?.dispose();
  }
}

/** A target with its classes fixed at the input, those of a contrast as well. */
export async function fixedTarget(
  { definition, options }: Subject<object>,
  model: Model,
  x: Inputs,
  target: Asked,
): Promise<Asked> {
  if (typeof target === 'number') return target;
  const { resolve = (given: object) => given, ask } = definition;
  const { value, ...looked } = tidied(() => {
    const explainer = openExplainer(model, ask(resolve({ ...options, target }, model, x)));
    try {
      const look = explainer.look(x);
      for (const tensor of [look.value, look.classes, look.others]) if (tensor) keep(tensor);
      return look;
    } finally {
      explainer.close();
    }
  });
  value.dispose();
  try {
    return await chosenTarget(target, looked);
  } finally {
    looked.classes?.dispose();
    looked.others?.dispose();
  }
}

/** The classes that a fixed target explains, of each sample; undefined where it explains none, or several. */
export function classesIn(target: Asked): readonly number[] | undefined {
  const { class: classes, others } = choiceOf(target) ?? {};
  return others === undefined && isList(classes) ? classes : undefined;
}
