// Over the small amount the member agrees: by the PIN, on their own phone, or through staff.
import { isGood, post } from "./till_wire.js";
import { byId, tone } from "./till_view.js";
import { number, say } from "./till_words.js";

const PHONE_MS = 2000;
let waiting = 0;
let asked = null;

export const isAsking = () => byId("agree").open;

/** Ask for the agreement to an amount; `onAgreed(confirmation)` and `onLeft()` go on. */
export function ask(person, amount, { onAgreed, onLeft }) {
  asked = { ticket: person.ticket, amount, onAgreed, onLeft };
  byId("agree-title").textContent = say("agree_title", { n: number(amount) });
  byId("agree-notice").hidden = true;
  byId("pin").value = "";
  byId("pin-none").hidden = person.has_pin;
  byId("phone-way").hidden = person.kind !== "code";
  byId("agree").showModal();
  byId("pin").focus();
}

function leave() {
  clearTimeout(waiting);
  byId("agree").close();
  for (const id of ["pin", "staff-phone", "staff-pin"]) byId(id).value = "";
  asked.onLeft();
}

async function confirm(way, parts) {
  const answer = await post("/confirmations", {
    ticket: asked.ticket, amount_points: asked.amount, way, ...parts,
  });
  byId("pin").value = byId("staff-pin").value = "";
  if (!answer) return tell(say("no_connection_try"));
  if (!isGood(answer)) {
    tone(false);
    const left = answer.body.facts?.tries_left_count;
    return tell(answer.body.title + (left ? say("tries_left", { n: left }) : ""));
  }
  if (answer.body.state === "waiting") return false;
  const { confirmation } = answer.body;
  leave();
  asked.onAgreed(confirmation);
  return true;
}

function tell(text) {
  byId("agree-notice").textContent = text;
  byId("agree-notice").hidden = false;
  return null;
}

byId("pin-form").addEventListener("submit", (event) => {
  event.preventDefault();
  confirm("pin", { pin: byId("pin").value.normalize("NFKC") });
});
byId("staff-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const staff = { pin: byId("staff-pin").value.normalize("NFKC"), staff_phone: byId("staff-phone").value };
  confirm("second_staff", staff);
});
byId("do-phone").addEventListener("click", async () => {
  const sent = await post("/confirmations/asks", { ticket: asked.ticket, amount_points: asked.amount });
  if (!sent || !isGood(sent)) return tell(sent?.body?.title || say("no_connection_try"));
  tell(say("agree_on_phone"));
  const look = async () => {
    if (!isAsking()) return;
    if ((await confirm("phone", {})) === false) waiting = setTimeout(look, PHONE_MS);
  };
  return look();
});
byId("do-agree-close").addEventListener("click", leave);
byId("agree").addEventListener("cancel", (event) => {
  event.preventDefault();
  leave();
});
