// Vouchers, what was set aside, offers: a scanner finds the right form by how its code begins.
import { listen } from "./till_wedge.js";

const FORMS = { TV1: "voucher", TR1: "collection", TP1: "offer" };

listen((text) => {
  const kind = FORMS[text.slice(0, 3)];
  const form = kind ? document.querySelector(`form[data-takes="${kind}"]`) : typedIn();
  if (form) return take(form, text);
  document.getElementById("open-first")?.focus();
});

/** Digits alone do not say what they are of: they belong where the cursor stands. */
function typedIn() {
  return document.activeElement?.closest("form[data-takes]") ?? document.querySelector("form[data-takes]");
}

/** Fill the code in and send it; where one of several offers is to be chosen, ask which. */
function take(form, text) {
  const choice = form.elements.namedItem("offer_id");
  form.elements.namedItem("presented").value = text;
  if (choice && !choice.value) return choice.focus();
  form.requestSubmit();
}
