// On a page with network: send the scans that were made without, and say what became of them.
import { send, waiting } from "./late.js";

const place = document.querySelector("[data-late]");

async function tell() {
  const words = JSON.parse(place.dataset.words);
  const kept = await waiting();
  if (!kept.length) return;
  if (!place.dataset.csrf) return show(words.sign_in, kept.length);
  const told = await send(place.dataset.late, place.dataset.csrf);
  if (told.taken.length) show(words.taken, told.taken.length, told.taken.map((one) => one.title));
  else if (told.refused.length) show(told.refused[0].title, told.refused.length);
  else show(words.waiting, told.waiting);
}

function show(sentence, count, titles = []) {
  place.querySelector("[data-sentence]").textContent = sentence.replace("{n}", count);
  place.querySelector("[data-titles]").textContent = [...new Set(titles)].join("·");
  place.hidden = false;
}

if (place) {
  tell();
  window.addEventListener("online", tell);
}
