// Counting: a scanner adds one piece, and a difference asks for its reason at once.
import { findGoods } from "./till_codes.js";
import { ok, trouble } from "./cues.js";
import { listen } from "./till_wedge.js";

const rows = [...document.querySelectorAll("#count tr")].map((row) => ({
  row,
  number: row.dataset.number,
  barcode: row.dataset.barcode || null,
  pieces: row.querySelector(".ax-pieces"),
  why: row.querySelector(".ax-reason"),
}));

function judge({ row, pieces, why }) {
  const differs = pieces.value !== "" && Number(pieces.value) !== Number(row.dataset.expected);
  why.hidden = !differs;
  why.querySelector("input").required = differs;
}

for (const one of rows) {
  one.pieces.addEventListener("input", () => judge(one));
  one.pieces.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault(); // Enter goes to the next shelf; only the button closes the day
    rows[(rows.indexOf(one) + 1) % rows.length].pieces.focus();
  });
  judge(one);
}

listen((text) => {
  const found = findGoods(rows, text);
  if (!found) return trouble();
  found.pieces.value = Number(found.pieces.value || 0) + 1;
  judge(found);
  found.pieces.focus();
  return ok();
});
