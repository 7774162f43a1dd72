import { MobileNetV2Model } from 'nsfwjs/models/mobilenet_v2';
import type { Plugin } from 'vite';

/**
 * The network of the npm package nsfwjs, which keeps its weights as base64, as files that TensorFlow.js
 * loads: model/model.json and the weights beside it.
 */
export function defaultModelFiles(): Plugin {
  let files: Promise<Map<string, string | Uint8Array>> | undefined;
  return {
    name: 'default-model-files',
    configureServer(server) {
      server.middlewares.use('/model/', (request, response, next) => {
        files ??= modelFiles();
        files
          .then((known) => {
            const file = known.get(`model${request.url?.split('?')[0] ?? ''}`);
            if (file === undefined) next();
            else response.end(file);
          })
          .catch(next);
      });
    },
    async generateBundle() {
      if (this.environment.name !== 'client') return;
      for (const [fileName, source] of await modelFiles()) this.emitFile({ type: 'asset', fileName, source });
    },
  };
}

async function modelFiles(): Promise<Map<string, string | Uint8Array>> {
  const { default: json } = await MobileNetV2Model.modelJson();
  const names = json.weightsManifest.flatMap(({ paths }) => paths);
  const shards = await Promise.all(MobileNetV2Model.weightBundles.map((load) => load()));
  const weights = shards.map(
    (shard, i) => [`model/${names[i] ?? ''}`, Buffer.from(shard.default, 'base64')] as const,
  );
  return new Map<string, string | Uint8Array>([['model/model.json', JSON.stringify(json)], ...weights]);
}
