/** What stands before the pixels of a JPEG. */
export interface JpegHead {
  /** 0 where it is not said. */
  width: number;
  height: number;
  /** How the camera was held, 1...8, as EXIF counts; 1 where it is not said. */
  orientation: number;
}

/** Reads the segments of a JPEG as far as its pixels; of a damaged file, what can be read. */
export function readJpegHead(bytes: Uint8Array): JpegHead {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const head: JpegHead = { width: 0, height: 0, orientation: 1 };
  for (let at = 2; at + 9 <= bytes.length && bytes[at] === 0xff; at += 2 + view.getUint16(at + 2)) {
    const marker = bytes[at + 1] ?? 0;
    if (marker === START_OF_SCAN) break;
    if (marker === EXIF) head.orientation = orientationIn(segment(view, at)) ?? head.orientation;
    if (isFrame(marker)) [head.height, head.width] = [view.getUint16(at + 5), view.getUint16(at + 7)];
  }
  return head;
}

const START_OF_SCAN = 0xda;
const EXIF = 0xe1;

/** SOF0 to SOF15, but for the three markers between them that are tables. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

/** A segment without its marker and length; cut off where the file ends. */
function segment(view: DataView, at: number): DataView {
  const length = Math.min(Math.max(view.getUint16(at + 2) - 2, 0), view.byteLength - at - 4);
  return new DataView(view.buffer, view.byteOffset + at + 4, length);
}

/** The orientation that EXIF data note; undefined where they note none. */
function orientationIn(exif: DataView): number | undefined {
  if (exif.byteLength < 14 || exif.getUint32(0) !== 0x45786966) return undefined; // "Exif"
  const tiff = new DataView(exif.buffer, exif.byteOffset + 6, exif.byteLength - 6);
  const isLittle = tiff.getUint16(0) === 0x4949; // "II"
  const first = tiff.getUint32(4, isLittle);
  if (first + 2 > tiff.byteLength) return undefined;
  const entries = tiff.getUint16(first, isLittle);
  for (let i = 0, at = first + 2; i < entries && at + 12 <= tiff.byteLength; i++, at += 12) {
    if (tiff.getUint16(at, isLittle) !== ORIENTATION) continue;
    const value = tiff.getUint16(at + 8, isLittle);
    return value >= 1 && value <= 8 ? value : undefined;
  }
  return undefined;
}

const ORIENTATION = 0x0112;
