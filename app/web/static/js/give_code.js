// Somebody else's one-time code in a form: the camera reads it, or its digits are typed in
// groups. A code that was read is sent at once if the rest of the form is filled in.
import { openScanner } from "./scanner.js";
import { tell } from "./cues.js";

const TOKEN = /^TP1[.\w-]{8,60}$/;
const box = document.querySelector("[data-code-way]");
const words = JSON.parse(box.dataset.words);
const get = (name) => box.querySelector(`[data-${name}]`);
const input = box.querySelector("[data-digits]");
const form = input.form;
let scanner = null;

function say(sentence, isGood = false) {
  get("problem").hidden = false;
  get("problem").textContent = sentence;
  tell(isGood, sentence);
}

function stop() {
  scanner?.stop();
  scanner = null;
  get("view").hidden = true;
  get("open").hidden = false;
}

function found(text) {
  if (!TOKEN.test(text)) return say(words.foreign);
  stop();
  get("problem").hidden = true;
  input.value = text;
  if (form.checkValidity()) return form.requestSubmit();
  say(words.unfinished);
  form.reportValidity();
}

async function open() {
  get("problem").hidden = true;
  get("view").hidden = false;
  get("open").hidden = true;
  get("stop").focus();
  const opened = await openScanner(box.querySelector("video"), {
    onText: found,
    onTrouble(code) {
      stop();
      say(words[code] || words.lost);
    },
  });
  if (get("view").hidden) opened.stop(); else scanner = opened; // closed while it opened
}

/** Write the digits in groups, as the other phone shows them; the caret stays by its digit. */
function group() {
  if (/[^\d\s]/.test(input.value)) return; // a code that was read
  const size = Number(input.dataset.digits);
  const before = input.value.slice(0, input.selectionStart).replace(/\D/g, "").length;
  const digits = input.value.replace(/\D/g, "").slice(0, 18);
  input.value = digits.replace(new RegExp(`(\\d{${size}})(?=\\d)`, "g"), "$1 ");
  const at = before + Math.floor(Math.max(before - 1, 0) / size);
  input.setSelectionRange(at, at);
}

input.addEventListener("input", group);
get("open").addEventListener("click", open);
get("stop").addEventListener("click", () => { stop(); get("open").focus(); });
get("open").hidden = false;
addEventListener("pagehide", () => scanner?.stop());
