// The scan page: camera, then photo. A code of ours opens its landing; another is told apart.
import { openScanner, readPhoto } from "./scanner.js";
import { tell } from "./cues.js";

const box = document.getElementById("scan");
const words = JSON.parse(box.dataset.words);
const get = (id) => document.getElementById(id);
let scanner = null;

/** Return the landing that a scanned text leads to; null when it is no code of this house. */
function landing(text) {
  try {
    const address = new URL(text);
    const isOurs = address.pathname === box.dataset.landing && address.hash.length > 1;
    // By path, not by host: the printed name and the one typed may differ, the code decides.
    return isOurs ? `${box.dataset.landing}${address.hash}` : null;
  } catch { return null; }
}

function trouble(sentence) {
  get("problem").hidden = false;
  get("problem-text").textContent = sentence;
  tell(false, sentence);
}

function found(text) {
  const target = landing(text);
  if (!target) return trouble(words.foreign);
  stop();
  get("problem").hidden = true;
  location.assign(target);
}

function stop() {
  scanner?.stop();
  scanner = null;
  get("view").hidden = true;
  get("open").hidden = false;
}

async function open() {
  get("problem").hidden = true;
  get("view").hidden = false;
  get("open").hidden = true;
  get("stop").focus();
  const opened = await openScanner(get("video"), {
    onText: found,
    onTrouble(code) {
      stop();
      trouble(words[code] || words.lost);
    },
  });
  if (get("view").hidden) opened.stop(); else scanner = opened; // closed while it opened
}

async function photo(event) {
  const [file] = event.target.files;
  if (!file) return;
  get("problem").hidden = true;
  get("reading").hidden = false;
  let text = null;
  try { text = await readPhoto(file); } catch { /* no picture, or the reader did not come */ }
  get("reading").hidden = true;
  event.target.value = "";
  if (text) found(text); else trouble(words.unread);
}

get("open").addEventListener("click", open);
get("stop").addEventListener("click", () => { stop(); get("open").focus(); });
get("photo").addEventListener("change", photo);
get("open").hidden = false;
get("photo-way").hidden = false;
addEventListener("pagehide", () => scanner?.stop());
