// The wire of the till: requests, and what to do when an answer is lost.
// A basket has one key, kept before it is sent. A lost answer is asked for by that
// key until it is known; the same key never charges twice.

const WAIT_MS = 5000;
const ASK_MS = [0, 2000, 4000, 8000, 10000];
const root = document.getElementById("main");
const api = root.dataset.api;
const csrf = document.querySelector('meta[name="csrf-token"]').content;

export const newKey = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(18));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_");
};

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Send once. Returns {status, body}; throws when no answer came. */
async function send(method, path, body, key) {
  const headers = { Accept: "application/json", "X-CSRFToken": csrf };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (key) headers["Idempotency-Key"] = key;
  const answer = await fetch(api + path, {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: AbortSignal.timeout(WAIT_MS),
  });
  const text = await answer.text();
  return { status: answer.status, body: text ? JSON.parse(text) : null };
}

export const isGood = (answer) => answer.status < 400;

/** Read something; null when there is no connection. */
export async function get(path) {
  try {
    return await send("GET", path);
  } catch {
    return null;
  }
}

/** Write something small that may be sent again under the same key; null when it stays unknown. */
export async function post(path, body, key) {
  for (let tries = 0; tries < 3; tries += 1) {
    try {
      const answer = await send("POST", path, body, key);
      if (!isBusy(answer)) return answer;
    } catch {
      await sleep(500 * 2 ** tries);
    }
  }
  return null;
}

const isBusy = ({ status, body }) =>
  status >= 500 || (status === 409 && body?.code === "idempotency_in_flight");

/**
 * Redeem a basket under its key until the outcome is known.
 * `unsure` is told when an answer is late; `isGivenUp` may end the waiting by sealing the key.
 */
export async function redeem(body, key, { unsure, isGivenUp, isResent = false }) {
  let isAsking = isResent;
  for (let tries = 0; ; tries += 1) {
    try {
      if (isGivenUp()) {
        const sealed = await settle(await send("POST", "/operations/void", { idempotency_key: key }));
        if (sealed) return sealed;
      }
      if (isAsking) {
        const known = await settle(await send("GET", `/operations?idempotency_key=${key}`));
        if (known) return known;
      }
      if (!isGivenUp()) {
        const answer = await send("POST", "/redemptions", body, key);
        if (!isBusy(answer)) return answer;
      }
    } catch {
      // no answer: it may have been done, so ask before anything else
    }
    isAsking = true;
    unsure();
    await sleep(ASK_MS[Math.min(tries, ASK_MS.length - 1)]);
  }
}

/** Sign in again, or fetch a fresh page; the sent basket is kept and asked about there. */
function leave(address) {
  location.assign(address);
  return new Promise(() => {});
}

/** What an asked operation came to; null while it is not known or was never done. */
async function settle({ status, body }) {
  if (status === 401) return leave(`/sign-in?next=${encodeURIComponent(location.pathname)}`);
  if (status === 403) return leave(location.pathname);
  if (status !== 200 || body.state === "none" || body.state === "in_progress") return null;
  return { status: body.status, body: body.body };
}
