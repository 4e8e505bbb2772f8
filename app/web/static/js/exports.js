// A file that is being written: asks how far it is, and shows the page anew when it is over.
const box = document.getElementById("progress");
const words = JSON.parse(box.dataset.words);
const bar = box.querySelector("progress");
const percent = box.querySelector("[data-percent]");
const told = box.querySelector("[data-rows]");
const EVERY = 1000;
const LATER = 5000;
const number = (value) => value.toLocaleString("en");

function show(found) {
  bar.value = found.percent;
  percent.textContent = found.percent;
  const rows = words.rows.replace("{done}", number(found.done)).replace("{total}", number(found.total));
  const text = !found.total ? words.wait : found.done >= found.total ? words.zip : rows;
  if (told.textContent !== text) told.textContent = text;
}

async function ask() {
  try {
    const answer = await fetch(box.dataset.state, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const found = await answer.json();
    if (found.state !== "queued" && found.state !== "running") {
      location.reload();
      return;
    }
    show(found);
    setTimeout(ask, EVERY);
  } catch {
    setTimeout(ask, LATER);
  }
}

setTimeout(ask, EVERY);
