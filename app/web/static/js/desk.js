// The desk: buttons repeat how many rows are chosen and what they add up to; keys walk the calendar.
const says = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

for (const form of document.querySelectorAll("form[data-counts]")) {
  const boxes = [...form.querySelectorAll("input[type=checkbox][data-minutes]")];
  const show = () => {
    const chosen = boxes.filter((box) => box.checked);
    const sum = (name) => chosen.reduce((total, box) => total + Number(box.dataset[name]), 0);
    const tenths = Math.floor(sum("minutes") / 6);
    const values = {
      count: chosen.length.toLocaleString("en"),
      hours: `${Math.floor(tenths / 10).toLocaleString("en")}.${tenths % 10}`,
      points: sum("points").toLocaleString("en"),
    };
    for (const place of form.querySelectorAll("[data-says]")) {
      place.textContent = says(place.dataset.says, values);
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

// Arrow keys go from day to day; Tab still visits every link.
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
for (const month of document.querySelectorAll("[data-month]")) {
  const days = [...month.querySelectorAll(".ax-date")];
  month.addEventListener("keydown", (event) => {
    const cell = event.target.closest("td");
    const at = cell ? days.indexOf(cell.querySelector(".ax-date")) : -1;
    const to = days[at + (STEPS[event.key] ?? 0)];
    if (at < 0 || !(event.key in STEPS) || !to) return;
    event.preventDefault();
    to.focus();
  });
}

document.querySelector(".ax-nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
// On a narrow screen a refused form in a table's last column would be out of sight.
const opened = document.querySelector(".ax-scroll .ax-ask[open]");
const wide = opened?.closest(".ax-scroll");
const left = (box) => box.getBoundingClientRect().left;
if (wide) wide.scrollLeft += left(opened) - left(wide) - 16;
document.getElementById("problem")?.scrollIntoView({ block: "nearest" });
