// The page without network: keep the code that was just scanned, and come back with the network.
import { keep, size, waiting } from "./late.js";

const main = document.getElementById("main");

async function begin() {
  if ((await size()) === "large") document.documentElement.dataset.size = "large";
  const token = location.pathname === "/q" ? location.hash.slice(1) : "";
  if (token && (await keep(token))) part("kept").hidden = false;
  const count = (await waiting()).length;
  if (count) {
    part("count").textContent = main.dataset.count.replace("{n}", count);
    part("count").hidden = false;
  }
}

function part(name) {
  return main.querySelector(`[data-part="${name}"]`);
}

part("again").addEventListener("click", () => location.reload());
window.addEventListener("online", () => location.reload());
begin();
