// Scans made without network: kept on this phone for 72 hours, sent when it is back.
// What is sent is evidence that waits for the leader; it checks nobody in by itself.
const STORE = "late";
const READER = "reader";
const LIFE_MS = 72 * 60 * 60 * 1000;
const HOLDER = "timebank-holder";
const OVER = new Set([409, 410, 422]);
const TOKEN = /^[\w-]{20,200}$/;

/** Keep a scanned code; the same code is kept once. Returns false where nothing can be kept. */
export async function keep(token) {
  if (!TOKEN.test(token)) return false;
  try {
    const store = await open(STORE, "readwrite");
    const all = await done(store.getAll());
    if (!all.some((one) => one.token === token)) {
      const row = {
        key: crypto.randomUUID(), token, scanned_at: new Date().toISOString(), holder: holder(),
      };
      await done(store.put(row));
    }
    return true;
  } catch { return false; }
}

/** Forget a code that went through in the ordinary way after all. */
export async function drop(token) {
  try {
    const store = await open(STORE, "readwrite");
    for (const one of await done(store.getAll())) {
      if (one.token === token) await done(store.delete(one.key));
    }
  } catch { /* nothing was kept */ }
}

/** List what waits for the network, of whoever holds this phone; what is too old is dropped. */
export async function waiting() {
  try {
    const store = await open(STORE, "readwrite");
    const mine = [];
    for (const one of await done(store.getAll())) {
      if (Date.now() - Date.parse(one.scanned_at) > LIFE_MS) await done(store.delete(one.key));
      else if (!one.holder || one.holder === holder()) mine.push(one);
    }
    return mine;
  } catch { return []; }
}

/**
 * Send what waits. Returns what became of it: taken by the server (with the activity's
 * title), refused for good (with the sentence), or still waiting for network or sign-in.
 */
export async function send(address, csrf) {
  const told = { taken: [], refused: [], waiting: 0 };
  for (const one of await waiting()) {
    const answer = await post(address, csrf, one);
    if (!answer) { told.waiting += 1; continue; }
    const body = await answer.json().catch(() => ({}));
    if (answer.ok) told.taken.push(body);
    else if (OVER.has(answer.status) && body.code !== "idempotency_in_flight") told.refused.push(body);
    else { told.waiting += 1; continue; }
    await drop(one.token);
  }
  return told;
}

/** Remember who holds this phone (a tag, no name) and how they read, for when there is no network. */
export async function remember(tag, language, size) {
  try {
    if (tag) localStorage.setItem(HOLDER, tag);
    const store = await open(READER, "readwrite");
    await done(store.put(language, "language"));
    await done(store.put(size, "size"));
  } catch { /* private mode */ }
}

/** How the reader reads: their size of letters. */
export async function size() {
  try { return await done((await open(READER, "readonly")).get("size")); } catch { return ""; }
}

function holder() {
  try { return localStorage.getItem(HOLDER) || ""; } catch { return ""; }
}

async function post(address, csrf, one) {
  try {
    return await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrf, "Idempotency-Key": one.key },
      body: JSON.stringify({ token: one.token, scanned_at: one.scanned_at }),
    });
  } catch { return null; }
}

async function open(store, mode) {
  const asked = indexedDB.open("timebank", 1);
  asked.onupgradeneeded = () => {
    asked.result.createObjectStore(STORE, { keyPath: "key" });
    asked.result.createObjectStore(READER);
  };
  const database = await done(asked);
  return database.transaction(store, mode).objectStore(store);
}

function done(request) {
  return new Promise((tell, fail) => {
    request.onsuccess = () => tell(request.result);
    request.onerror = () => fail(request.error);
  });
}
