// Keeps the files of one build, and gives them before it asks the network. The build puts their names in the
// place of FILES, and what they are made of in that of BUILD. The build before is kept, too: a page of it may
// be open, and ask for a part of it that it had no need of yet.

const PREFIX = `guided-saliency ${self.registration.scope} `; // a host may have other copies in other folders
const CACHE = PREFIX + 'BUILD';

addEventListener('install', (event) => {
  // asked of the host itself: what the browser has kept may be of a build before
  const files = ['./', ...FILES].map((file) => new Request(file, { cache: 'no-cache' }));
  const kept = caches.open(CACHE).then((cache) => cache.addAll(files));
  event.waitUntil(kept.then(() => self.skipWaiting()));
});

addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      const old = (await cachesBefore()).slice(0, -1);
      await Promise.all(old.map((name) => caches.delete(name)));
      await self.clients.claim();
    })(),
  );
});

addEventListener('fetch', (event) => {
  if (event.request.method !== 'GET' || !event.request.url.startsWith(self.location.origin)) return;
  event.respondWith(answerTo(event.request));
});

async function answerTo(request) {
  for (const name of [CACHE, ...(await cachesBefore())]) {
    const response = await caches.match(request, { cacheName: name, ignoreSearch: true });
    if (response) return response;
  }
  return fetch(request);
}

/** Those of builds before this one, the oldest first. */
async function cachesBefore() {
  return (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
}
