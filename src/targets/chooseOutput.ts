import type { Tensor } from '@tensorflow/tfjs-core';
import { isTensor } from '../backends/isTensor';
import { listOutputs } from '../model/listOutputs';
import { numberOfOutput } from '../model/numberOfOutput';
import type { Network, Outputs } from '../model/network';
import { quoted } from '../errors/quoted';
import { ours } from '../errors/door';
import { classesOf } from './seedOfClass';
import type { Choice } from './target';

/**
 * One output of a model: the only one, or the one named or numbered.
 *
 * @param choice What is chosen there: where nothing says the output, the error says all of it.
 * @param isProbability Whether an output comes out of a softmax or sigmoid.
 * @throws RangeError if it must be said which, or there is no such output.
 */
export function chooseOutput(
  network: Network,
  outputs: Outputs,
  choice: Choice,
  isProbability: (y: Tensor) => boolean,
): Tensor {
  const { output } = choice;
  const list = listOutputs(outputs);
  const names =
    network.outputNames ??
    (isTensor(outputs) || Array.isArray(outputs) ? list.map((_, i) => String(i)) : Object.keys(outputs));
  if (output === undefined) {
    if (list.length === 1) return list[0] as Tensor;
    throw ours(
      new RangeError(
        `the model has ${list.length} outputs, ${quoted(names)}; say which: ` +
          likeliest(list, names, choice, isProbability),
      ),
    );
  }
  const y = list[numberOfOutput(names, output)];
  if (!y) {
    const got = typeof output === 'number' ? output : `"${output}"`;
    throw ours(new RangeError(`no output ${got}; the model has ${quoted(names)}`));
  }
  return y;
}

/** The options for the output that most looks like scores of classes, as they are typed. */
function likeliest(
  list: readonly Tensor[],
  names: readonly string[],
  { class: classes, others, at, nth }: Choice,
  isProbability: (y: Tensor) => boolean,
): string {
  const rank = (y: Tensor): number => {
    const { classes, places } = classesOf(y);
    if (classes === 0) return 0;
    return (places === 1 ? 4 : 1) + (classes > 1 ? 2 : 0) + (isProbability(y) ? 1 : 0);
  };
  const ranks = list.map(rank);
  const best = ranks.indexOf(Math.max(...ranks));
  const y = list[best] as Tensor;
  const place = at ?? (classesOf(y).places > 1 ? y.shape.slice(2).map(() => 0) : undefined);
  const where = `output: "${names[best]}"${said('at', place)}`;
  if (others !== undefined) return `contrast(classes, others, { ${where} })`;
  // a function of several classes has it among its own options
  return nth === undefined ? `{ target: { ${where}${said('class', classes)} } }` : `{ ${where} }`;
}

/** One more name of an object, as code; nothing where it has none. */
function said(name: string, value: number | readonly number[] | undefined): string {
  if (value === undefined) return '';
  return `, ${name}: ${typeof value === 'number' ? value : `[${Array.from(value).join(', ')}]`}`;
}
