// What the till shows. Draws the state; knows nothing of the wire.

const byId = (id) => document.getElementById(id);
const root = byId("main");

export const number = (value) => value.toLocaleString("en-US").replace("-", "−");

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "onclick") made.addEventListener("click", value);
    else if (value !== false && value !== null) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

export function notice(title, note = "", kind = "") {
  const box = byId("notice");
  box.hidden = !title;
  box.className = `ax-notice ${kind}`;
  byId("notice-title").textContent = title;
  byId("notice-note").textContent = note;
}

/** The two halves of a sentence: what happened, and what it did to the points. */
export function sayRefusal(problem, prefix = "") {
  const [first, ...rest] = (problem?.title || "没有办成，积分没有变。").split(/(?<=[。，])/);
  notice(prefix + first.replace(/，$/, "。"), rest.join(""));
}

export const totalOf = (state) =>
  state.items.reduce((sum, item) => sum + item.price * item.count, 0);
export const piecesOf = (state) => state.items.reduce((sum, item) => sum + item.count, 0);

export function drawBasket(state, goods, act) {
  byId("empty").hidden = state.items.length > 0;
  byId("basket").replaceChildren(
    ...state.items.map((item, place) => {
      const one = goods.get(item.goods_id);
      const facts = [`货号 ${item.number}`];
      if (one?.available_count != null) facts.push(`库存 ${one.available_count}`);
      if (one?.person_period_max) facts.push(`每月限 ${one.person_period_max} 件`);
      const step = (by, sign, said) =>
        element(
          "button",
          { type: "button", onclick: () => act.change(place, by) },
          element("span", { "aria-hidden": "true" }, sign),
          element("span", { class: "ax-hide" }, `${item.name} ${said}`),
        );
      const row = element(
        "tr",
        { class: place === state.chosen ? "is-chosen" : false },
        element("th", { scope: "row" }, item.name, element("span", { class: "ax-note" }, facts.join("·"))),
        element("td", { class: "is-num ax-hide-s" }, number(item.price)),
        element(
          "td",
          { class: "is-num" },
          element(
            "span",
            { class: "ax-qty" },
            step(-1, "−", "减一件"),
            element("output", { "aria-label": `${item.name} 件数` }, String(item.count)),
            step(1, "+", "加一件"),
          ),
        ),
        element("td", { class: "is-num" }, element("span", { class: "ax-n" }, number(item.price * item.count))),
      );
      row.addEventListener("click", () => act.choose(place));
      return row;
    }),
  );
}

export function drawShelf(goods, act) {
  byId("shelf").replaceChildren(
    ...[...goods.values()].map((one) => {
      const left = one.available_count === null ? "" : `·还有 ${one.available_count}`;
      return element(
        "li",
        {},
        element(
          "button",
          { type: "button", disabled: one.available_count === 0, onclick: () => act.add(one) },
          one.name,
          element("small", {}, `${one.number}·${number(one.price_points)} 积分${left}`),
        ),
      );
    }),
  );
}

export function drawSum(state) {
  const total = totalOf(state);
  const { person } = state;
  byId("person").textContent = person ? person.name : "还没有扫码";
  byId("person-note").textContent = person ? personNote(state) : "请志愿者出示付款码或积分卡";
  byId("have").textContent = person ? number(person.balance) : "—";
  byId("pieces").textContent = `${piecesOf(state)} 件`;
  byId("total").textContent = total ? number(-total) : "0";
  const left = person ? person.balance - total : null;
  byId("left").textContent = left === null ? "—" : number(Math.abs(left));
  byId("left-label").textContent = left !== null && left < 0 ? "还差" : "换完还有";
  byId("left").parentElement.classList.toggle("is-short", left !== null && left < 0);
  byId("lots").textContent = person ? lotNote(person.lots, total) : "";
  byId("do-sell").disabled = !person || !state.items.length || state.isSent || left < 0;
}

function personNote({ person, confirmation }) {
  const shown = person.kind === "card" ? `积分卡 ${person.card_no}` : "付款码已核对";
  return confirmation ? `${shown}·本人已确认` : shown;
}

function lotNote(lots, total) {
  const first = lots.find((lot) => lot.expires_on);
  if (!first || !total) return "";
  const [, month, day] = first.expires_on.split("-").map(Number);
  return `先用 ${month}月${day}日到期的 ${number(Math.min(first.points, total))} 积分。`;
}

export function drawLast(last, sold) {
  if (last) byId("last").textContent = `上一单 ${last.at} ${last.name} ${number(-last.points)} 积分`;
  byId("sold").textContent = `这台 ${number(sold.count)} 单·${number(sold.points)} 积分`;
}

export function drawListening(text, isBusy) {
  const listen = byId("listen");
  listen.classList.toggle("is-busy", isBusy);
  listen.firstElementChild.textContent = text;
}

export function drawSlip(slip) {
  byId("slip-shop").textContent = slip.shop_name;
  const at = new Date(slip.redeemed_at).toLocaleString("zh-CN", { timeZone: "Asia/Shanghai", hour12: false });
  byId("slip-head").textContent = `${slip.number}\n${at}\n${slip.member_name_masked}`;
  const row = (label, value) => element("tr", {}, element("th", { scope: "row" }, label), element("td", {}, value));
  byId("slip-lines").replaceChildren(
    ...slip.lines.map((line) =>
      row(`${line.name} × ${line.quantity_count}`, number(line.price_points * line.quantity_count)),
    ),
  );
  byId("slip-sums").replaceChildren(
    row("这一单", `${number(-slip.total_points)} 积分`),
    row("还有", `${number(slip.balance_points)} 积分`),
  );
}

let sound = null;
/** Two short beeps: one high for yes, one low for no. */
export function beep(isGood) {
  try {
    sound ??= new AudioContext();
    const tone = sound.createOscillator();
    const volume = sound.createGain();
    tone.frequency.value = isGood ? 1318 : 220;
    volume.gain.value = 0.08;
    tone.connect(volume).connect(sound.destination);
    tone.start();
    tone.stop(sound.currentTime + (isGood ? 0.08 : 0.25));
  } catch {
    // no sound here: the screen says the same
  }
}

export { byId, root };
