/** The kernels that turn scores into probabilities, and which input the scores are. */
export const SCORES: Readonly<Record<string, string>> = { Softmax: 'logits', Sigmoid: 'x' };
