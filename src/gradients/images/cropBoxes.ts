import {
  add,
  cast,
  ceil,
  clipByValue,
  floor,
  gather,
  greaterEqual,
  lessEqual,
  logicalAnd,
  matMul,
  mul,
  reshape,
  scalar,
  slice,
  stack,
  sub,
  sum,
  tensor2d,
  zeros,
} from '@tensorflow/tfjs-core';
import type { CropAndResizeAttrs, CropAndResizeInputs, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { KernelCall, NameOf } from '../kernelGradient';

/** A run of the kernel. */
export type CropAndResize = KernelCall<NameOf<CropAndResizeInputs>, CropAndResizeAttrs>;

/** Where the rows (or the columns) of each crop are read in its image; each `[number, size]`. */
interface Places {
  readonly before: Tensor;
  readonly after: Tensor;
  /** How far a place lies from the one before to the one after. */
  readonly share: Tensor;
  /** 1 where a place is in the image, else 0. */
  readonly inside: Tensor;
  /** `[2, size]`: how far each follows the start and the end of its box. */
  readonly follows: Tensor2D;
}

/**
 * The gradient of crops with respect to their boxes, `[number, 4]`: how the image changes from pixel to pixel
 * there, times how far each place moves with the edges of its box.
 */
export function toBoxes(dy: Tensor, call: CropAndResize): Tensor {
  // the nearest pixel stays the nearest when the box moves a little
  if (call.attrs.method === 'nearest') return zeros(call.shapes.boxes);
  const [image, boxes, boxInd] = [call.saved('image'), call.saved('boxes'), call.saved('boxInd')];
  const [batch = 0, height = 0, width = 0, channels = 0] = image.shape;
  const [number = 0, cropHeight = 0, cropWidth = 0] = dy.shape;
  const rows = placesOf(boxes, 0, cropHeight, height);
  const columns = placesOf(boxes, 1, cropWidth, width);

  const pixels = reshape(image, [batch * height * width, channels]);
  const whose = reshape(cast(clipByValue(cast(boxInd, 'float32'), 0, batch - 1), 'int32'), [number, 1, 1]);
  const at = (row: Tensor, column: Tensor): Tensor => {
    const line = add(mul(whose, scalar(height, 'int32')), reshape(row, [number, cropHeight, 1]));
    const index = add(mul(line, scalar(width, 'int32')), reshape(column, [number, 1, cropWidth]));
    return reshape(gather(pixels, reshape(index, [index.size])), dy.shape);
  };
  const topLeft = at(rows.before, columns.before);
  const topRight = at(rows.before, columns.after);
  const bottomLeft = at(rows.after, columns.before);
  const bottomRight = at(rows.after, columns.after);

  const alongRows = (x: Tensor) => reshape(x, [number, cropHeight, 1, 1]);
  const alongColumns = (x: Tensor) => reshape(x, [number, 1, cropWidth, 1]);
  const read = mul(mul(dy, alongRows(rows.inside)), alongColumns(columns.inside));
  const left = sub(bottomLeft, topLeft);
  const top = sub(topRight, topLeft);
  const down = add(left, mul(sub(sub(bottomRight, topRight), left), alongColumns(columns.share)));
  const across = add(top, mul(sub(sub(bottomRight, bottomLeft), top), alongRows(rows.share)));
  const edges = [
    toEdges(sum(mul(read, down), [2, 3]), rows),
    toEdges(sum(mul(read, across), [1, 3]), columns),
  ];
  return reshape(stack(edges, 2), [number, 4]);
}

/** The gradient to the start and the end of each box along one axis, `[number, 2]`. */
function toEdges(toPlaces: Tensor, { follows }: Places): Tensor {
  return matMul(toPlaces, follows, false, true);
}

/**
 * @param axis 0 for rows, 1 for columns.
 * @param size Of a crop along the axis.
 * @param whole Of the images along it.
 */
function placesOf(boxes: Tensor, axis: number, size: number, whole: number): Places {
  const [number = 0] = boxes.shape;
  const shares = Array.from({ length: size }, (_, i) => (size > 1 ? i / (size - 1) : 0.5));
  const follows = mul<Tensor2D>(tensor2d([shares.map((share) => 1 - share), shares]), whole - 1);
  const start = slice(boxes, [0, axis], [number, 1]);
  const end = slice(boxes, [0, axis + 2], [number, 1]);
  const place = add(
    mul(start, slice(follows, [0, 0], [1, size])),
    mul(end, slice(follows, [1, 0], [1, size])),
  );
  const pixel = (x: Tensor) => cast(clipByValue(x, 0, whole - 1), 'int32');
  return {
    before: pixel(floor(place)),
    after: pixel(ceil(place)),
    share: sub(place, floor(place)),
    inside: cast(logicalAnd(greaterEqual(place, 0), lessEqual(place, whole - 1)), 'float32'),
    follows,
  };
}
