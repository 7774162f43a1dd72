/** Node's own, and Bun's and Deno's; a page has none. */
declare const setImmediate: ((task: () => void) => unknown) | undefined;

/**
 * Lets the page, or Node's event loop, have its turn: a promise alone would not.
 *
 * Not by `setTimeout`, where there is another way: after some in a row a page waits 4 ms for each, in a
 * hidden tab a second or more, and Node one.
 */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve);
    else if (typeof MessageChannel === 'function') {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(null);
    } else setTimeout(resolve, 0);
  });
}
