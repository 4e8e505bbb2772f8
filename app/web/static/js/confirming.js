// Confirming: the button repeats how many are ticked.
const form = document.getElementById("confirming");
if (form) {
  const words = JSON.parse(form.dataset.words);
  const go = document.getElementById("go");
  const count = () => {
    const total = form.querySelectorAll("input[name=attendance_ids]:checked").length;
    go.textContent = total ? words.some.replace("{n}", total) : words.none;
  };
  form.addEventListener("input", count);
  count();
}
