/** A row for each sample, on so many axes; a convolution may have spread them over more rows. */
export interface Rows {
  readonly rank: number;
  readonly spread: string;
}

/** What is known of a tensor of a graph: the same for any input; made of sizes; or rows. */
export type Given = 'constant' | 'size' | Rows;

/** An op, as a rule looks at it. */
export interface OpOnRows {
  /** What goes in, of which one at least is rows. */
  readonly given: readonly Given[];
  /** The first of those. */
  readonly rows: Rows;
  /** The whole numbers that an input is, where it is a constant; counted from the end, where below 0. */
  readonly ints: (input: number) => readonly number[] | undefined;
  /** The shape of a constant. */
  readonly shape: (input: number) => readonly number[] | undefined;
  readonly attr: (name: string) => unknown;
  /** How long an input is that is a shape which begins with the number of samples, or leaves it open. */
  readonly lengthOfShape: (input: number) => number | undefined;
}

/** The rows that an op gives; undefined where they are not known to be one for each sample. */
type Rule = (op: OpOnRows) => Rows | undefined;

/** Whether a tensor is rows. */
export const isRows = (given: Given | undefined): given is Rows => typeof given === 'object';

const isLike = (given: Given | undefined, { rank, spread }: Rows) =>
  isRows(given) && given.rank === rank && given.spread === spread;

/** Number by number: rows like them, or constants that are the same for each row. */
const pointwise: Rule = ({ given, rows, shape }) => {
  const fits = given.every((each, i) => {
    if (each !== 'constant') return isLike(each, rows);
    const sizes = shape(i);
    return sizes && (sizes.length < rows.rank || (sizes.length === rows.rank && sizes[0] === 1));
  });
  return fits ? rows : undefined;
};

/** Rows, then constants. */
const withConstants =
  (rule: Rule): Rule =>
  (op) =>
    op.given[0] === op.rows && op.given.slice(1).every((each) => each === 'constant') ? rule(op) : undefined;

/** Images, a filter, and what is added: a constant, or rows like those before. */
const ofImages: Rule = ({ given, rows }) => {
  const [x, filter = 'constant', ...added] = given;
  const fits = x === rows && filter === 'constant' && rows.rank > 1;
  return fits && added.every((each) => each === 'constant' || isLike(each, rows)) ? rows : undefined;
};

/** Axes counted from the front; undefined where the first is among them, or none. */
function beside(axes: unknown, rank: number): readonly number[] | undefined {
  const list = (Array.isArray(axes) ? axes : [axes]) as unknown[];
  const counted = list.map((axis) => (typeof axis === 'number' ? (axis < 0 ? axis + rank : axis) : 0));
  return counted.length > 0 && counted.every((axis) => axis > 0) ? counted : undefined;
}

const along = (input: number): Rule =>
  withConstants(({ rows, ints }) => (beside(ints(input), rows.rank) ? rows : undefined));

const reduced: Rule = withConstants(({ rows, ints, attr }) => {
  const axes = beside(ints(1), rows.rank);
  return axes && (attr('keepDims') === true ? rows : fewer(rows, axes.length));
});

const fewer = ({ rank, spread }: Rows, axes: number): Rows => ({ rank: rank - axes, spread });

const matMul: Rule = withConstants(({ rows, attr }) =>
  rows.rank === 2 && attr('transposeA') !== true ? rows : undefined,
);

const batchMatMul: Rule = ({ given, rows, shape }) => {
  const fits = given.every((each, i) => (each === 'constant' ? shape(i)?.length === 2 : isLike(each, rows)));
  return rows.rank > 2 && fits ? rows : undefined;
};

const strided: Rule = withConstants(({ rows, ints, attr }) => {
  const [begin, end, dropped, ...others] = ['begin', 'end', 'shrinkAxis', 'ellipsis', 'newAxis'].map((name) =>
    Number(attr(`${name}Mask`) ?? 0),
  ) as [number, number, number, number, number];
  const isWhole = (begin & end & ~dropped & 1) === 1 && ints(3)?.[0] === 1;
  if (!isWhole || others.some((mask) => mask !== 0)) return undefined;
  return fewer(rows, dropped.toString(2).replace(/0/g, '').length);
});

/** A table's rows by its index, or columns of rows. */
const gathered: Rule = ({ given: [x, indices], rows, ints, shape, attr }) => {
  const axis = ints(2)?.[0] ?? 0;
  if (Number(attr('batchDims') ?? 0) !== 0) return undefined;
  const constant = x === 'constant' ? shape(0) : indices === 'constant' ? shape(1) : undefined;
  const keeps = x === 'constant' ? axis === 0 : beside(axis, rows.rank) !== undefined;
  return constant && keeps ? fewer(rows, 1 - constant.length) : undefined;
};

const reshaped: Rule = ({ given, rows, lengthOfShape }) => {
  const rank = given[0] === rows && rows.spread === '' ? lengthOfShape(1) : undefined;
  return rank === undefined ? undefined : { rank, spread: '' };
};

const like = (given: readonly Given[], rows: Rows) => given.every((each) => isLike(each, rows));

/** What each op makes of rows; an op that is not here is not known to keep to them. */
export const rowsOfOps: Readonly<Record<string, Rule | undefined>> = /* @__PURE__ */ Object.fromEntries(
  (
    [
      [
        'Abs Acos Acosh Add AddN AddV2 Asin Asinh Atan Atan2 Atanh Cast Ceil ClipByValue Cos Cosh Div DivNoNan ' +
          'Elu Equal Erf Exp Expm1 FakeQuantWithMinMaxVars Floor FloorDiv FloorMod Greater GreaterEqual Identity ' +
          'IsNan LeakyRelu Less LessEqual Log Log1p LogicalAnd LogicalNot LogicalOr Maximum Minimum Mod Mul Neg ' +
          'NotEqual Pow Prelu RealDiv Reciprocal Relu Relu6 Round Rsqrt SelectV2 Selu Sigmoid Sign Sin Sinh ' +
          'Snapshot Softplus Sqrt Square SquaredDifference StopGradient Sub Tan Tanh',
        pointwise,
      ],
      [
        'AvgPool AvgPool3D BiasAdd Conv1D Conv2D Conv3D DepthToSpace DepthwiseConv2d DepthwiseConv2dNative ' +
          'FusedBatchNorm FusedBatchNormV2 FusedBatchNormV3 FusedDepthwiseConv2dNative LRN LogSoftmax MaxPool ' +
          'MaxPool3D ResizeBilinear ResizeNearestNeighbor Softmax TopKV2 _FusedConv2D',
        ofImages,
      ],
      ['All Any Max Mean Min Prod Sum', reduced],
      ['Cumprod Cumsum', along(1)],
      ['SplitV', along(2)],
      ['MatMul _FusedMatMul', matMul],
      ['BatchMatMul BatchMatMulV2', batchMatMul],
      ['EnsureShape Reshape', reshaped],
      ['GatherV2', gathered],
      ['StridedSlice', strided],
      ['ArgMax ArgMin', withConstants(({ rows, ints }) => beside(ints(1), rows.rank) && fewer(rows, 1))],
      ['Transpose', withConstants(({ rows, ints }) => (ints(1)?.[0] === 0 ? rows : undefined))],
      [
        'MirrorPad Pad PadV2',
        withConstants(({ rows, ints }) => (ints(1)?.[0] === 0 && ints(1)?.[1] === 0 ? rows : undefined)),
      ],
      ['Tile', withConstants(({ rows, ints }) => (ints(1)?.[0] === 1 ? rows : undefined))],
      [
        'Slice',
        withConstants(({ rows, ints }) => (ints(1)?.[0] === 0 && ints(2)?.[0] === -1 ? rows : undefined)),
      ],
      [
        'Squeeze',
        withConstants(({ rows, attr }) => {
          const axes = beside(attr('axis'), rows.rank);
          return axes && fewer(rows, axes.length);
        }),
      ],
      ['ExpandDims', withConstants(({ rows, ints }) => beside(ints(1), rows.rank + 1) && fewer(rows, -1))],
      ['Unpack', withConstants(({ rows, attr }) => beside(attr('axis'), rows.rank) && fewer(rows, 1))],
      [
        'Pack',
        ({ given, rows, attr }) =>
          like(given, rows) ? beside(attr('axis'), rows.rank + 1) && fewer(rows, -1) : undefined,
      ],
      [
        'ConcatV2',
        ({ given, rows, ints }) =>
          like(given.slice(0, -1), rows) && beside(ints(-1), rows.rank) ? rows : undefined,
      ],
      [
        'Split',
        ({ given, rows, ints }) => (given[0] === 'constant' && beside(ints(0), rows.rank) ? rows : undefined),
      ],
      [
        // the rows of a dilated convolution, taken apart and put together again
        'SpaceToBatchND',
        withConstants(({ rows, ints }) =>
          rows.spread === '' && ints(1) ? { ...rows, spread: `by ${String(ints(1))}` } : undefined,
        ),
      ],
      [
        'BatchToSpaceND',
        withConstants(({ rows, ints }) =>
          rows.spread === `by ${String(ints(1))}` ? { ...rows, spread: '' } : undefined,
        ),
      ],
      [
        'Conv2DBackpropInput',
        ({ given: [, filter, x], rows, lengthOfShape }) =>
          filter === 'constant' && x === rows && lengthOfShape(0) === rows.rank ? rows : undefined,
      ],
    ] as readonly (readonly [string, Rule])[]
  ).flatMap(([names, rule]) => names.split(' ').map((name) => [name, rule])),
);
