import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import type { GateAttrs, GateCall } from './gateCall';

interface WebglBackend {
  runWebGLProgram(program: object, inputs: TensorInfo[], dtype: 'float32'): TensorInfo;
}

/** The gate as a shader. Packed, four numbers to a texel, as convolutions leave their results. */
export const webglGate: KernelFunc = (call) => {
  const {
    inputs: { dy, y = dy },
    attrs,
  } = call as unknown as GateCall;
  const program = {
    variableNames: ['Dy', 'Y'],
    outputShape: dy.shape,
    packedInputs: true,
    packedOutput: true,
    enableShapeUniforms: true, // else it is compiled anew for each shape
    userCode: codeOf(attrs),
  };
  return (call.backend as WebglBackend).runWebGLProgram(program, [dy, y], 'float32');
};

// none of the comparisons holds for a NaN, which `isnan` finds by its bits
const codeOf = ({ limit, cut }: GateAttrs): string => `
  float gated(float dy, float y) {
    if (isnan(y)) return y;
    if (y <= 0.0) return 0.0;
    ${limit === Infinity ? '' : `if (y >= float(${limit})) return 0.0;`}
    ${cut ? 'if (dy <= 0.0) return 0.0;' : ''}
    return dy;
  }
  void main() {
    vec4 d = getDyAtOutCoords();
    vec4 at = getYAtOutCoords();
    setOutput(vec4(gated(d.r, at.r), gated(d.g, at.g), gated(d.b, at.b), gated(d.a, at.a)));
  }
`;
