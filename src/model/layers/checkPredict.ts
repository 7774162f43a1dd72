import type { LayersModel } from '@tensorflow/tfjs-layers';
import { ours } from '../../errors/door';
import { isMethodOf } from '../isMethodOf';
import { callsOf, isContainer } from './layerGraph';
import type { Layer } from './layerGraph';
import { isPlain } from './planRun';
import { facesOf, isOfCopy, withoutFaces } from './runsItsClass';

/**
 * Refuses a model whose layers are not what its `predict` runs: one with a `predict` of the user's own, and a
 * Sequential that was changed after its first use, with whose first state TF.js goes on.
 */
export function checkPredict(model: LayersModel): void {
  const itself = withoutFaces(model);
  const inner = innerOf(itself);
  const predicts = [itself, ...(inner ? [inner] : [])].every(
    (each) => isMethodOf(each, 'predict', ['evaluate']) && isMethodOf(each, 'predictLoop', ['predict']),
  );
  if (!predicts || !facesOf(model).every((face) => isOfCopy(face, 'predict'))) {
    throw ours(
      new Error(
        `the model "${model.name}" has a predict of its own, which its layers do not tell; ` +
          'explain it as a function: saliency((x) => model.predict(x), x)',
      ),
    );
  }
  checkUnchanged(model);
}

function checkUnchanged(model: LayersModel): void {
  const inner = innerOf(model);
  if (inner && inner.outputs[0] !== model.outputs[0]) {
    throw ours(
      new Error(
        `the Sequential "${model.name}" was changed after its first use, and TF.js goes on with what it was; ` +
          'call its build() first',
      ),
    );
  }
  for (const { outboundLayer: layer } of callsOf(inner ?? model)) {
    if (isContainer(layer) && isPlain(layer)) checkUnchanged(layer);
  }
}

/** The model that a Sequential runs, once it was used. */
function innerOf(model: Layer): LayersModel | undefined {
  return (Reflect.get(model, 'model') as LayersModel | null | undefined) ?? undefined;
}
