// Who stands at the till and what they take: every change is put to the shop's book first.
import { findGoods, personCode } from "./till_codes.js";
import { busy, changed, goods, keep, stillUnsure, till } from "./till_state.js";
import { acts, backToScan, drawShelf, drawSum, drawBasket, notice, root, sayRefusal, tone } from "./till_view.js";
import { get, isGood, newKey, post } from "./till_wire.js";
import { number, say } from "./till_words.js";

const TWICE_MS = 4000;
const HARMLESS = new Set(["step_up_required"]);
let lastShown = { text: "", at: 0 };

/** Something was scanned or typed. */
export async function take(given) {
  const text = given.normalize("NFKC").trim();
  if (!text) return undefined;
  if (till.basket.isSent) return stillUnsure();
  const code = personCode(text);
  if (code) return show(code);
  const one = findGoods([...goods.values()], text);
  if (one) return add(one);
  tone(false);
  return notice(say("no_such_goods", { text: text.slice(0, 20) }), say("no_such_goods_note"));
}

/** Whether a text means a person or goods of this till. */
export const knows = (text) => Boolean(personCode(text) || findGoods([...goods.values()], text));

/** Read a code or card: who is it? A scanner that reads one code twice asks once. */
async function show(code) {
  if (till.isBusy || (lastShown.text === code && Date.now() - lastShown.at < TWICE_MS)) return;
  lastShown = { text: code, at: Date.now() };
  busy(true);
  const answer = await post("/presentations", { till_id: root.dataset.till, presented: code }, newKey());
  busy(false);
  lastShown.at = Date.now();
  if (!answer) return noConnection();
  if (!isGood(answer)) return refuse(answer.body);
  const shown = answer.body;
  till.basket.person = {
    ticket: shown.ticket, name: shown.member_name_masked, kind: shown.kind, card_no: shown.card_no,
    balance: shown.balance_points, lots: shown.lots, has_pin: shown.has_pin,
  };
  notice("");
  tone(true);
  changed();
  if (till.basket.items.length) await check(till.basket.items, null);
}

export async function add(one) {
  if (till.isBusy || till.basket.isSent) return;
  const items = structuredClone(till.basket.items);
  let place = items.findIndex((item) => item.goods_id === one.id);
  if (place < 0) {
    const item = { goods_id: one.id, number: one.number, name: one.name, price: one.price_points, count: 0 };
    place = items.push(item) - 1;
  }
  items[place].count += 1;
  await put(items, place, one);
}

/** Put a changed basket in the place of the old one, unless something new stands against it. */
async function put(items, place, one) {
  if (one.available_count !== null && items[place].count > one.available_count) {
    tone(false);
    const title = say("not_added", { name: one.name }) + say("only_left", { n: one.available_count });
    return notice(title, say("take_other"));
  }
  if (till.basket.person && !(await check(items, one))) return undefined;
  till.basket.items = items;
  till.basket.chosen = place;
  tone(true);
  return changed();
}

/** Ask the shop's book what stands against a basket; say it, and return whether it may stay. */
async function check(items, one) {
  const { person } = till.basket;
  const body = { till_id: root.dataset.till, ticket: person.ticket, items: items.map(asItem) };
  busy(true);
  const answer = await post("/quotes", body);
  busy(false);
  if (!answer) return noConnection();
  if (!isGood(answer)) return refuse(answer.body);
  const said = answer.body;
  person.balance = said.balance_points;
  const against = [...said.refusals, ...said.lines.flatMap((line) => line.refusals)];
  const worst = against.find((each) => !HARMLESS.has(each.code));
  if (!worst) {
    notice("");
    return true;
  }
  tone(false);
  sayAgainst(worst, one);
  drawSum(till.basket);
  return false;
}

export const asItem = (item) => ({ goods_id: item.goods_id, quantity_count: item.count });

export function sayAgainst({ code, title, facts }, one) {
  const prefix = one ? say("not_added", { name: one.name }) : "";
  if (code === "insufficient_points") {
    notice(prefix + say("short", { n: number(facts.short_points) }), say("take_other"));
  } else if (code === "limit_exceeded" && facts.goods) {
    const about = prefix || say("about", { name: facts.goods[0].name });
    notice(about + say("limit", { used: facts.used, maximum: facts.maximum }), say("next_month"));
  } else if (code === "stock_conflict" && facts.goods) {
    notice(prefix + say("only_left", { n: facts.goods[0].available_count }), say("take_other"));
  } else sayRefusal({ title }, prefix);
}

async function change(place, by) {
  if (till.isBusy || till.basket.isSent) return;
  const { items } = till.basket;
  const one = goods.get(items[place].goods_id);
  if (by > 0) {
    if (one) await add(one);
    return;
  }
  items[place].count -= 1;
  till.basket.chosen = place;
  if (items[place].count < 1) {
    items.splice(place, 1);
    till.basket.chosen = items.length - 1;
  }
  notice("");
  changed();
  backToScan();
}

function choose(place) {
  if (!till.basket.items[place] || till.basket.chosen === place) return;
  till.basket.chosen = place;
  keep();
}

export function removeOne() {
  const { items, chosen } = till.basket;
  const place = items[chosen] ? chosen : items.length - 1;
  if (place >= 0) change(place, -1);
}

/** Choose the line above or below, for the keys that take a piece off. */
export function chooseBy(step) {
  const { items, chosen } = till.basket;
  if (items.length) choose((chosen + step + items.length) % items.length);
}

export function changePerson() {
  if (till.isBusy || till.basket.isSent) return;
  till.basket.person = null;
  notice(say("next_person"), say("goods_stay"), "is-wait");
  changed();
  backToScan();
}

export async function loadShelf() {
  const answer = await get(`/tills/${root.dataset.till}/goods`);
  if (!answer) return noConnection();
  if (!isGood(answer)) return refuse(answer.body);
  goods.clear();
  for (const one of answer.body.items) goods.set(one.id, one);
  drawShelf(goods);
  return drawBasket(till.basket, goods);
}

function refuse(problem) {
  tone(false);
  sayRefusal(problem);
  if (problem?.code === "not_authenticated") location.assign(`/sign-in?next=${encodeURIComponent(location.pathname)}`);
  return false;
}

function noConnection() {
  tone(false);
  notice(say("no_connection"), say("no_connection_note"));
  return false;
}

Object.assign(acts, { add, change, choose });
