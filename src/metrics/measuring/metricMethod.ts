import type { Model } from '../../model/networkOf';

/** A method of this library, by the options that it takes. */
export type MetricMethod<O extends object> = (model: Model, x: never, options?: O) => unknown;

/** The options of a metric, with those of the method beside them. */
export type MetricOptions<O extends object, Own extends object> = Own & Omit<O, keyof Own>;
