// What every page can do: ask once more before a form goes, print, close a sheet.
for (const form of document.querySelectorAll("form[data-confirm]")) {
  const sheet = document.getElementById(form.dataset.confirm);
  if (!(sheet instanceof HTMLDialogElement)) continue;
  form.addEventListener("submit", (event) => {
    if (event.submitter?.hasAttribute("data-confirmed")) return sheet.close();
    event.preventDefault();
    sheet.showModal();
  });
}
for (const button of document.querySelectorAll("[data-close]")) {
  button.addEventListener("click", () => document.getElementById(button.dataset.close)?.close());
}
for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => window.print());
}

// After the page is usable: keep it at hand for when there is no network (worker.js, late.js).
async function settle() {
  const { lang, dataset } = document.documentElement;
  const { remember } = await import("./late.js");
  await remember(dataset.holder || "", lang.startsWith("en") ? "en" : "zh", dataset.size || "");
  if (document.querySelector("[data-late]")) await import("./late_page.js");
  await navigator.serviceWorker.register("/worker.js", { scope: "/", updateViaCache: "none" });
}
if (document.documentElement.dataset.surface === "phone" && "serviceWorker" in navigator) {
  window.addEventListener("load", () => settle().catch(() => { /* no place for it: then without */ }));
}
