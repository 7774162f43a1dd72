import type { ConformanceCase } from './conformanceCase';

/** A case that ends in an error, as it should. */
interface Documented {
  /** Which cases, by name. */
  readonly cases: RegExp;
  /** On which backends; on all of them where it is left out. */
  readonly backends?: readonly string[];
  readonly message: RegExp;
}

/** Every error that the suite takes for an answer, with the reason why there is no map. */
const documented: readonly Documented[] = [];

/** Whether this error is the answer that the documentation promises for this case on this backend. */
export function documentedError(each: ConformanceCase, backend: string, message: string): boolean {
  return documented.some(({ cases, backends, message: expected }) =>
    cases.test(each.name) && (backends?.includes(backend) ?? true) && expected.test(message));
}

/** Cases whose forward pass reads or writes beyond its memory: to be refused before it runs, or what follows is spoilt. */
const corrupting: readonly { readonly cases: RegExp; readonly backend: string }[] = [
  { cases: /^DepthwiseConv2dNative: channels first/, backend: 'wasm' },
  { cases: /^Cum(sum|prod): axis -1, rank 3/, backend: 'wasm' },
  { cases: /^conv3dTranspose:/, backend: 'wasm' },
];

/** Whether a case must not even be tried on this backend. */
export function corrupts(each: ConformanceCase, backend: string): boolean {
  return corrupting.some((known) => known.backend === backend && known.cases.test(each.name));
}
