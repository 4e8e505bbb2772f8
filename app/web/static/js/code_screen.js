// The leader's screen, on the phone and on the projector. It holds the codes of the next half
// hour and goes on without network; a code whose time is over vanishes and says what to do.
// Codes live in this page's memory only: closing it leaves nothing behind.
const CROWD_EVERY_MS = 3000;
const QUIET = 4; // modules around a code
const SVG = "http://www.w3.org/2000/svg";
const box = document.getElementById("screen");
const said = JSON.parse(box.dataset.words);
const slotMs = Number(box.dataset.slotSeconds) * 1000;

let supply = null; // { version, codes: Map(slot → code), lastSlot, closesAt, renewAt }
let aheadMs = 0; // the server's clock less ours
let isOnline = true;
let isRefused = false;
let isOver = false;
let isAsking = false;
let shownSlot = null;

const now = () => Date.now() + aheadMs;
const fill = (text, n) => text.replace("{n}", n);

function put(name, text) {
  for (const place of document.querySelectorAll(`[data-field="${name}"]`)) {
    if (place.textContent !== String(text)) place.textContent = text;
  }
}

// ---- asking

async function ask(url, body) {
  const began = Date.now();
  const options = body === undefined
    ? { headers: { Accept: "application/json" } }
    : {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": box.dataset.csrf },
      body: JSON.stringify(body),
    };
  const answer = await fetch(url, { ...options, redirect: "manual", cache: "no-store" });
  if (answer.type === "opaqueredirect") return { status: 401 };
  if (answer.status >= 500) throw new Error(answer.status);
  const values = await answer.json();
  if (answer.ok) aheadMs = Date.parse(values.now) - (began + Date.now()) / 2;
  return { status: answer.status, values };
}

function heard({ status, values }) {
  isOnline = true;
  isRefused = [401, 403, 404].includes(status);
  isOver ||= values?.code === "not_in_time_window" || values?.code === "activity_state_conflict";
  if (isRefused || isOver) supply = null;
  return status === 200;
}

async function askCrowd() {
  const answer = await ask(box.dataset.crowd);
  if (!heard(answer)) return;
  const crowd = answer.values;
  for (const name of ["came_count", "inside_count", "gone_count", "enrolled_count", "latest"]) put(name, crowd[name]);
  if (supply && supply.version !== crowd.key_version) supply = null; // revoked, perhaps elsewhere
}

async function askSupply() {
  const answer = await ask(box.dataset.supply, { after_slot: supply?.lastSlot ?? null });
  if (!heard(answer)) return;
  const made = answer.values;
  if (supply?.version !== made.key_version) {
    supply = { codes: new Map(), lastSlot: null };
    shownSlot = null; // another key: what stands on the glass is worthless, even in its own seconds
  }
  for (const code of made.codes) supply.codes.set(code.slot, code);
  const current = Math.floor(now() / slotMs);
  for (const slot of supply.codes.keys()) if (slot < current) supply.codes.delete(slot);
  supply.version = made.key_version;
  supply.lastSlot = made.codes.at(-1)?.slot ?? supply.lastSlot;
  supply.closesAt = Date.parse(made.closes_at);
  supply.renewAt = now() + made.renew_seconds * 1000;
}

function wantsCodes() {
  if (!supply) return true;
  const lastsUntil = (supply.lastSlot + 1) * slotMs;
  return now() >= supply.renewAt && lastsUntil < supply.closesAt;
}

async function refresh() {
  if (isAsking) return;
  isAsking = true;
  try {
    await askCrowd();
    if (!isRefused && !isOver && wantsCodes()) await askSupply();
  } catch { isOnline = false; }
  isAsking = false;
  show();
}

// ---- showing

function draw({ side, bits }) {
  const raw = Uint8Array.from(atob(bits), (letter) => letter.charCodeAt(0));
  let path = "";
  for (let at = 0; at < side * side; at += 1) {
    if (raw[at >> 3] & (128 >> (at & 7))) path += `M${(at % side) + QUIET} ${Math.floor(at / side) + QUIET}h1v1h-1z`;
  }
  const size = side + 2 * QUIET;
  const picture = document.createElementNS(SVG, "svg");
  const attributes = { viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": box.dataset.label, "shape-rendering": "crispEdges" };
  for (const [name, value] of Object.entries(attributes)) picture.setAttribute(name, value);
  for (const [fill_, d] of [["#fff", `M0 0h${size}v${size}H0z`], ["#000", path]]) {
    const shape = document.createElementNS(SVG, "path");
    shape.setAttribute("fill", fill_);
    shape.setAttribute("d", d);
    picture.append(shape);
  }
  document.getElementById("code").replaceChildren(picture);
}

function why() {
  if (isRefused) return said.refused;
  if (isOver || (supply && now() >= supply.closesAt)) return said.over;
  return isOnline ? said.turning : said.lost;
}

function showNet() {
  const chip = document.getElementById("net");
  const untilMs = supply ? (supply.lastSlot + 1) * slotMs - now() : 0;
  const minutes = Math.max(0, Math.floor(untilMs / 60000));
  put("net", isOnline ? said.online : untilMs > 0 ? fill(said.offline, minutes) : said.stopped);
  chip.classList.toggle("is-ok", isOnline);
  chip.classList.toggle("is-stop", !isOnline);
  for (const each of chip.querySelectorAll("[data-net]")) each.hidden = (each.dataset.net === "on") !== isOnline;
}

function show() {
  const slot = Math.floor(now() / slotMs);
  const code = supply?.codes.get(slot);
  const isFirstLook = supply === null && isOnline && !isRefused && !isOver && shownSlot === null;
  showNet();
  if (isFirstLook) return; // what the server drew stands until the first answer
  for (const part of document.querySelectorAll("[data-live]")) part.hidden = !code;
  document.getElementById("stopped").hidden = Boolean(code);
  if (!code) {
    document.getElementById("code").replaceChildren();
    put("short", "");
    put("why", why());
    shownSlot = -1;
    return;
  }
  const left = Math.max(1, Math.ceil(((slot + 1) * slotMs - now()) / 1000));
  document.getElementById("bar").value = left;
  put("left", fill(said.left, left));
  if (shownSlot === slot) return;
  shownSlot = slot;
  draw(code.qr);
  put("short", `${code.short_code.slice(0, 3)} ${code.short_code.slice(3)}`);
}

// ---- the screen stays lit, and may fill the room

async function stayLit() {
  try { await navigator.wakeLock.request("screen"); } catch { /* not every screen can */ }
}

const full = document.getElementById("full");
if (full && document.fullscreenEnabled) {
  const target = document.getElementById(full.dataset.target);
  full.hidden = false;
  full.addEventListener("click", () => {
    if (document.fullscreenElement) document.exitFullscreen();
    else target.requestFullscreen();
  });
}

setInterval(show, 500);
setInterval(refresh, CROWD_EVERY_MS);
for (const event of ["online", "offline", "pageshow"]) window.addEventListener(event, refresh);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  refresh();
  stayLit();
});
refresh();
stayLit();
