/**
 * Keeps the page's files, so that it opens without a network from now on; where a browser cannot, it goes
 * without.
 */
export function keepOffline(): void {
  if (import.meta.env.MODE !== 'production' || !('serviceWorker' in navigator)) return;
  navigator.serviceWorker.register(new URL('serviceWorker.js', document.baseURI)).catch(() => undefined);
}
