import { ours } from '../../errors/door';
import { isMethodOf } from '../isMethodOf';
import type { GraphModelInside } from '../modelKinds';

/** Refuses a GraphModel with a `predict` of the user's own: what is explained is what `execute` gives. */
export function checkPredict(model: GraphModelInside): void {
  if (!('predict' in model) || isMethodOf(model, 'predict', ['execute'])) return;
  throw ours(
    new Error(
      'the model has a predict of its own, which its graph does not tell; explain it as a function: ' +
        'saliency((x) => model.predict(x), x)',
    ),
  );
}
