/** Starts the backend wasm in Node with so many threads. */
export function startThreads(count: number): Promise<void>;
