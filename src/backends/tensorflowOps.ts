import { scalar, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';

/** TF.js's backend in Node, `tensorflow`, with the members that run TensorFlow's own ops. */
interface TensorflowBackend {
  readonly binding: { readonly TF_ATTR_TYPE: number; readonly TF_FLOAT: number };
  executeSingleOutput(name: string, attrs: readonly object[], inputs: readonly TensorInfo[]): Tensor;
}

/** Runs an op of TensorFlow, which is told of its type alone, on float32 tensors and numbers. */
export type TensorflowOp = (name: string, ...inputs: (TensorInfo | number)[]) => Tensor;

/** Runs a kernel of our own made of TensorFlow's ops; nothing but its result is left. */
export function withTensorflowOps(backend: object, body: (op: TensorflowOp) => Tensor): Tensor {
  const tensorflow = backend as TensorflowBackend;
  const { TF_ATTR_TYPE, TF_FLOAT } = tensorflow.binding;
  const attrs = [{ name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT }];
  const tensorOf = (input: TensorInfo | number) => (typeof input === 'number' ? scalar(input) : input);
  return tidy(() =>
    body((name, ...inputs) => tensorflow.executeSingleOutput(name, attrs, inputs.map(tensorOf))),
  );
}
