import type { Tensor } from '@tensorflow/tfjs-core';
import type { InputList } from '../../model/inputs';
import { chunkSize, inChunks } from './chunks';
import type { ExplainedOnce } from './explainOnce';
import { runOf } from './recorded';
import type { Question } from './recorded';

/** The samples explained, all at once or chunk by chunk. */
export function chunked(
  list: InputList,
  question: Question,
  batchSize: number | undefined,
  once: (question: Question, list: InputList) => ExplainedOnce[],
): ExplainedOnce[] {
  const { network, targets } = question;
  const all = [...list.tensors, ...(list.reference ?? [])];
  const size = chunkSize(network, all, batchSize, targets, ...insideOf(list, question));
  return inChunks(network, all, targets, size, (tensors, theirs) =>
    once({ ...question, targets: theirs }, partOf(list, tensors)),
  );
}

/** What a run takes, in bytes, by what it is given; and whether each sample stands for itself in it. */
export function insideOf(list: InputList, question: Question) {
  const { bytesOf, standsAlone } = question.network;
  return [
    (first: Tensor[]) => bytesOf?.(runOf(question, partOf(list, first))),
    () => standsAlone?.(runOf(question, list)) ?? false,
  ] as const;
}

/** The inputs, and behind them what they are set against, as a list again. */
function partOf(list: InputList, tensors: Tensor[]): InputList {
  const count = list.tensors.length;
  const part = { ...list, tensors: tensors.slice(0, count) };
  return list.reference ? { ...part, reference: tensors.slice(count) } : part;
}
