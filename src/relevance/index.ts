/**
 * The score shared out among the inputs: relevance propagation and DeepLIFT. **Relevance propagation is
 * patented**: an entry of its own, so that it can be left out; [Relevance](../../docs/relevance.md) says
 * more.
 *
 * @module guided-saliency/relevance
 */

export type { BiasOption, RelevanceAt, RelevanceInputs, RelevanceRule } from './rules/relevanceRule';
export { epsilonRule } from './rules/epsilonRule';
export type { EpsilonRuleOptions } from './rules/epsilonRule';
export { gammaRule } from './rules/gammaRule';
export type { GammaRuleOptions } from './rules/gammaRule';
export { alphaBetaRule } from './rules/alphaBetaRule';
export type { AlphaBetaRuleOptions } from './rules/alphaBetaRule';
export { zPlusRule } from './rules/zPlusRule';
export { flatRule } from './rules/flatRule';
export { wSquareRule } from './rules/wSquareRule';
export { zBoxRule } from './rules/zBoxRule';
export type { ZBoxRuleOptions } from './rules/zBoxRule';
export { passRule } from './rules/passRule';
export { normRule } from './rules/normRule';

export type { Composite, RelevanceNode } from './composites/composite';
export { epsilon } from './composites/epsilon';
export { epsilonPlus } from './composites/epsilonPlus';
export { epsilonAlpha2Beta1 } from './composites/epsilonAlpha2Beta1';
export { epsilonPlusFlat } from './composites/epsilonPlusFlat';
export { epsilonAlpha2Beta1Flat } from './composites/epsilonAlpha2Beta1Flat';
export { epsilonGammaBox } from './composites/epsilonGammaBox';
export type { EpsilonGammaBoxOptions } from './composites/epsilonGammaBox';
export { uniform } from './composites/uniform';
export { byName } from './composites/byName';
export type { RecordedComposite } from './composites/compositeFrom';

export { layerwiseRelevance } from './layerwiseRelevance';
export type { LayerwiseRelevanceOptions } from './layerwiseRelevance';
export { deepLift } from './deepLift';
export type { DeepLiftOptions } from './deepLift';
export type { DeepLiftBaseline } from './deepLift/baselineFor';
