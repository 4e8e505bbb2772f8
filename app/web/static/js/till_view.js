// What the till shows. Draws the state; knows nothing of the wire.
import { ok, trouble } from "./cues.js";
import { day, halves, number, say } from "./till_words.js";

export const byId = (id) => document.getElementById(id);
export const root = byId("main");
export const acts = {};

/** Two tones, told apart by ear: it went well, it did not. */
export const tone = (isGood) => (isGood ? ok() : trouble());

/** Where the next code is expected; a phone would open its keyboard for it. */
export function backToScan() {
  if (matchMedia("(pointer: fine)").matches) byId("scan").focus();
  else document.activeElement?.blur();
}

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

/** A refusal in two lines: what happened, and what it did to the points. */
export function sayRefusal(problem, prefix = "") {
  const [first, rest] = halves(problem?.title || say("not_done"));
  notice(prefix + first, rest);
}

export const totalOf = (state) =>
  state.items.reduce((sum, item) => sum + item.price * item.count, 0);
export const piecesOf = (state) => state.items.reduce((sum, item) => sum + item.count, 0);

export function drawBasket(state, goods) {
  byId("empty").hidden = state.items.length > 0;
  byId("basket").replaceChildren(
    ...state.items.map((item, place) => {
      const one = goods.get(item.goods_id);
      const facts = [say("number", { n: item.number })];
      if (one?.available_count != null) facts.push(say("stock", { n: one.available_count }));
      if (one?.person_period_max) facts.push(say("a_month", { n: one.person_period_max }));
      const step = (by, sign, said) =>
        element(
          "button",
          { type: "button", onclick: () => acts.change(place, by) },
          element("span", { "aria-hidden": "true" }, sign),
          element("span", { class: "ax-hide" }, `${item.name} ${say(said)}`),
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
            step(-1, "−", "one_less"),
            element("output", { "aria-label": `${item.name} ${say("pieces")}` }, String(item.count)),
            step(1, "+", "one_more"),
          ),
        ),
        element("td", { class: "is-num" }, element("span", { class: "ax-n" }, number(item.price * item.count))),
      );
      row.addEventListener("click", () => acts.choose(place));
      return row;
    }),
  );
}

export function drawShelf(goods) {
  byId("shelf").replaceChildren(
    ...[...goods.values()].map((one) => {
      const left = one.available_count === null ? "" : say("left", { n: one.available_count });
      return element(
        "li",
        {},
        element(
          "button",
          { type: "button", disabled: one.available_count === 0, onclick: () => acts.add(one) },
          one.name,
          element("small", {}, `${one.number}·${say("points", { n: number(one.price_points) })}`),
          left ? element("small", {}, left) : "",
        ),
      );
    }),
  );
}

export function drawSum(state) {
  const total = totalOf(state);
  const { person } = state;
  byId("person").textContent = person ? person.name : say("nobody");
  byId("person-note").textContent = person ? personNote(state) : say("nobody_note");
  byId("have").textContent = person ? number(person.balance) : "—";
  byId("pieces").textContent = say("n_pieces", { n: piecesOf(state) });
  byId("total").textContent = total ? number(-total) : "0";
  const left = person ? person.balance - total : null;
  byId("left").textContent = left === null ? "—" : number(Math.abs(left));
  byId("left-label").textContent = left !== null && left < 0 ? say("short_label") : say("left_label");
  byId("left").parentElement.classList.toggle("is-short", left !== null && left < 0);
  byId("lots").textContent = person ? lotNote(person.lots, total) : "";
  byId("do-sell").disabled = !person || !state.items.length || state.isSent || left < 0;
}

function personNote({ person, confirmation }) {
  const shown = person.kind === "card" ? say("card", { n: person.card_no }) : say("code_seen");
  return confirmation ? `${shown}·${say("agreed_short")}` : shown;
}

function lotNote(lots, total) {
  const first = lots.find((lot) => lot.expires_on);
  if (!first || !total) return "";
  const points = number(Math.min(first.points, total));
  return say("lots", { day: day(first.expires_on), n: points });
}

export function drawLast(last, sold) {
  if (last) byId("last").textContent = say("last", { ...last, n: number(-last.points) });
  byId("sold").textContent = say("sold_here", { count: number(sold.count), n: number(sold.points) });
}

export function drawListening(text, isBusy) {
  const listen = byId("listen");
  listen.classList.toggle("is-busy", isBusy);
  listen.firstElementChild.textContent = text;
}
