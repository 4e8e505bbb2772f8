// The roll: a long list grows short as one types; the button repeats how many are ticked.
const form = document.getElementById("roll");
if (form) {
  const words = JSON.parse(form.dataset.words);
  const ticks = [...form.querySelectorAll("input[name=member_ids]")];
  const people = [...form.querySelectorAll("[data-find]")];
  const go = document.getElementById("go");
  const find = document.getElementById("find");
  const found = document.getElementById("found");
  const all = document.getElementById("all");

  const count = () => {
    const numbers = form.elements.numbers?.value.split(/[\s,，]+/).filter(Boolean).length ?? 0;
    const total = ticks.filter((tick) => tick.checked).length + numbers;
    for (const button of [go, document.getElementById("go-near")]) {
      button.textContent = total ? words[form.dataset.way].replace("{n}", total) : words.none;
    }
  };

  const narrow = () => {
    const wanted = find.value.trim().toLowerCase();
    let shown = 0;
    for (const person of people) {
      person.hidden = !person.dataset.find.toLowerCase().includes(wanted);
      if (!person.hidden) shown += 1;
    }
    if (wanted) for (const fold of form.querySelectorAll("details")) fold.open = true;
    found.textContent = wanted ? `${shown} / ${people.length}` : "";
  };

  if (people.length > 8) document.getElementById("finder").hidden = false;
  find.addEventListener("input", narrow);
  find.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return; // Enter ticks the only one left, it does not send the form
    event.preventDefault();
    const left = people.filter((person) => !person.hidden);
    if (left.length === 1) {
      const tick = left[0].querySelector("input");
      tick.checked = !tick.checked;
      find.value = "";
      narrow();
      count();
    }
  });
  if (all) {
    all.hidden = false;
    const near = [...all.closest("section").querySelectorAll("input[name=member_ids]")];
    all.addEventListener("click", () => {
      const isOn = !near.every((tick) => tick.checked);
      for (const tick of near) if (!tick.closest("li").hidden) tick.checked = isOn;
      count();
    });
  }
  form.addEventListener("input", count);
  count();
}
