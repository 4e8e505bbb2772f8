// The till: a scanner types fast and ends with Enter, a person types slowly and
// presses Enter; neither sells. F8 sells, F2 changes the person, Del takes a piece
// off, Esc gives up, F4 prints; every key is also a button. The basket outlives a
// reload, and a sent basket is asked about until its outcome is known.

import { get, isGood, newKey, post, redeem } from "./till_wire.js";
import {
  beep, byId, drawBasket, drawLast, drawListening, drawShelf, drawSlip, drawSum,
  notice, number, piecesOf, root, sayRefusal, totalOf,
} from "./till_view.js";

const SAVED = `till:${root.dataset.till}`;
const CODE = /^(T[PC]1\.[0-9a-z]{1,12}\.[A-Za-z0-9_-]{22}|\d{18})$/;
const TWICE_MS = 4000;
const PHONE_MS = 2000;

const goods = new Map();
const sold = { count: Number(root.dataset.soldCount), points: Number(root.dataset.soldPoints) };
const blank = () => ({ person: null, items: [], chosen: -1, key: newKey(), isSent: false, confirmation: null });
let state = restore();
let slip = null;
let isBusy = false;
let isGivenUp = false;
let escapes = 0;
let lastShown = { text: "", at: 0 };
let waiting = 0;

function restore() {
  try {
    return JSON.parse(sessionStorage.getItem(SAVED)) || blank();
  } catch {
    return blank();
  }
}

/** Keep the basket before anything is sent, and draw it. */
function keep() {
  sessionStorage.setItem(SAVED, JSON.stringify(state));
  drawBasket(state, goods, { change, choose });
  drawSum(state);
}

/** A changed basket is another intention: new key, and to be confirmed anew. */
function changed() {
  state.key = newKey();
  state.confirmation = null;
  keep();
}

// ---------------------------------------------------------------- scanning

byId("scan-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const field = byId("scan");
  const text = field.value.normalize("NFKC").trim();
  field.value = "";
  if (text) take(text);
});

async function take(text) {
  if (state.isSent) return stillUnsure();
  const code = CODE.test(text.replaceAll(" ", "")) ? text.replaceAll(" ", "") : null;
  if (code) return show(code);
  const one = find(text);
  if (one) return add(one);
  beep(false);
  return notice(`没有“${text.slice(0, 20)}”这样东西。`, "什么都没有变。请核对货号，或再扫一次。");
}

function find(text) {
  const all = [...goods.values()];
  const plain = (number_) => number_.replace(/^0+(?=.)/, "");
  return (
    all.find((one) => one.barcode === text) ||
    all.find((one) => one.number.toLowerCase() === text.toLowerCase()) ||
    all.find((one) => plain(one.number) === plain(text))
  );
}

/** Read a code or card: who is it? A scanner that reads one code twice asks once. */
async function show(code) {
  if (isBusy || (lastShown.text === code && Date.now() - lastShown.at < TWICE_MS)) return;
  lastShown = { text: code, at: Date.now() };
  busy(true);
  const answer = await post("/presentations", { till_id: root.dataset.till, presented: code }, newKey());
  busy(false);
  lastShown.at = Date.now();
  if (!answer) return noConnection();
  if (!isGood(answer)) return refuse(answer.body);
  const shown = answer.body;
  state.person = {
    ticket: shown.ticket, name: shown.member_name_masked, kind: shown.kind, card_no: shown.card_no,
    balance: shown.balance_points, lots: shown.lots, has_pin: shown.has_pin,
  };
  notice("");
  beep(true);
  changed();
  if (state.items.length) await check(state.items, null);
}

// ---------------------------------------------------------------- basket

async function add(one) {
  if (isBusy || state.isSent) return;
  const items = structuredClone(state.items);
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
    beep(false);
    return notice(`${one.name} 没加上：架上只有 ${one.available_count} 件。`, "积分没有扣。换别的，或少换一样。");
  }
  if (state.person && !(await check(items, one))) return;
  state.items = items;
  state.chosen = place;
  beep(true);
  changed();
}

const HARMLESS = new Set(["step_up_required"]);

/** Ask the shop's book what stands against a basket; say it, and return whether it may stay. */
async function check(items, one) {
  const body = { till_id: root.dataset.till, ticket: state.person.ticket, items: items.map(asItem) };
  busy(true);
  const answer = await post("/quotes", body);
  busy(false);
  if (!answer) return noConnection();
  if (!isGood(answer)) return refuse(answer.body);
  const said = answer.body;
  state.person.balance = said.balance_points;
  const against = [...said.refusals, ...said.lines.flatMap((line) => line.refusals)];
  const worst = against.find((each) => !HARMLESS.has(each.code));
  if (!worst) {
    notice("");
    return true;
  }
  beep(false);
  sayAgainst(worst, one);
  drawSum(state);
  return false;
}

const asItem = (item) => ({ goods_id: item.goods_id, quantity_count: item.count });

function sayAgainst({ code, title, facts }, one) {
  const prefix = one ? `${one.name} 没加上：` : "";
  const rest = "积分没有扣。换别的，或少换一样。";
  if (code === "insufficient_points") notice(`${prefix}还差 ${number(facts.short_points)} 积分。`, rest);
  else if (code === "limit_exceeded" && facts.goods) {
    const { name } = facts.goods[0];
    notice(`${name}本月已换 ${facts.used} 件，每人 ${facts.maximum} 件。`, "积分没有扣。请下月再来。");
  } else if (code === "stock_conflict") {
    notice(`${prefix}架上只有 ${facts.goods[0].available_count} 件。`, rest);
  } else sayRefusal({ title }, prefix);
}

async function change(place, by) {
  if (isBusy || state.isSent) return;
  const item = state.items[place];
  const one = goods.get(item.goods_id);
  if (by > 0) {
    if (one) await add(one);
    return;
  }
  item.count -= 1;
  state.chosen = place;
  if (item.count < 1) {
    state.items.splice(place, 1);
    state.chosen = state.items.length - 1;
  }
  notice("");
  changed();
  byId("scan").focus();
}

function choose(place) {
  if (!state.items[place] || state.chosen === place) return;
  state.chosen = place;
  keep();
}

function removeOne() {
  const place = state.items[state.chosen] ? state.chosen : state.items.length - 1;
  if (place >= 0) change(place, -1);
}

function changePerson() {
  if (isBusy || state.isSent) return;
  state.person = null;
  notice("请下一位出示付款码或积分卡。", "这一单的商品还在。", "is-wait");
  changed();
  byId("scan").focus();
}

/** Esc once asks, twice gives up; a sent basket is given up by sealing its key. */
function quit() {
  if (!state.person && !state.items.length) return notice("");
  escapes += 1;
  if (escapes < 2) {
    const note = state.isSent ? "如果已经扣了，会告诉您。" : "积分不会扣，商品请放回货架。";
    return notice("再按一次 Esc，放弃这一单。", note, "is-wait");
  }
  escapes = 0;
  if (state.isSent) {
    isGivenUp = true;
    return stillUnsure();
  }
  state = blank();
  keep();
  notice("这一单放弃了，积分没有扣。", "商品请放回货架。", "is-wait");
  byId("scan").focus();
}

// ---------------------------------------------------------------- selling

/** Sell what is on the screen, once. */
async function sell(isResent = false) {
  if (isBusy || (state.isSent && !isResent)) return;
  if (!state.person || !state.items.length) return notice("还不能换。", "请先扫付款码，再扫商品。", "is-wait");
  const body = {
    till_id: root.dataset.till,
    ticket: state.person.ticket,
    items: state.items.map(asItem),
    expected_total_points: totalOf(state),
  };
  if (state.confirmation) body.confirmation = state.confirmation;
  state.isSent = true;
  isGivenUp = false;
  keep();
  busy(true, "正在换…");
  if (isResent) stillUnsure();
  const answer = await redeem(body, state.key, { unsure: stillUnsure, isGivenUp: () => isGivenUp, isResent });
  busy(false);
  state.isSent = false;
  if (isGood(answer)) done(answer.body);
  else await refused(answer.body);
}

function done(made) {
  slip = made;
  sold.count += 1;
  sold.points += made.total_points;
  const at = new Date(made.redeemed_at).toLocaleTimeString("zh-CN", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit" });
  drawLast({ at, name: made.member_name_masked, points: made.total_points }, sold);
  drawSlip(made);
  byId("do-print").disabled = false;
  state = blank();
  keep();
  notice(`换好了：${made.member_name_masked} ${number(-made.total_points)} 积分，还有 ${number(made.balance_points)}。`, `单号 ${made.number}。按 F4 打小票。`, "is-ok");
  beep(true);
  byId("scan").focus();
  loadShelf();
}

/** The basket stays; what is needed now depends on the refusal. */
async function refused(problem) {
  const code = problem?.code;
  if (code === "step_up_required") {
    keep();
    return openAgree();
  }
  if (code === "operation_voided" || code === "idempotency_mismatch") {
    state = blank();
    keep();
    return notice("这一单放弃了，积分没有扣。", "商品请放回货架。", "is-wait");
  }
  beep(false);
  if (["code_already_used", "code_expired", "wrong_audience"].includes(code)) state.person = null;
  if (["stock_conflict", "version_stale", "goods_not_on_sale"].includes(code)) await loadShelf();
  if (code === "version_stale") reprice();
  changed();
  if (problem?.facts?.short_points) sayAgainst({ ...problem }, null);
  else sayRefusal(problem);
  return byId("scan").focus();
}

function reprice() {
  for (const item of state.items) item.price = goods.get(item.goods_id)?.price_points ?? item.price;
}

function stillUnsure() {
  notice("还不知道成没成，请别再按。", "正在查，查到会告诉您扣了没有。", "is-wait");
}

function refuse(problem) {
  beep(false);
  sayRefusal(problem);
  if (problem?.code === "not_authenticated") location.assign(`/sign-in?next=${encodeURIComponent(location.pathname)}`);
  return false;
}

function noConnection() {
  beep(false);
  notice("网络不通，什么都没有变。", "请看看网线，再扫一次。");
  return false;
}

function busy(isNow, text = "正在查…") {
  isBusy = isNow;
  drawListening(isNow ? text : "已就绪", isNow);
}

// ---------------------------------------------------------------- the member agrees

function openAgree() {
  byId("agree-total").textContent = number(totalOf(state));
  byId("agree-notice").hidden = true;
  byId("pin").value = "";
  byId("pin-none").hidden = state.person.has_pin;
  byId("phone-way").hidden = state.person.kind !== "code";
  byId("agree").showModal();
  byId("pin").focus();
}

function closeAgree() {
  clearTimeout(waiting);
  byId("agree").close();
  for (const id of ["pin", "staff-phone", "staff-pin"]) byId(id).value = "";
  byId("scan").focus();
}

async function confirm(way, parts) {
  const answer = await post("/confirmations", {
    ticket: state.person.ticket, amount_points: totalOf(state), way, ...parts,
  });
  byId("pin").value = byId("staff-pin").value = "";
  if (!answer) return sayAgree("网络不通，什么都没有变。请再试一次。");
  if (!isGood(answer)) {
    beep(false);
    const left = answer.body.facts?.tries_left_count;
    return sayAgree(answer.body.title + (left ? `还能试 ${left} 次。` : ""));
  }
  if (answer.body.state === "waiting") return false;
  state.confirmation = answer.body.confirmation;
  keep();
  closeAgree();
  notice("本人已确认。", "请按 F8 换。", "is-ok");
  beep(true);
  return true;
}

function sayAgree(text) {
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
  confirm("second_staff", { pin: byId("staff-pin").value.normalize("NFKC"), staff_phone: byId("staff-phone").value });
});
byId("do-phone").addEventListener("click", async () => {
  const asked = await post("/confirmations/asks", { ticket: state.person.ticket, amount_points: totalOf(state) });
  if (!asked || !isGood(asked)) return sayAgree(asked?.body?.title || "网络不通，什么都没有变。");
  sayAgree("请本人在手机上点同意，这里会自己接着走。");
  const look = async () => {
    if (!byId("agree").open) return;
    if ((await confirm("phone", {})) === false) waiting = setTimeout(look, PHONE_MS);
  };
  return look();
});
byId("do-agree-close").addEventListener("click", closeAgree);
byId("agree").addEventListener("cancel", (event) => {
  event.preventDefault();
  closeAgree();
});

// ---------------------------------------------------------------- keys and buttons

const KEYS = { F8: () => sell(), F2: changePerson, F4: print, Escape: quit };

function print() {
  if (slip) window.print();
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") escapes = 0;
  if (byId("agree").open || event.isComposing) return;
  const act = KEYS[event.key];
  if (act) {
    event.preventDefault();
    if (!event.repeat) act();
    return;
  }
  const field = byId("scan");
  if (event.key === "Delete" && !field.value) {
    event.preventDefault();
    removeOne();
  } else if (event.key === "Enter" && event.target === byId("do-sell")) {
    event.preventDefault(); // a scanner's Enter never sells
  } else if (event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey) {
    if (event.target !== field) field.focus(); // whatever is typed or scanned goes into the field
  }
});

const on = (id, act) => byId(id).addEventListener("click", () => act());
on("do-sell", () => sell());
on("do-person", changePerson);
on("do-remove", removeOne);
on("do-quit", quit);
on("do-print", print);
byId("do-sell").addEventListener("click", (event) => event.currentTarget.blur());

// ---------------------------------------------------------------- beginning

async function loadShelf() {
  const answer = await get(`/shops/${root.dataset.shop}/goods?on_sale_only=true`);
  if (!answer) return noConnection();
  if (!isGood(answer)) return refuse(answer.body);
  goods.clear();
  for (const one of answer.body.items) goods.set(one.id, one);
  drawShelf(goods, { add });
  return drawBasket(state, goods, { change, choose });
}

drawLast(null, sold);
keep();
await loadShelf();
byId("scan").focus();
if (state.isSent) await sell(true);
