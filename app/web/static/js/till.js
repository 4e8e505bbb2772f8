// The till: a scanner types fast and ends with Enter, a person types slowly and
// presses Enter; neither sells. F8 sells, F2 changes the person, Del takes a piece
// off, Esc gives up, F4 prints, F9 opens the camera; every key is also a button.

import { ask, isAsking } from "./till_agree.js";
import { asItem, changePerson, chooseBy, knows, loadShelf, removeOne, sayAgainst, take } from "./till_basket.js";
import { toggle as toggleCamera, wireCamera } from "./till_camera.js";
import { drawSlip } from "./till_slip.js";
import { begin, busy, changed, goods, keep, keepSlip, sold, stillUnsure, till } from "./till_state.js";
import { backToScan, byId, drawLast, notice, root, sayRefusal, tone, totalOf } from "./till_view.js";
import { listen } from "./till_wedge.js";
import { isGood, redeem } from "./till_wire.js";
import { clockTime, number, say } from "./till_words.js";

let isGivenUp = false;
let escapes = 0;

/** Sell what is on the screen, once. */
async function sell(isResent = false) {
  const { basket } = till;
  if (till.isBusy || (basket.isSent && !isResent)) return;
  if (!basket.person || !basket.items.length) {
    notice(say("not_yet"), say("not_yet_note"), "is-wait");
    return;
  }
  const body = {
    till_id: root.dataset.till,
    ticket: basket.person.ticket,
    items: basket.items.map(asItem),
    expected_total_points: totalOf(basket),
  };
  if (basket.confirmation) body.confirmation = basket.confirmation;
  basket.isSent = true;
  isGivenUp = false;
  keep();
  busy(true, say("selling"));
  if (isResent) stillUnsure();
  const answer = await redeem(body, basket.key, { unsure: stillUnsure, isGivenUp: () => isGivenUp, isResent });
  busy(false);
  basket.isSent = false;
  if (isGood(answer)) done(answer.body);
  else await refused(answer.body);
}

function done(made) {
  sold.count += 1;
  sold.points += made.total_points;
  keepSlip(made);
  showLast(made);
  begin();
  const said = { name: made.member_name_masked, n: number(-made.total_points), left: number(made.balance_points) };
  notice(say("sold", said), say("sold_note", { number: made.number }), "is-ok");
  tone(true);
  backToScan();
  loadShelf();
}

function showLast(made) {
  drawLast({ at: clockTime(made.redeemed_at), name: made.member_name_masked, points: made.total_points }, sold);
  drawSlip(made);
}

/** The basket stays; what is needed now depends on the refusal. */
async function refused(problem) {
  const { basket } = till;
  const code = problem?.code;
  if (code === "step_up_required") {
    keep();
    ask(basket.person, totalOf(basket), { onAgreed: agreed, onLeft: backToScan });
    return;
  }
  if (code === "operation_voided" || code === "idempotency_mismatch") {
    begin();
    notice(say("given_up"), say("put_back"), "is-wait");
    return;
  }
  tone(false);
  if (["code_already_used", "code_expired", "wrong_audience"].includes(code)) basket.person = null;
  if (["stock_conflict", "version_stale", "goods_not_on_sale"].includes(code)) await loadShelf();
  if (code === "version_stale") reprice();
  changed();
  if (problem?.facts?.short_points) sayAgainst(problem, null);
  else sayRefusal(problem);
  backToScan();
}

function agreed(confirmation) {
  till.basket.confirmation = confirmation;
  keep();
  notice(say("agreed"), say("agreed_note"), "is-ok");
  tone(true);
}

function reprice() {
  for (const item of till.basket.items) item.price = goods.get(item.goods_id)?.price_points ?? item.price;
}

/** Esc once asks, twice gives up; a sent basket is given up by sealing its key. */
function quit() {
  const { basket } = till;
  if (!basket.person && !basket.items.length) return notice("");
  escapes += 1;
  if (escapes < 2) {
    return notice(say("quit_again"), say(basket.isSent ? "quit_sent_note" : "quit_note"), "is-wait");
  }
  escapes = 0;
  if (basket.isSent) {
    isGivenUp = true;
    return stillUnsure();
  }
  begin();
  notice(say("given_up"), say("put_back"), "is-wait");
  return backToScan();
}

/** The slip of the last sale: as it was made here, or once more from the server. */
function print() {
  if (till.slip) window.print();
  else if (root.dataset.last) location.assign(root.dataset.last);
  else notice(say("no_slip"), "", "is-wait");
}

const KEYS = {
  F8: () => sell(),
  F2: changePerson,
  F4: print,
  F9: () => toggleCamera(take),
  Escape: quit,
  ArrowUp: () => chooseBy(-1),
  ArrowDown: () => chooseBy(1),
};

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") escapes = 0;
  if (isAsking() || event.isComposing) return;
  const act = KEYS[event.key];
  if (act) {
    event.preventDefault();
    if (!event.repeat) act();
  } else if (event.key === "Delete" && !byId("scan").value) {
    event.preventDefault();
    removeOne();
  } else if (event.key === "Enter" && event.target === byId("do-sell")) {
    event.preventDefault(); // Enter never sells
  }
});

listen(
  (text, whole) => {
    if (isAsking()) tone(false);
    else take(knows(whole) ? whole : text);
  },
  () => (isAsking() ? null : byId("scan")),
);
byId("scan-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const { value } = byId("scan");
  byId("scan").value = "";
  take(value);
});
wireCamera(take);

const on = (id, act) => byId(id).addEventListener("click", () => act());
on("do-sell", () => sell());
on("do-person", changePerson);
on("do-remove", removeOne);
on("do-quit", quit);
on("do-print", print);
byId("do-sell").addEventListener("click", (event) => event.currentTarget.blur());

drawLast(null, sold);
if (till.slip) showLast(till.slip);
keep();
await loadShelf();
backToScan();
if (till.basket.isSent) await sell(true);
