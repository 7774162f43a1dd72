// Keeps the files of one build, and gives them before it asks the network. The build puts their names in the
// place of FILES, and what they are made of in that of BUILD.

const PREFIX = 'guided-saliency ';
const CACHE = PREFIX + 'BUILD';

addEventListener('install', (event) => {
  const kept = caches.open(CACHE).then((cache) => cache.addAll(['./', ...FILES]));
  event.waitUntil(kept.then(() => self.skipWaiting()));
});

addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      const old = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
      await Promise.all(old.map((name) => caches.delete(name)));
      await self.clients.claim();
    })(),
  );
});

addEventListener('fetch', (event) => {
  if (event.request.method !== 'GET' || !event.request.url.startsWith(self.location.origin)) return;
  const kept = caches.open(CACHE).then((cache) => cache.match(event.request, { ignoreSearch: true }));
  event.respondWith(kept.then((response) => response ?? fetch(event.request)));
});
