// The slip of a sale just made, drawn on its paper.
import { cutPaper } from "./till_paper.js";
import { byId, element } from "./till_view.js";
import { moment, number, say } from "./till_words.js";

export function drawSlip(slip) {
  byId("slip-shop").textContent = slip.shop_name;
  byId("slip-head").textContent = `${slip.number}\n${moment(slip.redeemed_at)}\n${slip.member_name_masked}`;
  const row = (label, value) => element("tr", {}, element("th", { scope: "row" }, label), element("td", {}, value));
  byId("slip-lines").replaceChildren(
    ...slip.lines.map((line) =>
      row(`${line.name} × ${line.quantity_count}`, number(line.price_points * line.quantity_count)),
    ),
  );
  byId("slip-sums").replaceChildren(
    row(say("slip_total"), say("points", { n: number(-slip.total_points) })),
    row(say("slip_left"), say("points", { n: number(slip.balance_points) })),
  );
  cutPaper(byId("slip"));
}
