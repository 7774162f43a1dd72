import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { io } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** Writes model.json and weights.bin, which has all the weights; gives its size in bytes. */
export async function saveModel(model: LayersModel, folder: string): Promise<number> {
  let size = 0;
  await model.save(
    io.withSaveHandler(({ modelTopology, weightSpecs, weightData }) => {
      const bytes = new Uint8Array(io.CompositeArrayBuffer.join(weightData));
      const weightsManifest = [{ paths: ['weights.bin'], weights: weightSpecs }];
      const json = { format: 'layers-model', modelTopology, weightsManifest };
      writeFileSync(join(folder, 'model.json'), `${JSON.stringify(json, null, 2)}\n`);
      writeFileSync(join(folder, 'weights.bin'), bytes);
      size = bytes.length;
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } });
    }),
  );
  return size;
}
