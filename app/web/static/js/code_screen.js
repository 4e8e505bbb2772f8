// The leader's screen: show the next code in time; show nothing rather than a dead one.
(() => {
  "use strict";
  const ASK_EVERY_MS = 3000;
  const get = (id) => document.getElementById(id);
  const box = get("screen");
  const slot = Number(box.dataset.slot);
  let endsAt = performance.now() + Number(box.dataset.left) * 1000;
  let diesAt = endsAt + slot * 1000; // the code before the newest is accepted once more
  let svg = "";

  function isOn(value) {
    for (const id of ["svg", "time", "shortline"]) get(id).hidden = !value;
    get("stopped").hidden = value;
  }

  function online(value) {
    get("net").textContent = value ? "已联网" : "没有网络";
    get("net").classList.toggle("is-done", value);
    get("net").classList.toggle("is-look", !value);
  }

  function paint(now) {
    if (svg !== now.svg) get("svg").innerHTML = svg = now.svg; // our own SVG, from our own server
    get("short").textContent = now.short;
    get("came").textContent = now.came_count;
    get("enrolled").textContent = now.enrolled_count;
    get("inside").textContent = now.inside_count;
    get("latest").textContent = now.latest ? `刚刚 ${now.latest}` : "";
    endsAt = performance.now() + now.seconds_left * 1000;
    diesAt = endsAt + slot * 1000;
    isOn(true);
    online(true);
  }

  async function ask() {
    try {
      const answer = await fetch(box.dataset.url, { headers: { Accept: "application/json" }, redirect: "error" });
      if (!answer.ok) throw new Error(answer.status);
      paint(await answer.json());
    } catch { online(false); }
  }

  function tick() {
    const now = performance.now();
    const left = Math.max(0, Math.ceil((endsAt - now) / 1000));
    get("bar").value = left;
    get("left").textContent = left ? `${left} 秒后自动换新码` : "正在换新码……";
    if (now > diesAt) isOn(false);
    if (left === 0) ask();
  }

  async function stayLit() {
    try { await navigator.wakeLock.request("screen"); } catch { /* not every phone can */ }
  }

  setInterval(ask, ASK_EVERY_MS);
  setInterval(tick, 1000);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) { ask(); stayLit(); }
  });
  stayLit();
})();
