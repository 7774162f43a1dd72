/**
 * From a photo to what a model takes, and from a map to a picture: of an image, a series, a table, a text or
 * a volume.
 *
 * @module guided-saliency/image
 */

export type { Picture, Pixels } from './pictures/pixels';
export { imageInput } from './reading/imageInput';
export type { ImageInputOptions } from './reading/imageInput';
export type { DecodedImage, ImageSource } from './reading/imageSource';
export type { ImageModel } from './reading/inputSize';
export { toPixels } from './toPixels';
export type { ToPixelsOptions } from './toPixels';
export { colorize } from './coloring/colorize';
export type { ColorizeOptions } from './coloring/colorize';
export type { ColorScale } from './coloring/colorScale';
export { overlay } from './pictures/overlay';
export { enlarge } from './pictures/enlarge';
export { sideBySide } from './pictures/sideBySide';
export type { SideBySideOptions } from './pictures/sideBySide';
export { captionedGrid } from './plots/captionedGrid';
export type { CaptionedGridOptions, CaptionedPicture } from './plots/captionedGrid';
export { drawOnCanvas } from './pictures/drawOnCanvas';
export { drawMap } from './coloring/drawMap';
export { encodePng } from './pictures/encodePng';
export { plotSeries } from './plots/plotSeries';
export type { PlotSeriesOptions } from './plots/plotSeries';
export { plotBars } from './plots/plotBars';
export type { PlotBarsOptions } from './plots/plotBars';
export { plotTokens } from './plots/plotTokens';
export type { PlotTokensOptions } from './plots/plotTokens';
export { sliceGrid } from './plots/sliceGrid';
export type { SliceGridOptions } from './plots/sliceGrid';
