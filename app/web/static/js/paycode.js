// My code: ask for one, renew it 15 seconds before it ends, show what came of it.
import { tell } from "./cues.js";

const RENEW_BEFORE_S = 15;
const ASK_EVERY_MS = 2000;
const box = document.getElementById("code");
const words = JSON.parse(box.dataset.words);
const get = (id) => document.getElementById(id);
const live = []; // ids still worth asking about: the one shown and the one before
let endsAt = 0;
let askedId = null;
let isOver = false;
let isAsking = false;
let isLooking = false;
let shownStep = "";
let lamp = null;

async function call(url, options = {}) {
  const answer = await fetch(url, {
    ...options,
    headers: { Accept: "application/json", "X-CSRFToken": box.dataset.csrf },
  });
  const body = answer.status === 204 ? {} : await answer.json();
  if (!answer.ok) throw Object.assign(new Error(body.title), { body });
  return body;
}

function follow(code) {
  live.unshift(code.id);
  live.splice(2);
  endsAt = performance.now() + code.seconds * 1000;
}

function isShown(value) {
  for (const id of ["svg", "digits", "hint", "time"]) get(id).hidden = !value;
  get("stopped").hidden = value;
}

function paint(code) {
  follow(code);
  get("svg").innerHTML = code.svg; // our own SVG, from our own server
  get("digits").textContent = code.digits;
  isShown(true);
  tick();
}

function vanish(sentence) {
  isShown(false);
  get("stopped-text").textContent = sentence;
}

async function renew() {
  if (isAsking || isOver) return;
  isAsking = true;
  try {
    paint(await call(box.dataset.url, { method: "POST" }));
  } catch (error) {
    const left = Math.ceil((endsAt - performance.now()) / 1000);
    if (left <= 0) vanish(error.body ? error.body.title : words.offline);
  } finally { isAsking = false; }
}

function finish(said) {
  const isGood = said.step !== "refused";
  get("said").textContent = said.title;
  get("text").textContent = said.text;
  for (const id of ["show", "note", "other"]) get(id).hidden = true;
  get("renew").hidden = isGood;
  get("result").hidden = false;
  get("result-box").classList.toggle("ax-refusal", !isGood);
  get("mark-ok").toggleAttribute("hidden", !isGood);
  get("mark-stop").toggleAttribute("hidden", isGood);
  get("agree").hidden = said.step !== "asked";
  get("home").hidden = ["asked", "agreed"].includes(said.step);
  if (said.points_left && get("left-points")) get("left-points").textContent = said.points_left;
  get("said").focus();
  tell(isGood, `${said.title}。${said.text}`);
}

async function look() {
  if (isLooking || document.hidden || shownStep === "done" || shownStep === "refused") return;
  isLooking = true;
  try {
    for (const id of [...live]) {
      const said = await call(box.dataset.status.replace("ID", id));
      if (said.state !== "used") continue;
      askedId = id;
      isOver = true;
      get("agree").dataset.points = said.points || "";
      if (said.step !== shownStep) finish(said);
      shownStep = said.step;
    }
  } catch { /* the next look may reach the server */ } finally { isLooking = false; }
}

function tick() {
  if (isOver || !endsAt) return;
  const left = Math.ceil((endsAt - performance.now()) / 1000);
  if (left <= RENEW_BEFORE_S && !document.hidden) renew();
  if (left <= 0) return vanish(words.ended);
  get("bar").value = left;
  get("left").textContent = words.left.replace("{n}", Math.max(1, left - RENEW_BEFORE_S));
}

async function agree(event) {
  event.preventDefault();
  const sent = new URLSearchParams({ points: get("agree").dataset.points });
  try {
    await call(box.dataset.agree.replace("ID", askedId), { method: "POST", body: sent });
    look();
  } catch (error) { get("text").textContent = error.body ? error.message : words.unreached; }
}

async function stayLit() {
  try { lamp = await navigator.wakeLock.request("screen"); } catch { lamp = null; }
}

function begin(event) {
  event.preventDefault();
  isOver = false;
  shownStep = "";
  live.length = 0;
  get("result").hidden = true;
  for (const id of ["show", "note", "other", "renew"]) get(id).hidden = false;
  renew();
}

get("renew").addEventListener("submit", begin);
get("agree").addEventListener("submit", agree);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  if (!lamp || lamp.released) stayLit();
  tick();
  look();
});
if (box.dataset.first) follow(JSON.parse(box.dataset.first)); else renew();
setInterval(tick, 1000);
setInterval(look, ASK_EVERY_MS);
tick();
stayLit();
