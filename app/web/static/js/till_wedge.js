// A scanner is a keyboard that types a code fast and ends with Enter.
// It is heard whatever has the focus: what it typed into another field is taken out
// again, and its Enter presses nothing. A person types slower and is left alone.

const FAST_MS = 50; // a key, on average, by the time at which they were struck
const PAUSE_MS = 200; // after so long another text begins
const LENGTH_MIN = 8; // shorter than any code, longer than a person's quick burst

/**
 * Call `onScan(text, whole)` for everything a scanner types. What is typed where no field
 * is goes into the field of `home()`, by whoever it is; `whole` is all that stood there,
 * for a busy computer may hear one code in two pieces.
 */
export function listen(onScan, home = () => null) {
  let burst = null;
  const begin = (event, sign) => {
    const field = event.target instanceof HTMLInputElement ? event.target : sign === " " ? null : home();
    if (field && field !== event.target) field.focus();
    return { text: "", began: event.timeStamp, at: 0, field, before: field?.value ?? "" };
  };
  const hear = (event) => {
    if (!event.key || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" || /Enter$/.test(event.code)) return end(event);
    const sign = signOf(event);
    if (sign === null) return;
    if (!burst || event.timeStamp - burst.at > PAUSE_MS) burst = begin(event, sign);
    burst.text += sign;
    burst.at = event.timeStamp;
  };
  const end = (event) => {
    const heard = burst;
    burst = null;
    if (!heard || heard.text.length < LENGTH_MIN) return;
    if (event.timeStamp - heard.began > FAST_MS * heard.text.length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const isHome = heard.field === home();
    if (heard.field) heard.field.value = isHome ? "" : heard.before;
    onScan(heard.text, isHome ? heard.before + heard.text : heard.text);
  };
  document.addEventListener("keydown", hear, { capture: true });
}

/** The sign of a key, also while a Chinese input method holds it; null for keys that write none. */
function signOf(event) {
  if (event.key.length === 1) return event.key.normalize("NFKC");
  if (event.key !== "Process" && event.key !== "Unidentified") return null;
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1];
  if (letter) return event.shiftKey ? letter : letter.toLowerCase();
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1];
  if (digit) return digit;
  return { Period: ".", Minus: event.shiftKey ? "_" : "-" }[event.code] ?? null;
}
