import { broadcastTo, matMul, reshape, sum, transpose, util } from '@tensorflow/tfjs-core';
import type { EinsumAttrs, EinsumInputs, Tensor } from '@tensorflow/tfjs-core';
import { ours } from '../../errors/door';
import { kernelGradient } from '../kernelGradient';
import type { KernelCall, KernelGradient, NameOf } from '../kernelGradient';

/*
 * Einsum of one or two operands. With `y[out] = Σ a[of a] b[of b]` over the labels that `out` lacks, the
 * gradient to a is an einsum of the same kind, `Σ dy[out] b[of b]` over the labels that a lacks, and constant
 * along a label of a that neither dy nor b has. Done as one matrix product: TF.js writes all products down.
 */

export const einsumGradients: readonly KernelGradient[] = [
  kernelGradient<EinsumInputs, EinsumAttrs>('Einsum', {
    needs: { 0: ['1'], 1: ['0'] },
    backward: (dy, call) => ({ 0: () => toOperand(0, dy, call), 1: () => toOperand(1, dy, call) }),
  }),
];

type Einsum = KernelCall<NameOf<EinsumInputs>, EinsumAttrs>;

/** A tensor whose axes have one-letter names. */
interface Labelled {
  readonly labels: readonly string[];
  readonly tensor: Tensor;
}

function toOperand(operand: 0 | 1, dy: Tensor, call: Einsum): Tensor {
  const equation = call.attrs.equation.replace(/\s/g, '');
  const [inputs, output] = equation.split('->') as [string, string];
  const labels = inputs.split(',').map(lettersOf);
  const own = labels[operand]!;
  const other = labels[1 - operand];
  if (dy.rank !== output.length) {
    // its own kernels forget to sum over a label that the operand in front of them alone has
    throw ours(
      new Error(
        `einsum: TF.js computes "${equation}" wrongly; sum over the labels of one operand beforehand`,
      ),
    );
  }
  const arriving: Labelled = { labels: lettersOf(output), tensor: dy };
  const factor = other && { labels: other, tensor: call.saved(operand === 0 ? '1' : '0') };
  return expand(factor ? contract(arriving, factor, own) : arriving, own, call.shapes[`${operand}`]!);
}

function lettersOf(term: string): string[] {
  return Array.from(term);
}

/** The product of two tensors, summed over the labels that `kept` lacks. */
function contract(a: Labelled, b: Labelled, kept: readonly string[]): Labelled {
  const left = a.labels.filter((label) => !b.labels.includes(label) && kept.includes(label));
  const right = b.labels.filter((label) => !a.labels.includes(label) && kept.includes(label));
  const shared = a.labels.filter((label) => b.labels.includes(label));
  const batch = shared.filter((label) => kept.includes(label));
  const summed = shared.filter((label) => !kept.includes(label));

  const sizes = new Map<string, number>();
  for (const { labels, tensor } of [a, b]) {
    labels.forEach((label, axis) => sizes.set(label, tensor.shape[axis]!));
  }
  const sizesOf = (labels: readonly string[]) => labels.map((label) => sizes.get(label)!);
  const size = (labels: readonly string[]) => util.sizeFromShape(sizesOf(labels));
  const matrices = (x: Labelled, rows: readonly string[], columns: readonly string[]) =>
    reshape(arrange(x, [...batch, ...rows, ...columns]).tensor, [size(batch), size(rows), size(columns)]);
  const product = matMul(matrices(a, left, summed), matrices(b, summed, right));
  const labels = [...batch, ...left, ...right];
  return { labels, tensor: reshape(product, sizesOf(labels)) };
}

/** Sums over the labels that are not wanted and brings the others in the wanted order. */
function arrange({ labels, tensor }: Labelled, wanted: readonly string[]): Labelled {
  const unwanted = labels.flatMap((label, axis) => (wanted.includes(label) ? [] : [axis]));
  const rest = labels.filter((label) => wanted.includes(label));
  const summed = unwanted.length > 0 ? sum(tensor, unwanted) : tensor;
  return {
    labels: wanted,
    tensor: transpose(
      summed,
      wanted.map((label) => rest.indexOf(label)),
    ),
  };
}

/** Brings the axes in order and repeats along those that are missing. */
function expand(x: Labelled, labels: readonly string[], shape: readonly number[]): Tensor {
  const arranged = arrange(
    x,
    labels.filter((label) => x.labels.includes(label)),
  ).tensor;
  const aligned = labels.map((label, axis) => (x.labels.includes(label) ? shape[axis]! : 1));
  return broadcastTo(reshape(arranged, aligned), [...shape] as Tensor['shape']);
}
