export type { GradientRule, Rectified } from './rules/rule';
export { guided } from './rules/guided';
export { deconv } from './rules/deconv';

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
export type { GraphModelLike, GraphTensorInfo, ModelFunction } from './model/modelKinds';
export type { LayerPath, LayerPlace } from './model/place';

export type { OutputTarget, PlaceTarget, Score, Target, TargetFunction } from './targets/target';

export { withInputGradients } from './tape/withInputGradients';

export { saliency } from './methods/saliency';
export type { SaliencyOptions, TargetOptions } from './methods/saliency';
export { valueAndSaliency } from './methods/valueAndSaliency';
export type { ValueAndSaliency } from './methods/valueAndSaliency';
export { guidedBackprop } from './methods/guidedBackprop';
export { deconvnet } from './methods/deconvnet';

export { reduceChannels } from './maps/reduceChannels';
export type { ChannelReduction, ReduceChannelsOptions } from './maps/reduceChannels';
export { normalize } from './maps/normalize';
export type { NormalizeOptions } from './maps/normalize';
