// What a page has as `window.guidedSaliency`. Relevance, which is patented, is not in it.
export * from './index';
export * as image from './image/index';
export * as metrics from './metrics/index';
