// A result page speaks once: `<… data-cue="ok|trouble" data-say="…">` names what.
import { tell } from "./cues.js";

const place = document.querySelector("[data-cue]");
if (place) tell(place.dataset.cue === "ok", place.dataset.say || "");
