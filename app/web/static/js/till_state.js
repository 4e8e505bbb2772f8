// The basket on the till, kept before anything is sent: it outlives a reload.
import { drawBasket, drawListening, drawSum, notice, root } from "./till_view.js";
import { newKey } from "./till_wire.js";
import { say } from "./till_words.js";

const SAVED = `till:${root.dataset.till}`;
const SLIP = `till-slip:${root.dataset.till}`;

const blank = () => ({ person: null, items: [], chosen: -1, key: newKey(), isSent: false, confirmation: null });

export const goods = new Map();
export const sold = { count: Number(root.dataset.soldCount), points: Number(root.dataset.soldPoints) };
export const till = { basket: read(SAVED) ?? blank(), slip: read(SLIP), isBusy: false };

function read(name) {
  try {
    return JSON.parse(sessionStorage.getItem(name));
  } catch {
    return null;
  }
}

/** Keep the basket before anything is sent, and draw it. */
export function keep() {
  sessionStorage.setItem(SAVED, JSON.stringify(till.basket));
  drawBasket(till.basket, goods);
  drawSum(till.basket);
}

/** A changed basket is another intention: new key, and to be confirmed anew. */
export function changed() {
  till.basket.key = newKey();
  till.basket.confirmation = null;
  keep();
}

export function begin() {
  till.basket = blank();
  keep();
}

export function keepSlip(slip) {
  till.slip = slip;
  sessionStorage.setItem(SLIP, JSON.stringify(slip));
}

export function busy(isNow, text = say("looking")) {
  till.isBusy = isNow;
  drawListening(isNow ? text : say("ready"), isNow);
}

export function stillUnsure() {
  notice(say("unsure"), say("unsure_note"), "is-wait");
}
