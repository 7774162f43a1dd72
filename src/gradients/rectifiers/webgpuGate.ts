import { util } from '@tensorflow/tfjs-core';
import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { GATE } from './gateCall';
import type { GateAttrs, GateCall } from './gateCall';

interface WebgpuBackend {
  runWebGPUProgram(program: object, inputs: TensorInfo[], dtype: 'float32'): TensorInfo;
}

/** How many numbers a workgroup gates. */
const GROUP = 128;

/** The gate as a shader. */
export const webgpuGate: KernelFunc = (call) => {
  const {
    inputs: { dy, y = dy },
    attrs,
  } = call as unknown as GateCall;
  const code = codeOf(attrs);
  const program = {
    variableNames: ['dy', 'y'],
    outputShape: dy.shape,
    workgroupSize: [GROUP, 1, 1],
    dispatchLayout: { x: dy.shape.map((_, axis) => axis) },
    dispatch: [Math.ceil(util.sizeFromShape(dy.shape) / GROUP), 1, 1],
    size: true,
    shaderKey: `${GATE} ${code}`,
    getUserCode: () => code,
  };
  return (call.backend as WebgpuBackend).runWebGPUProgram(program, [dy, y], 'float32');
};

// none of the comparisons holds for a NaN, which `isnan` finds by its bits
const codeOf = ({ limit, cut }: GateAttrs): string => `
  fn main(index: i32) {
    if (index >= uniforms.size) { return; }
    let d = getDyByOutputIndex(index);
    let at = getYByOutputIndex(index);
    var dx = d;
    if (at <= 0.0${limit === Infinity ? '' : ` || at >= f32(${limit})`}${cut ? ' || d <= 0.0' : ''}) { dx = 0.0; }
    if (isnan(at)) { dx = at; }
    setOutputAtIndex(index, dx);
  }
`;
