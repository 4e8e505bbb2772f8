// What was scanned or typed: a person's code or card, or goods.

const PERSON = /^(T[PC]1\.[0-9a-z]{1,12}\.[A-Za-z0-9_-]{22}|\d{18})$/;

/** The code or card in a text, or null. */
export function personCode(text) {
  const code = text.replaceAll(" ", "");
  return PERSON.test(code) ? code : null;
}

/** The goods that a barcode, a price label or a typed number means. */
export function findGoods(all, text) {
  const typed = text.toLowerCase();
  const code = gtin(text);
  return (
    all.find((one) => one.barcode === text || (code && gtin(one.barcode) === code)) ||
    all.find((one) => one.number.toLowerCase() === typed) ||
    all.find((one) => plain(one.number) === plain(text)) ||
    (code && all.find((one) => plain(one.number) === labelled(code))) ||
    null
  );
}

const plain = (number) => number.replace(/^0+(?=.)/, "");

/** EAN-13 of an EAN-13, EAN-8 or UPC-A whose check digit is right; else null. */
function gtin(text) {
  if (!text || !/^(\d{8}|\d{12,13})$/.test(text)) return null;
  const code = text.padStart(13, "0");
  const sum = [...code.slice(0, 12)].reduce((total, digit, at) => total + digit * (at % 2 ? 3 : 1), 0);
  return (10 - (sum % 10)) % 10 === Number(code[12]) ? code : null;
}

/** The goods number on a shop's own price label: 2x, then 5 digits of the number. */
const labelled = (code) => (code.startsWith("2") ? plain(code.slice(2, 7)) : null);
