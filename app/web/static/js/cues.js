// Cues for who cannot look: two tones, a few spoken words, a buzz.
// All of them stay silent when the phone cannot, the browser does not let us, or the
// person wants quiet (`data-quiet` on the page, or the switch kept on this phone).
const QUIET_KEY = "timebank-quiet";
const HIGH_HZ = 1046;
const MIDDLE_HZ = 784;
const LOW_HZ = 220;
const LOUDNESS = 0.25;
const FADE_S = 0.02;
let player = null;

/** Whether the person asked for quiet on this phone. */
export function isQuiet() {
  if (document.documentElement.dataset.quiet === "yes") return true;
  try { return localStorage.getItem(QUIET_KEY) === "yes"; } catch { return false; }
}

/** Whether the browser lets us: somebody touched this page, or came here by touching another. */
function isAllowed() {
  const { userActivation } = navigator;
  const hasCome = document.referrer.startsWith(`${location.origin}/`);
  return !isQuiet() && (!userActivation || userActivation.hasBeenActive || hasCome);
}

/** Keep the person's wish for quiet on this phone. */
export function keepQuiet(isWanted) {
  try { localStorage.setItem(QUIET_KEY, isWanted ? "yes" : "no"); } catch { /* private mode */ }
  if (isWanted && "speechSynthesis" in window) speechSynthesis.cancel();
}

/** Two rising notes: it is done. */
export function ok() {
  play([[MIDDLE_HZ, 0, 0.12], [HIGH_HZ, 0.14, 0.2]]);
}

/** Two low notes: it did not work; told from ok() by ear alone. */
export function trouble() {
  play([[LOW_HZ, 0, 0.22], [LOW_HZ, 0.3, 0.3]]);
}

/** Say a sentence in the page's language; a new one takes the place of the old. */
export function say(text) {
  if (!text || !isAllowed() || !("speechSynthesis" in window)) return;
  try {
    const spoken = new SpeechSynthesisUtterance(text);
    spoken.lang = document.documentElement.lang || "zh-CN";
    spoken.rate = 0.9;
    speechSynthesis.cancel();
    speechSynthesis.speak(spoken);
  } catch { /* a phone without a voice */ }
}

/** Shake once for ok, twice for trouble; never where motion is unwelcome. */
export function buzz(isOk = true) {
  if (!isAllowed() || !navigator.vibrate) return;
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  try { navigator.vibrate(isOk ? 200 : [120, 90, 120]); } catch { /* not allowed here */ }
}

/** Tone, words and buzz together, as the end of a task asks for them. */
export function tell(isOk, text) {
  if (isOk) ok(); else trouble();
  buzz(isOk);
  say(text);
}

async function play(notes) {
  const Player = window.AudioContext || window.webkitAudioContext;
  if (!Player || !isAllowed()) return;
  try {
    player = player || new Player();
    // Before the first touch a browser holds sound back: then there is none, and no error.
    if (player.state === "suspended") await Promise.race([player.resume(), pause(300)]);
    if (player.state !== "running") return;
    for (const note of notes) sound(...note);
  } catch { /* no sound on this phone */ }
}

function sound(frequency, after, lasts) {
  const voice = player.createOscillator();
  const loudness = player.createGain();
  const begins = player.currentTime + after;
  voice.frequency.value = frequency;
  loudness.gain.setValueAtTime(0, begins);
  loudness.gain.linearRampToValueAtTime(LOUDNESS, begins + FADE_S);
  loudness.gain.setValueAtTime(LOUDNESS, begins + lasts - FADE_S);
  loudness.gain.linearRampToValueAtTime(0, begins + lasts);
  voice.connect(loudness).connect(player.destination);
  voice.start(begins);
  voice.stop(begins + lasts);
}

function pause(milliseconds) {
  return new Promise((done) => { setTimeout(done, milliseconds); });
}
