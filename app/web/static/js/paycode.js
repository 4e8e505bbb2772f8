// My code: ask for one, renew it 15 seconds before it ends, show what came of it.
(() => {
  "use strict";
  const RENEW_BEFORE_S = 15;
  const ASK_EVERY_MS = 2000;
  const box = document.getElementById("code");
  const get = (id) => document.getElementById(id);
  const live = []; // ids still worth asking about: the one shown and the one before
  let endsAt = 0;
  let askedId = null;
  let isOver = false;
  let isAsking = false;
  let shownStep = "";
  let lamp = null;

  async function call(url, options = {}) {
    const answer = await fetch(url, {
      ...options,
      headers: { Accept: "application/json", "X-CSRFToken": box.dataset.csrf },
    });
    const body = answer.status === 204 ? {} : await answer.json();
    if (!answer.ok) throw Object.assign(new Error(body.title), { body });
    return body;
  }

  function follow(code) {
    live.unshift(code.id);
    live.splice(2);
    endsAt = performance.now() + code.seconds * 1000;
  }

  function paint(code) {
    follow(code);
    get("svg").innerHTML = code.svg; // our own SVG, from our own server
    get("digits").textContent = code.digits;
    get("stopped").hidden = true;
    for (const id of ["svg", "digits", "hint", "bar"]) get(id).hidden = false;
    get("renew").querySelector("button").textContent = "立即换新码";
    get("renew").querySelector("button").classList.remove("is-main");
  }

  function vanish(sentence) {
    for (const id of ["svg", "digits", "hint", "bar"]) get(id).hidden = true;
    get("left").textContent = "";
    get("stopped").textContent = sentence;
    get("stopped").hidden = false;
  }

  async function renew() {
    if (isAsking || isOver) return;
    isAsking = true;
    try {
      paint(await call(box.dataset.url, { method: "POST" }));
    } catch (error) {
      const left = Math.ceil((endsAt - performance.now()) / 1000);
      if (left <= 0) vanish(error.body ? error.body.title : "没有网络，码停用了，积分没有变。连上网再点换新码。");
    } finally { isAsking = false; }
  }

  function finish(said, step) {
    get("said").textContent = said.title;
    get("text").textContent = said.text;
    get("show").hidden = true;
    get("note").hidden = true;
    get("renew").hidden = step !== "refused";
    get("result").hidden = false;
    get("result").querySelector(".ax-result").classList.toggle("ax-refusal", step !== "done");
    get("agree").hidden = step !== "asked";
    get("home").hidden = step === "asked" || step === "agreed";
    if (navigator.vibrate) navigator.vibrate(step === "done" ? 200 : [100, 80, 100]);
  }

  async function look() {
    if (shownStep === "done" || shownStep === "refused") return;
    for (const id of [...live]) {
      let said;
      try { said = await call(box.dataset.status.replace("ID", id)); } catch { return; }
      if (said.state !== "used") continue;
      askedId = id;
      isOver = true;
      if (said.step !== shownStep) finish(said, said.step);
      shownStep = said.step;
      get("agree").dataset.points = said.points || "";
    }
  }

  function tick() {
    if (isOver || !endsAt) return;
    const left = Math.ceil((endsAt - performance.now()) / 1000);
    if (left <= RENEW_BEFORE_S && !document.hidden) renew();
    if (left <= 0) return vanish("码到时间了，积分没有变。点“立即换新码”。");
    get("bar").value = left;
    get("left").textContent = `${Math.max(1, left - RENEW_BEFORE_S)} 秒后自动换新码`;
  }

  async function agree(event) {
    event.preventDefault();
    const sent = new URLSearchParams({ points: get("agree").dataset.points });
    try { await call(box.dataset.agree.replace("ID", askedId), { method: "POST", body: sent }); } catch (error) {
      get("text").textContent = error.message;
    }
  }

  async function stayLit() {
    try { lamp = await navigator.wakeLock.request("screen"); } catch { lamp = null; }
  }

  get("renew").addEventListener("submit", (event) => {
    event.preventDefault();
    isOver = false;
    shownStep = "";
    live.length = 0;
    get("result").hidden = true;
    get("show").hidden = false;
    get("note").hidden = false;
    renew();
  });
  get("agree").addEventListener("submit", agree);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    if (!lamp || lamp.released) stayLit();
    tick();
  });
  if (box.dataset.first) follow(JSON.parse(box.dataset.first)); else renew();
  setInterval(tick, 1000);
  setInterval(look, ASK_EVERY_MS);
  stayLit();
})();
