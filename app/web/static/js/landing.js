// The scan landing: post the fragment once, keep the ticket while its holder signs in.
import { tell } from "./cues.js";

const KEPT = "timebank-seen";
const LIFE_MS = 10 * 60 * 1000;
const main = document.getElementById("landing");
const words = JSON.parse(main.dataset.words);
const zone = { timeZone: "Asia/Shanghai" };

function show(id) {
  for (const part of ["wait", "seen", "refused"]) document.getElementById(part).hidden = part !== id;
}

function fill(name, text) {
  for (const place of main.querySelectorAll(`[data-field="${name}"]`)) place.textContent = text;
}

function written(instant, options) {
  return new Intl.DateTimeFormat(document.documentElement.lang, { ...zone, ...options }).format(new Date(instant));
}

function clock(instant) {
  return written(instant, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

function day(instant) {
  const named = (value) => written(value, { month: "long", day: "numeric", weekday: "short" });
  return named(instant) === named(Date.now()) ? words.today : named(instant);
}

function refuse(sentence) {
  forget();
  fill("problem", sentence);
  show("refused");
  tell(false, `${words.refused} ${sentence}`);
}

function keep(seen) {
  try { sessionStorage.setItem(KEPT, JSON.stringify(seen)); } catch { /* private mode */ }
}

function forget() {
  try { sessionStorage.removeItem(KEPT); } catch { /* private mode */ }
}

function kept() {
  try {
    const seen = JSON.parse(sessionStorage.getItem(KEPT));
    return seen && Date.now() - Date.parse(seen.seen_at) < LIFE_MS ? seen : null;
  } catch { return null; }
}

function present(seen) {
  fill("direction", words[seen.direction]);
  fill("place", seen.node_name);
  fill("title", seen.title);
  fill("checkpoint", seen.checkpoint ?? "");
  fill("address", seen.address);
  fill("times", `${day(seen.starts_at)} ${clock(seen.starts_at)}–${clock(seen.ends_at)}`);
  fill("seen_at", clock(seen.seen_at));
  const form = main.querySelector("form[data-confirm-ticket]");
  if (form) {
    form.elements.ticket.value = seen.ticket;
    form.addEventListener("submit", () => {
      form.querySelector("button").setAttribute("aria-busy", "true");
    });
  }
  show("seen");
}

// Without network the code waits on this phone and goes to the leader as evidence (late.js).
async function keepForLater(token) {
  try { return await (await import("./late.js")).keep(token); } catch { return false; }
}

async function dropKept(token) {
  try { await (await import("./late.js")).drop(token); } catch { /* nothing was kept */ }
}

async function redeem(token) {
  let answer, body;
  try {
    answer = await fetch(main.dataset.seen, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        "Accept-Language": document.documentElement.lang,
        "X-CSRFToken": main.dataset.csrf,
      },
      body: JSON.stringify({ token }),
    });
    body = await answer.json();
  } catch { return refuse(await keepForLater(token) ? words.kept : words.unreached); }
  history.replaceState(null, "", location.pathname);
  if (!answer.ok) return refuse(body.title);
  keep(body);
  dropKept(token);
  present(body);
}

function begin() {
  const token = location.hash.slice(1);
  if (token) {
    redeem(token);
    return;
  }
  const seen = kept();
  if (seen) present(seen); else refuse(words.empty);
}

addEventListener("hashchange", begin);
begin();
