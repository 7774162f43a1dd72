import { tfEngine } from './engine';

/** Runs `body`, and tells of each tensor whose numbers are read back from the device. */
export function watchingReads<T>(onRead: (dataId: object) => void, body: () => T): T {
  const engine = tfEngine();
  const read = Object.getOwnPropertyDescriptor(engine, 'readSync');
  const readSync = engine.readSync.bind(engine);
  engine.readSync = (dataId) => {
    onRead(dataId);
    return readSync(dataId);
  };
  try {
    return body();
  } finally {
    delete (engine as Partial<typeof engine>).readSync;
    if (read) Object.defineProperty(engine, 'readSync', read);
  }
}
