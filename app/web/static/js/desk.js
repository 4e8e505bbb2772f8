/* The desk: buttons repeat how many rows are chosen, and what they add up to. */
"use strict";
for (const form of document.querySelectorAll("form[data-counts]")) {
  const boxes = [...form.querySelectorAll("input[type=checkbox][data-minutes]")];
  const show = () => {
    const chosen = boxes.filter((box) => box.checked);
    const sum = (name) => chosen.reduce((total, box) => total + Number(box.dataset[name]), 0);
    const tenths = Math.floor(sum("minutes") / 6);
    const text = {
      count: chosen.length.toLocaleString("en"),
      hours: `${Math.floor(tenths / 10).toLocaleString("en")}.${tenths % 10}`,
    };
    for (const [name, value] of Object.entries(text)) {
      for (const place of form.querySelectorAll(`[data-show=${name}]`)) place.textContent = value;
    }
    for (const button of form.querySelectorAll("button[data-needs]")) button.disabled = !chosen.length;
  };
  form.addEventListener("change", show);
  for (const all of form.querySelectorAll("input[data-all]")) {
    all.closest("label").hidden = false;
    all.addEventListener("change", () => {
      for (const box of form.querySelectorAll(all.dataset.all)) box.checked = all.checked;
      show();
    });
  }
  show();
}
document.querySelector(".ax-nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
document.getElementById("problem")?.scrollIntoView({ block: "nearest" });
for (const button of document.querySelectorAll("button[data-print]")) {
  button.addEventListener("click", () => window.print());
}
