/**
 * Maps of which input values an output depends on: the methods, the rules for what goes back through a
 * rectifier, and what reads a model. [Which method](../docs/methods.md) helps to choose.
 *
 * @module guided-saliency
 */

export type { GradientRule, Rectified } from './rules/rule';
export type { Rules } from './rules/ruleFor';
export { guided } from './rules/guided';
export { deconv } from './rules/deconv';
export { rectGrad } from './rules/rectGrad';
export type { RectGradOptions } from './rules/rectGrad';

export { guidedRelu } from './ops/guidedRelu';
export { deconvRelu } from './ops/deconvRelu';
export { withRule } from './ops/withRule';
export type { RuledOp } from './ops/withRule';

export { withGradients } from './overrides/withGradients';
export { overrideActivations } from './overrides/overrideActivations';
export { describeOverrides } from './overrides/describeOverrides';
export type {
  ActivationReport,
  OpOverride,
  Override,
  OverrideOptions,
  Overrides,
} from './overrides/overrides';

export { prepare } from './model/programs/prepare';
export type { PreparedModel } from './model/programs/preparedModel';
export type { Model } from './model/networkOf';
export type { TypedFunction, UserFunction } from './model/userFunction';
export type { Inputs } from './model/inputs';
export type { ChannelAxis } from './model/network';
export type { GraphModelLike, GraphTensorInfo, LoadedModel, ModelFunction } from './model/modelKinds';
export type { LayerPath, LayerPlace } from './model/place';
export type { From } from './model/startNames';

export { contrast } from './targets/contrast';
export type { ContrastOptions } from './targets/contrast';
export type {
  ContrastTarget,
  OutputTarget,
  PlaceTarget,
  PlacedTarget,
  Score,
  Target,
  TargetFunction,
} from './targets/target';

export { withInputGradients } from './tape/withInputGradients';

export { explain } from './explanations/calls/explain';
export type { Explained, LookOptions } from './explanations/calls/explain';
export type { Seen } from './explanations/explainer/explainer';
export type { ExplanationRecord } from './explanations/calls/record';
export type { Json } from './explanations/calls/json';
export { running } from './explanations/calls/running';
export { warm } from './explanations/calls/warm';
export type { InputShapes, Warmed } from './explanations/calls/warm';
export type { Estimate, PassOptions } from './explanations/passes/passes';
export { layersOf } from './explanations/activations/layersOf';
export type { LayerInfo } from './explanations/activations/layersOf';
export type {
  OutputPlace,
  PlaceName,
  SaliencyOptions,
  TargetOptions,
} from './explanations/explainer/options';
export type {
  Given,
  InputMethod,
  MapMethod,
  MapsOf,
  Method,
  SampledInputMethod,
  SampledMapMethod,
  SampledMethod,
  SaliencyMethod,
  SpaceMethod,
  ValueAndSaliency,
} from './explanations/calls/method';

export { saliency } from './methods/saliency';
export { valueAndSaliency } from './methods/valueAndSaliency';
export { guidedBackprop } from './methods/guidedBackprop';
export { deconvnet } from './methods/deconvnet';
export { inputXGradient } from './methods/inputXGradient';
export { classMaps } from './methods/classMaps';
export type { ClassMaps, ClassMapsOptions } from './methods/classMaps';
export type { CamOptions } from './explanations/activations/activationMaps';
export { gradCam } from './methods/gradCam';
export { gradCamPlusPlus } from './methods/gradCamPlusPlus';
export { hiResCam } from './methods/hiResCam';
export { layerCam } from './methods/layerCam';
export { xGradCam } from './methods/xGradCam';
export { guidedGradCam } from './methods/guidedGradCam';
export type { GuidedGradCamOptions } from './methods/guidedGradCam';

export { smoothGrad } from './methods/smoothGrad';
export type { SmoothGradOptions } from './methods/smoothGrad';
export type { NoisyOptions } from './explanations/noise/noisyMaps';
export type { Noise } from './explanations/noise/noise';
export type { OnePassMethod } from './explanations/calls/innerMethod';
export { varGrad } from './methods/varGrad';
export type { VarGradOptions } from './methods/varGrad';
export { integratedGradients } from './methods/integratedGradients';
export type { IntegratedGradientsOptions } from './methods/integratedGradients';
export { expectedGradients } from './methods/expectedGradients';
export type { ExpectedGradientsOptions } from './methods/expectedGradients';
export type { Draws } from './explanations/paths/draws';
export { blurIntegratedGradients } from './methods/blurIntegratedGradients';
export type { BlurIntegratedGradientsOptions } from './methods/blurIntegratedGradients';
export type { Border } from './explanations/paths/blur';
export { guidedIntegratedGradients } from './methods/guidedIntegratedGradients';
export type { GuidedIntegratedGradientsOptions } from './methods/guidedIntegratedGradients';
export { occlusion } from './methods/occlusion';
export type { OcclusionOptions } from './methods/occlusion';
export type { CellSize, WindowSize } from './explanations/hiding/partsToHide';
export { rise } from './methods/rise';
export type { RiseOptions } from './methods/rise';
export type { Masks } from './explanations/hiding/randomMasking';
export { scoreCam } from './methods/scoreCam';
export type { ScoreCamOptions } from './methods/scoreCam';
export type { Baseline, BaselineSet } from './explanations/paths/baselines';
export type { Quadrature } from './explanations/paths/quadrature';

export { reduceChannels } from './maps/reduceChannels';
export type { ChannelReduction, ReduceChannelsOptions } from './maps/reduceChannels';
export { normalize } from './maps/normalize';
export type { NormalizeOptions } from './maps/normalize';
export { resizeMap } from './maps/resizeMap';
export type { ResizeMapOptions } from './maps/resizeMap';
export type { ResizeMethod } from './maps/taps';
