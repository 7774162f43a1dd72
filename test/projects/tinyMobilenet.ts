import { createServer } from 'node:http';

/**
 * A GraphModel in the shape of a MobileNet, served as its site serves those: 1001 scores, the first of which
 * is of the background; class 0 of ImageNet, a tench, gets the mean of all channels, the others nothing.
 */
export async function tinyMobilenet(): Promise<{ url: string; close: () => void }> {
  const float = { dtype: { type: 'DT_FLOAT' } };
  const dim = ['-1', '224', '224', '3'].map((size) => ({ size }));
  const node = [
    { name: 'x', op: 'Placeholder', attr: { ...float, shape: { shape: { dim } } } },
    { name: 'axes', op: 'Const', attr: { dtype: { type: 'DT_INT32' } } },
    { name: 'w', op: 'Const', attr: float },
    { name: 'mean', op: 'Mean', input: ['x', 'axes'], attr: {} },
    { name: 'h', op: 'Relu', input: ['mean'], attr: {} },
    { name: 'y', op: 'MatMul', input: ['h', 'w'], attr: {} },
  ];
  const weights = [
    { name: 'axes', shape: [2], dtype: 'int32' },
    { name: 'w', shape: [3, 1001], dtype: 'float32' },
  ];
  const model = {
    format: 'graph-model',
    modelTopology: { node, versions: { producer: 1 } },
    weightsManifest: [{ paths: ['weights.bin'], weights }],
  };
  const scores = new Float32Array(3 * 1001);
  for (const channel of [0, 1, 2]) scores[channel * 1001 + 1] = 10;
  const data = Buffer.concat([Buffer.from(Int32Array.of(1, 2).buffer), Buffer.from(scores.buffer)]);

  const server = createServer(({ url }, answer) => {
    answer.setHeader('content-type', url === '/model.json' ? 'application/json' : 'application/octet-stream');
    answer.end(url === '/model.json' ? JSON.stringify(model) : data);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${port}/model.json`, close: () => server.close() };
}
