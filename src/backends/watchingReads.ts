import { tfEngine } from './engine';

/** What reads numbers back: TF.js's engine, or one of its backends, which kernels ask without the engine. */
interface Reader {
  readSync(dataId: object): unknown;
}

/** Runs `body`, and tells of each tensor whose numbers are read back from the device. */
export function watchingReads<T>(
  onRead: (dataId: object) => void,
  body: () => T,
  reader: Reader = tfEngine(),
): T {
  const read = Object.getOwnPropertyDescriptor(reader, 'readSync');
  const readSync = reader.readSync.bind(reader);
  reader.readSync = (dataId) => {
    onRead(dataId);
    return readSync(dataId);
  };
  try {
    return body();
  } finally {
    delete (reader as Partial<Reader>).readSync;
    if (read) Object.defineProperty(reader, 'readSync', read);
  }
}
