// The star board on a wall: turns its pages calmly, asks for a new picture every minute,
// keeps the last one while there is no network, and comes back by itself.
const wall = document.querySelector("[data-wall]");
const words = JSON.parse(wall.dataset.words);
const TURN_MS = 15_000;
const ASK_MS = 60_000;
const RETRY_MS = [5_000, 10_000, 20_000, 40_000, ASK_MS];

let shown = 0;
let isPaused = false;
let failed = 0;
let asking = 0;

const picture = () => wall.querySelector("[data-picture]");
const pages = () => [...wall.querySelectorAll("[data-page]")];
const state = () => wall.querySelector("[data-state]");

function turnTo(place) {
  const all = pages();
  if (!all.length) return;
  shown = place % all.length;
  all.forEach((page, at) => { page.hidden = at !== shown; });
  wall.querySelectorAll("[data-dots] i").forEach((dot, at) => {
    dot.classList.toggle("is-here", at === shown);
  });
}

function turn() {
  if (isPaused) return;
  wall.classList.add("is-turning");
  turnTo(shown + 1);
}

function pause() {
  isPaused = !isPaused;
  const button = wall.querySelector("[data-pause]");
  if (button) button.textContent = isPaused ? words.go_on : words.pause;
}

// A new release has a new stylesheet: then the whole page is loaded anew.
function isOtherRelease(next) {
  const style = (page) => page.querySelector('link[rel="stylesheet"]')?.getAttribute("href");
  return style(next) !== style(document);
}

function take(next) {
  const fresh = next.querySelector("[data-wall]");
  if (!fresh || isOtherRelease(next) || !picture() || !fresh.querySelector("[data-picture]")) {
    location.reload();
    return;
  }
  wall.replaceChildren(...fresh.childNodes);
  wall.classList.remove("is-lost", "is-turning");
  turnTo(shown);
  if (isPaused) {
    isPaused = false;
    pause();
  }
}

// Switched off: what was public is public no more, so the names go at once.
function close() {
  if (picture()) location.reload();
}

function keepTheLast() {
  wall.classList.add("is-lost");
  const drawn = picture()?.dataset.drawn ?? "";
  state().textContent = words.lost.replace("{time}", drawn);
}

function later(wait) {
  clearTimeout(asking);
  asking = setTimeout(ask, wait);
}

async function ask() {
  clearTimeout(asking);
  try {
    const answer = await fetch(location.href, {
      cache: "no-store",
      headers: { Accept: "text/html" },
      signal: AbortSignal.timeout(20_000),
    });
    if (answer.status === 404) close();
    else if (answer.ok) take(new DOMParser().parseFromString(await answer.text(), "text/html"));
    else throw new Error(String(answer.status));
    failed = 0;
    later(ASK_MS);
  } catch {
    keepTheLast();
    later(RETRY_MS[Math.min(failed++, RETRY_MS.length - 1)]);
  }
}

// A screen that sleeps shows nothing: ask it to stay awake, where it can.
async function stayAwake() {
  try { await navigator.wakeLock.request("screen"); } catch { /* it decides itself */ }
}

wall.addEventListener("click", (event) => {
  if (event.target.closest("[data-pause]")) pause();
});
addEventListener("online", ask);
addEventListener("offline", keepTheLast);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") stayAwake();
});
setInterval(turn, TURN_MS);
later(ASK_MS);
stayAwake();
