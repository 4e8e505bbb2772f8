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
