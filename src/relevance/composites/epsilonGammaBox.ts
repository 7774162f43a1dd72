import { door } from '../../errors/door';
import { checkOptionNames } from '../../errors/optionNames';
import type { EpsilonRuleOptions } from '../rules/epsilonRule';
import { checkFrom0 } from '../rules/checkRule';
import { gammaRule } from '../rules/gammaRule';
import { checkBox, zBoxRule } from '../rules/zBoxRule';
import type { ZBoxRuleOptions } from '../rules/zBoxRule';
import type { Composite } from './composite';
import { ofKinds } from './ofKinds';

/** Options of `epsilonGammaBox`. */
export interface EpsilonGammaBoxOptions extends EpsilonRuleOptions, ZBoxRuleOptions {
  /** How much more positive contributions count at convolutions. @default 0.25 */
  gamma?: number;
}

/**
 * The z^B rule at a first convolution, the gamma rule at the others, the epsilon rule at dense layers.
 *
 * @throws As `epsilonRule`, `gammaRule` and `zBoxRule`.
 * @see Montavon et al. 2019 — https://doi.org/10.1007/978-3-030-28954-6_10
 * @example
 * ```ts
 * const composite = epsilonGammaBox({ low: 0, high: 1 }); // photos of 0 to 1
 * const map = layerwiseRelevance(model, image, { target: 281, composite });
 * ```
 */
export function epsilonGammaBox(options: EpsilonGammaBoxOptions): Composite {
  return door('epsilonGammaBox', () => {
    const own = ['low', 'high', 'gamma'];
    checkOptionNames(options, ['epsilon', 'bias', ...own]);
    const { low, high, gamma = 0.25 } = options;
    // here, so that errors say the name of this function
    checkBox(low, high);
    checkFrom0('gamma', gamma);
    const box = zBoxRule({ low, high });
    const first = ({ kind }: { kind: string }) => (kind === 'convolution' ? box : undefined);
    const ofConvolutions = ({ bias }: EpsilonRuleOptions) => gammaRule({ gamma, bias });
    return ofKinds(
      'epsilonGammaBox',
      { ...options, gamma } as EpsilonRuleOptions,
      ofConvolutions,
      first,
      own,
    );
  });
}
