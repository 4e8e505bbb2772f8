// The leader's door: camera or scan gun, one person after the other; the page never goes away.
import { openScanner } from "./scanner.js";
import { tell } from "./cues.js";

const WEDGE_MS = 60; // a scan gun types faster than any hand
const get = (id) => document.getElementById(id);
const box = get("door");
const words = JSON.parse(box.dataset.words);
const field = get("presented");
const list = document.querySelector("section > ul");
let scanner = null;
let queue = Promise.resolve();

function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(18))].map((byte) => byte.toString(36).padStart(2, "0")).join("");
}

function say(isDone, sentence) {
  get("heard").hidden = false;
  get("heard").classList.toggle("is-stop", !isDone);
  for (const part of get("heard").querySelectorAll("[data-when]")) part.hidden = (part.dataset.when === "ok") !== isDone;
  get("heard-text").textContent = sentence;
  tell(isDone, sentence);
}

function paint(latest) {
  get("nobody").hidden = latest.length > 0;
  list.replaceChildren(...latest.map((each) => {
    const row = get("one").content.firstElementChild.cloneNode(true);
    const [name, did] = row.querySelectorAll("b, .ax-note");
    name.textContent = each.name;
    did.textContent = each.did;
    row.firstElementChild.lastElementChild.textContent = each.at;
    return row;
  }));
}

// One key for one person: a lost answer is asked for again, and nobody is taken twice.
async function send(presented, key) {
  const body = new URLSearchParams({
    presented, direction: box.dataset.direction, csrf_token: box.dataset.csrf, idempotency_key: key,
  });
  const answer = await fetch(box.dataset.url, {
    method: "POST", body, headers: { Accept: "application/json" }, redirect: "error",
  });
  return answer.json();
}

async function take(presented) {
  const key = newKey();
  for (const isLast of [false, true]) {
    try {
      const told = await send(presented, key);
      say(told.is_done === true, told.said ?? told.title);
      if (told.latest) paint(told.latest);
      return;
    } catch { if (isLast) say(false, words.offline); }
  }
}

const present = (text) => {
  const presented = text.trim();
  if (presented) queue = queue.then(() => take(presented));
};

// ---- camera

function stop() {
  scanner?.stop();
  scanner = null;
  get("view").hidden = true;
  get("open").hidden = false;
}

async function open() {
  get("view").hidden = false;
  get("open").hidden = true;
  get("stop").focus();
  const opened = await openScanner(get("video"), {
    onText: present,
    onTrouble(code) {
      stop();
      say(false, words[code] ?? words.lost);
    },
  });
  if (get("view").hidden) opened.stop(); else scanner = opened;
}

get("open").hidden = false;
get("open").addEventListener("click", open);
get("stop").addEventListener("click", () => { stop(); get("open").focus(); });
addEventListener("pagehide", () => scanner?.stop());

// ---- typed, or by a scan gun whatever has the focus

get("typed").addEventListener("submit", (event) => {
  event.preventDefault();
  present(field.value);
  field.value = "";
  field.focus();
});

let burst = "";
let lastAt = 0;
document.addEventListener("keydown", (event) => {
  if (event.target === field || event.ctrlKey || event.metaKey || event.altKey) return;
  const now = performance.now();
  if (now - lastAt > WEDGE_MS) burst = "";
  lastAt = now;
  if (event.key.length === 1) burst += event.key;
  if (event.key === "Enter" && burst.length > 5) {
    event.preventDefault();
    present(burst);
    burst = "";
  }
});
