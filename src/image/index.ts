/**
 * From a photo to what a model takes, and from a map to a picture: of an image, a series, a table, a text or
 * a volume.
 *
 * @module guided-saliency/image
 */

export type { Picture, Pixels } from './pixels';
export { imageInput } from './imageInput';
export type { ImageInputOptions } from './imageInput';
export type { DecodedImage, ImageSource } from './imageSource';
export type { ImageModel } from './inputSize';
export { toPixels } from './toPixels';
export type { ToPixelsOptions } from './toPixels';
export { colorize } from './colorize';
export type { ColorizeOptions } from './colorize';
export type { ColorScale } from './colorScale';
export { overlay } from './overlay';
export { enlarge } from './enlarge';
export { sideBySide } from './sideBySide';
export type { SideBySideOptions } from './sideBySide';
export { captionedGrid } from './captionedGrid';
export type { CaptionedGridOptions, CaptionedPicture } from './captionedGrid';
export { drawOnCanvas } from './drawOnCanvas';
export { drawMap } from './drawMap';
export { encodePng } from './encodePng';
export { plotSeries } from './plots/plotSeries';
export type { PlotSeriesOptions } from './plots/plotSeries';
export { plotBars } from './plots/plotBars';
export type { PlotBarsOptions } from './plots/plotBars';
export { plotTokens } from './plots/plotTokens';
export type { PlotTokensOptions } from './plots/plotTokens';
export { sliceGrid } from './plots/sliceGrid';
export type { SliceGridOptions } from './plots/sliceGrid';
