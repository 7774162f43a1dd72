import type { ConformanceCase } from './conformanceCase';
import { arithmeticGraphs } from './graphs/arithmetic';
import { basicMathGraphs } from './graphs/basicMath';
import { convolutionGraphs } from './graphs/convolution';
import { imageGraphs } from './graphs/image';
import { logicalGraphs } from './graphs/logical';
import { matrixGraphs, normalizationGraphs } from './graphs/matrices';
import { controlGraphs, evaluationGraphs, graphGraphs, spectralGraphs } from './graphs/other';
import { reductionGraphs } from './graphs/reduction';
import { sliceJoinGraphs } from './graphs/sliceJoin';
import { transformationGraphs } from './graphs/transformation';

/** Every op of tfjs-converter that numbers can pass on their way to an output, in graphs of a few ops. */
export const graphCases: readonly ConformanceCase[] = [
  ...arithmeticGraphs,
  ...basicMathGraphs,
  ...convolutionGraphs,
  ...matrixGraphs,
  ...normalizationGraphs,
  ...reductionGraphs,
  ...sliceJoinGraphs,
  ...transformationGraphs,
  ...imageGraphs,
  ...logicalGraphs,
  ...graphGraphs,
  ...evaluationGraphs,
  ...spectralGraphs,
  ...controlGraphs,
];
