// The words of the page, in its reader's language. Scripts of the till say nothing themselves.

const words = JSON.parse(document.getElementById("main").dataset.words);
const language = document.documentElement.lang === "en" ? "en-GB" : "zh-CN";

/** The text of a name, with its {places} filled in. */
export const say = (name, values = {}) =>
  (words[name] ?? name).replace(/\{(\w+)\}/g, (_, place) => String(values[place] ?? ""));

export const number = (value) => value.toLocaleString("en-US").replace("-", "−");

/** 12月31日, or 31 December. */
export const day = (iso) =>
  new Date(`${iso}T00:00:00Z`).toLocaleDateString(language, { timeZone: "UTC", month: "long", day: "numeric" });

/** 14:05, in Shanghai. */
export const clockTime = (iso) =>
  new Date(iso).toLocaleTimeString("en-GB", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit" });

/** 2026-11-22 14:05, in Shanghai: as on paper. */
export const moment = (iso) => new Date(iso).toLocaleString("sv-SE", { timeZone: "Asia/Shanghai" }).slice(0, 16);

/** A refusal's sentence in two: what happened, and what it did to the points. */
export function halves(text) {
  const [first, ...rest] = text.split(/(?<=[。，])|(?<=\.) /);
  return [first.replace(/，$/, "。"), rest.join(language === "en-GB" ? " " : "")];
}
