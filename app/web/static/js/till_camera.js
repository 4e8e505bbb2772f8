// The camera as the till's scanner; it stays open from one code to the next.
import { openScanner, readPhoto } from "./scanner.js";
import { byId } from "./till_view.js";
import { say } from "./till_words.js";

let scanner = null;

/** Wire the camera's button; `onText` gets every code it sees. */
export function wireCamera(onText) {
  byId("do-camera").addEventListener("click", () => toggle(onText));
  byId("photo").addEventListener("change", async (event) => {
    const [file] = event.target.files;
    event.target.value = "";
    if (!file) return;
    const text = await readPhoto(file).catch(() => null);
    if (text) onText(text);
    else trouble("photo");
  });
}

export async function toggle(onText) {
  if (scanner) return close();
  byId("camera").hidden = false;
  byId("camera-trouble").hidden = true;
  byId("camera-video").hidden = false;
  byId("do-camera").setAttribute("aria-expanded", "true");
  scanner = { stop() {} };
  const opened = await openScanner(byId("camera-video"), { onText, onTrouble: trouble });
  if (scanner) scanner = opened;
  else opened.stop();
  return opened;
}

function close() {
  scanner.stop();
  scanner = null;
  byId("camera").hidden = true;
  byId("do-camera").setAttribute("aria-expanded", "false");
}

function trouble(code) {
  byId("camera-trouble").hidden = false;
  byId("camera-trouble").textContent = say(`camera_${code}`);
  if (code !== "photo") byId("camera-video").hidden = true;
}
