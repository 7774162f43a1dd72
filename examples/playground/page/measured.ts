/** Waits for something, and has the browser's performance panel show how long it took. */
export async function measured<T>(name: string, work: Promise<T>): Promise<T> {
  const start = performance.now();
  try {
    return await work;
  } finally {
    performance.measure(name, { start });
  }
}
