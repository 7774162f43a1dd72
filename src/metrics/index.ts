/**
 * Is a map about the model? Numbers that say so, each with what it can be held against.
 * [What maps do not show](../../docs/trust.md) says which of them answers what.
 *
 * @module guided-saliency/metrics
 */

export { spearman } from './similarities/spearman';
export { spearmanAbsolute } from './similarities/spearmanAbsolute';
export type { SpearmanAbsoluteOptions } from './similarities/spearmanAbsolute';
export { pearson } from './similarities/pearson';
export { cosine } from './similarities/cosine';
export { ssim } from './similarities/ssim';
export type { SsimOptions } from './similarities/ssim';
export { hog } from './similarities/hog';
export type { HogOptions } from './similarities/hog';
export type { PictureSize } from './similarities/checkSize';

export { randomizeFrom } from './randomizeFrom';
export type { RandomizeFromOptions } from './randomizeFrom';
export type { Order, RandomizableModel, RandomnessOptions } from './randomizing/randomness';
export type { RandomCopy } from './randomizing/weighted';
export type { How, Replacement, WeightSeen } from './randomizing/how';

export { parameterRandomization } from './parameterRandomization';
export type {
  ParameterRandomization,
  ParameterRandomizationOptions,
  RandomizationCurves,
} from './parameterRandomization';
export type { Similarities, SimilarityName, SimilarityOptions } from './measuring/compare';
export type { MetricMethod, MetricOptions } from './measuring/metricMethod';
export type { MetricControl } from './measuring/subject';
export { classSensitivity } from './classSensitivity';
export type { ClassSensitivity, ClassSensitivityOptions } from './classSensitivity';
export { sparseness } from './sparseness';
export type { Sparseness } from './sparseness';
export { pointingGame } from './pointingGame';
export type { PointingGame, PointingGameOptions } from './pointingGame';
export { check } from './check';
export type { Checked, CheckedSample, CheckOptions } from './check';
export type { AnyMethod } from './measuring/subject';
export { insertion } from './insertion';
export { deletion } from './deletion';
export type { CurveOptions, ScoreCurve } from './filling/curve';
export type { Fill } from './filling/fill';
export { maxSensitivity } from './maxSensitivity';
export type { MaxSensitivity, MaxSensitivityOptions } from './maxSensitivity';
export { road } from './road';
export type { Road, RoadCurve, RoadOptions } from './road';
export { infidelity } from './infidelity';
export type { Infidelity, InfidelityOptions } from './infidelity';
export { completeness } from './completeness';
export type { Completeness, CompletenessOptions } from './completeness';
export { compareMethods } from './compareMethods';
export type {
  ComparedMethods,
  CompareMethodsOptions,
  KnownOptions,
  MethodWithOptions,
} from './compareMethods';
export { compareBackends } from './compareBackends';
export type { BackendDifference, ComparedBackends, CompareBackendsOptions } from './compareBackends';
export { inputInvariance } from './inputInvariance';
export type { InputInvariance, InputInvarianceOptions } from './inputInvariance';
export { cosineConvergence } from './cosineConvergence';
export type { CosineConvergence, CosineConvergenceOptions } from './cosineConvergence';
export type { Cosines } from './converging/cosines';
export { mosaic } from './mosaic';
export type { Mosaic } from './mosaic';
