// The scan landing: post the fragment once, keep the ticket while its holder signs in.
(() => {
  "use strict";
  const KEPT = "timebank-seen";
  const LIFE_MS = 10 * 60 * 1000;
  const UNREACHED = "没有网络，还没有签上，积分没有变。请再扫一次。";
  const EMPTY = "这里没有码，什么都没有变。请扫领队屏幕上的码。";
  const main = document.getElementById("main");
  const words = { in: "签到", out: "签退" };

  function show(id) {
    for (const part of ["wait", "seen", "refused"]) document.getElementById(part).hidden = part !== id;
  }

  function fill(name, text) {
    for (const place of main.querySelectorAll(`[data-field="${name}"]`)) place.textContent = text;
  }

  function clock(instant) {
    return new Date(instant).toLocaleTimeString("zh-CN", {
      hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai",
    });
  }

  function day(instant) {
    return new Date(instant).toLocaleDateString("zh-CN", {
      month: "long", day: "numeric", weekday: "short", timeZone: "Asia/Shanghai",
    });
  }

  function refuse(sentence) {
    forget();
    fill("problem", sentence);
    show("refused");
  }

  function keep(seen) {
    try { sessionStorage.setItem(KEPT, JSON.stringify(seen)); } catch { /* private mode */ }
  }

  function forget() {
    try { sessionStorage.removeItem(KEPT); } catch { /* private mode */ }
  }

  function kept() {
    try {
      const seen = JSON.parse(sessionStorage.getItem(KEPT));
      return seen && Date.now() - Date.parse(seen.seen_at) < LIFE_MS ? seen : null;
    } catch { return null; }
  }

  function present(seen) {
    fill("direction", words[seen.direction]);
    fill("place", seen.node_name);
    fill("title", seen.title);
    fill("address", seen.address);
    fill("times", `${day(seen.starts_at)} ${clock(seen.starts_at)}–${clock(seen.ends_at)}`);
    fill("seen_at", clock(seen.seen_at));
    const form = main.querySelector("form");
    if (form) {
      form.elements.ticket.value = seen.ticket;
      form.addEventListener("submit", () => {
        form.querySelector("button").setAttribute("aria-busy", "true");
      });
    }
    show("seen");
  }

  async function redeem(token) {
    let answer, body;
    try {
      answer = await fetch(main.dataset.seen, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": main.dataset.csrf },
        body: JSON.stringify({ token }),
      });
      body = await answer.json();
    } catch { return refuse(UNREACHED); }
    history.replaceState(null, "", location.pathname);
    if (!answer.ok) return refuse(body.title);
    keep(body);
    present(body);
  }

  function begin() {
    const token = location.hash.slice(1);
    if (token) {
      redeem(token);
      return;
    }
    const seen = kept();
    if (seen) present(seen); else refuse(EMPTY);
  }

  window.addEventListener("hashchange", begin);
  begin();
})();
