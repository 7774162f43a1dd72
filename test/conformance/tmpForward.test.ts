import { getBackend, tensor } from '@tensorflow/tfjs-core';
import { it } from 'vitest';
import { functionCases } from './functionCases';
import references from './fixtures/reference.json';
import { graphCases } from './graphCases';
import { forwardDefect } from './judge';
import { layerCases } from './layerCases';
import { inputsOf, weightsOf } from './outputs';
import type { Reference } from './reference';
const known = new Map((references as Reference[]).map((reference) => [reference.name, reference]));
it('forward', async () => {
  const lines: string[] = [];
  for (const each of [...layerCases, ...graphCases, ...functionCases]) {
    const reference = known.get(each.name) as Reference;
    if (reference.error) continue;
    try {
      const subject = each.build(weightsOf(each, reference.seed));
      const xs = inputsOf(each, reference.seed).map((values, i) =>
        tensor(values, [...(each.inputs[i] as number[])], each.integer ? 'int32' : 'float32'));
      const defect = await forwardDefect(each, subject, xs, reference);
      if (defect) lines.push(`${getBackend()} | ${each.name} | ${defect}`);
      subject.dispose();
    } catch (error) { lines.push(`${getBackend()} | ${each.name} | BUILD ${(error as Error).message}`); }
  }
  console.log(lines.join('\n'));
}, 500000);
