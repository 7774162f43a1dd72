/** Kernels whose numbers come from one number of the input each. */
const OF_ONE: ReadonlySet<string> = new Set(
  (
    'Abs Acos Acosh Asin Asinh Atan Atanh Ceil ClipByValue Cos Cosh Elu Erf Exp Expm1 Floor IsFinite IsInf IsNan ' +
    'LeakyRelu Log Log1p LogicalNot Neg Prelu Reciprocal Relu Relu6 Round Rsqrt Selu Sigmoid Sign Sin Sinh ' +
    'Softplus Sqrt Square Step Tan Tanh'
  ).split(' '),
);

/** Kernels whose numbers come from one number of each of two operands. */
const OF_TWO: ReadonlySet<string> = new Set(
  (
    'Add Atan2 BiasAdd Equal FloorDiv Greater GreaterEqual Less LessEqual Maximum Minimum Mod Multiply NotEqual ' +
    'Pow RealDiv SquaredDifference Sub'
  ).split(' '),
);

/** Whether each number that a kernel gives comes from one number of each input, or of some of them. */
export function isElementwise(kernel: string): boolean {
  return OF_ONE.has(kernel) || OF_TWO.has(kernel);
}

/** Kernels that give numbers that they get, each at its place or at several. */
const MOVES: ReadonlySet<string> = new Set(
  (
    'BatchToSpaceND BroadcastTo Cast Concat DepthToSpace Diag ExpandDims FlipLeftRight GatherNd GatherV2 ' +
    'Identity MirrorPad Pack PadV2 Reshape ResizeNearestNeighbor Reverse ScatterNd Select Slice ' +
    'SpaceToBatchND SplitV StridedSlice TensorScatterUpdate Tile Transpose Unpack'
  ).split(' '),
);

/** Whether a kernel gives numbers that it gets. */
export function isMove(kernel: string): boolean {
  return MOVES.has(kernel);
}
