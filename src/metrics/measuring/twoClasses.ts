import { keep } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { openExplainer } from '../../explanations/explainer';
import { numbersOf } from '../../explanations/readBack';
import { tensorsIn } from '../../explanations/structure';
import type { Inputs } from '../../model/inputs';
import type { Model } from '../../model/networkOf';
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
  const tensorsOf = ({ map: made, value, classes, others }: (typeof explained)[number]) =>
    [...tensorsIn(made), value, classes, others].filter((tensor): tensor is Tensor => tensor !== null);
  for (const tensor of explained.flatMap(tensorsOf)) keep(tensor);
  try {
    for (const [i, one] of explained.entries()) {
      all.push(await readBack(definition.name, resolved[i]!, one, x, options));
      told();
    }
    return all;
  } finally {
    for (const tensor of explained.flatMap(tensorsOf)) tensor.dispose();
  }
}

/** The class of each sample, where a target says which place it has among the highest. */
export async function fixedTarget(
  { definition, options }: Subject<object>,
  model: Model,
  x: Inputs,
  target: Asked,
): Promise<unknown> {
  if (typeof target === 'number') return target;
  const { resolve = (given: object) => given, ask } = definition;
  const looked = tidied(() => {
    const explainer = openExplainer(model, ask(resolve({ ...options, target }, model, x)));
    try {
      const { value, classes, others } = explainer.look(x);
      value.dispose();
      others?.dispose();
      return classes && keep(classes);
    } finally {
      explainer.close();
    }
  });
  if (!looked) return target;
  try {
    return await numbersOf(looked);
  } finally {
    looked.dispose();
  }
}
