/** The name and message of what a promise is rejected with. */
export async function rejection(body: () => Promise<unknown>): Promise<string> {
  try {
    await body();
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
  return 'nothing thrown';
}
