// The switch for quiet on the profile page: kept on this phone only.
import { isQuiet, keepQuiet } from "./cues.js";

const tick = document.getElementById("quiet");
tick.checked = isQuiet();
tick.addEventListener("change", () => keepQuiet(tick.checked));
document.getElementById("quiet-way").hidden = false;
