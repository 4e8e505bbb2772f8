// The service worker. It keeps the static files of KEPT and nothing of any person; it never
// answers a form (only GET is looked at), and a page comes from the network or not at all.
const NAME = `timebank-${VERSION}`;
const OURS = "timebank-";
const OFFLINE = { zh: "/offline/zh", en: "/offline/en" };

self.addEventListener("install", (event) => {
  event.waitUntil(keepAll().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(forgetOld().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(open(request));
  else if (KEPT.includes(address.pathname)) event.respondWith(freshOrKept(request, address));
});

async function keepAll() {
  const cache = await caches.open(NAME);
  // Without cookies: what comes back is the same for everybody.
  await cache.addAll(KEPT.map((path) => new Request(path, { credentials: "omit", cache: "reload" })));
}

async function forgetOld() {
  const names = await caches.keys();
  await Promise.all(
    names.filter((name) => name.startsWith(OURS) && name !== NAME).map((name) => caches.delete(name)),
  );
}

async function open(request) {
  try {
    return await fetch(request);
  } catch {
    const cache = await caches.open(NAME);
    return (await cache.match(OFFLINE[await language()])) || Response.error();
  }
}

async function freshOrKept(request, address) {
  try {
    return await fetch(request);
  } catch {
    const cache = await caches.open(NAME);
    return (await cache.match(address.pathname)) || Response.error();
  }
}

// The page tells its language by way of the browser's own store: cookies are not ours to read.
async function language() {
  const kept = await new Promise((tell) => {
    const asked = indexedDB.open("timebank", 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("late", { keyPath: "key" });
      asked.result.createObjectStore("reader");
    };
    asked.onerror = () => tell("zh");
    asked.onsuccess = () => {
      const read = asked.result.transaction("reader").objectStore("reader").get("language");
      read.onsuccess = () => { asked.result.close(); tell(read.result); };
      read.onerror = () => tell("zh");
    };
  });
  return kept in OFFLINE ? kept : "zh";
}
