/** Runs `body`; what it throws says which option is at fault. */
export async function named<T>(option: string, body: () => T | Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    const { message } = error as Error;
    throw message.startsWith('--') ? error : new Error(`${option}: ${message}`, { cause: error });
  }
}
