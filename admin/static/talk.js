// Speaking live: hold the button, and what the microphone hears goes out as it comes. One WebSocket a talk, closed when the button is let go.
"use strict";

document.querySelectorAll("form[data-at-once]").forEach((form) => form.addEventListener("change", () => form.requestSubmit()));

const talk = document.querySelector("[data-talk]");
if (talk && isSecureContext && navigator.mediaDevices?.getUserMedia && window.AudioWorkletNode) {
  const find = (name) => talk.querySelector(`[data-${name}]`);
  const hold = find("hold");
  const meter = find("loudness");
  const news = find("news");
  const tap = find("tap");
  const words = Object.fromEntries([...talk.querySelectorAll("[data-word]")].map((each) => [each.dataset.word, each.textContent]));
  const word = (name, facts = {}) => words[name].replace(/\{(\w+)\}/g, (_all, key) => facts[key] ?? "");
  const why = (name) => document.querySelectorAll("[data-why]").forEach((hint) => { hint.hidden = hint.dataset.why !== name; });
  const tell = (text) => { find("told").textContent = text; };
  const tellNews = (text) => { news.textContent = text; news.hidden = !text; };
  const address = () => new URL(new URL(talk.dataset.talk, location.href).pathname, location.href).href.replace(/^http/, "ws");
  const clock = (s) => `${Math.floor(s / 60)}:${String(Math.floor(s % 60)).padStart(2, "0")}`;
  let now = null; // the talk that is on: {line, stream, context, speaking, ends}
  let wanted = false; // whether the button is held
  let queue = null; // the WebSocket on which we wait

  const listen = async (heard) => {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: false, noiseSuppression: true, autoGainControl: false } });
    const context = new AudioContext({ latencyHint: "interactive" });
    await context.audioWorklet.addModule(talk.dataset.mouth);
    const mouth = new AudioWorkletNode(context, "mouth");
    mouth.port.onmessage = (event) => heard(event.data);
    context.createMediaStreamSource(stream).connect(mouth);
    mouth.connect(context.destination); // silent; without it some browsers ask for no samples
    return { stream, context };
  };

  const loudness = (samples) => {
    const peak = new Int16Array(samples).reduce((most, each) => Math.max(most, Math.abs(each)), 0) / 32768;
    meter.value = Math.max(Math.min(100, Math.sqrt(peak) * 100), meter.value * 0.85);
  };

  const over = (mine) => {
    if (mine.done) return;
    mine.done = true;
    clearInterval(mine.counting);
    mine.stream?.getTracks().forEach((track) => track.stop());
    mine.context?.close();
    mine.awake?.then((lock) => lock?.release());
    if (mine.line && mine.line.readyState < WebSocket.CLOSING) mine.line.close(1000);
    if (now !== mine) return;
    now = null;
    wanted = false;
    meter.value = 0;
    hold.classList.remove("on");
    hold.setAttribute("aria-pressed", "false");
    find("left").textContent = "";
    find("hand").hidden = true;
  };

  const begin = async () => {
    if (now) return;
    wanted = true;
    const mine = { speaking: false };
    now = mine;
    hold.setAttribute("aria-pressed", "true");
    tell(word("opening"));
    tellNews("");
    find("wait").hidden = true;
    why("");
    const asked = performance.now();
    try {
      Object.assign(mine, await listen((samples) => {
        loudness(samples);
        if (mine.speaking && mine.line.readyState === WebSocket.OPEN) mine.line.send(samples);
      }));
    } catch (error) {
      why(error.name === "NotAllowedError" || error.name === "SecurityError" ? "denied" : "missing");
      tell("");
      over(mine);
      return;
    }
    if (!wanted) { // the browser asked whether it may: whoever answered has let go
      tell(word(performance.now() - asked > 700 ? "allowed" : "ready"));
      over(mine);
      return;
    }
    leave();
    mine.awake = navigator.wakeLock ? navigator.wakeLock.request("screen").catch(() => null) : null; // a courtesy: a talk may take minutes
    const longest = Number(find("longest").value);
    const line = new WebSocket(address());
    line.binaryType = "arraybuffer";
    mine.line = line;
    line.onopen = () => line.send(JSON.stringify({ do: "speak", area: Number(talk.dataset.area), title: find("title").value, longest }));
    line.onmessage = (event) => hear(mine, JSON.parse(event.data), longest);
    line.onclose = () => { if (!mine.done) { tell(word("lost")); over(mine); } };
  };

  const hear = (mine, said, longest) => {
    if (said.talk && !said.ended) {
      const began = performance.now();
      tell(word("chime"));
      hold.classList.add("on");
      mine.counting = setInterval(() => { find("left").textContent = clock(Math.max(0, longest - (performance.now() - began) / 1000)); }, 200);
    }
    if (said.speak) {
      mine.speaking = true;
      tell(word("speak"));
      navigator.vibrate?.(80);
    }
    if (said.waiting) {
      find("hand").hidden = !said.waiting.length;
      tellNews(said.waiting.length ? word("waiting", { names: said.waiting.join("、") }) : "");
    }
    if (said.under !== undefined) tellNews(said.under ? word("under", said.under) : "");
    if (said.howls) tellNews(word("howls"));
    if (said.ended) {
      tell(word(said.ended in words ? said.ended : "spoken", said));
      tellNews("");
      over(mine);
    } else if (said.refused) {
      tell(said.busy ? word("busy", said) : said.refused);
      find("wait").hidden = !said.busy;
      over(mine);
    }
  };

  const end = () => {
    wanted = false;
    const mine = now;
    if (!mine?.line || mine.done) return;
    mine.speaking = false;
    if (mine.line.readyState === WebSocket.OPEN) {
      tell(word("closing"));
      mine.line.send(JSON.stringify({ do: "end" }));
      setTimeout(() => over(mine), 4000); // no answer: the line is gone, and the station ends it by itself
    } else {
      tell(word("ready"));
      over(mine);
    }
  };

  const leave = () => {
    const mine = queue;
    queue = null;
    if (mine && mine.readyState < WebSocket.CLOSING) mine.close(1000);
    find("leave").hidden = true;
  };

  const wait = () => {
    leave();
    find("wait").hidden = true;
    find("leave").hidden = false;
    const line = new WebSocket(address());
    queue = line;
    line.onopen = () => line.send(JSON.stringify({ do: "wait", area: Number(talk.dataset.area) }));
    line.onmessage = (event) => {
      const said = JSON.parse(event.data);
      if (said.refused) tell(said.refused);
      else if (said.turn) { tell(word("turn")); navigator.vibrate?.([200, 100, 200]); }
      else if (said.passed) { if (queue === line) tell(word("passed")); }
      else if (said.waits) tell(word("waits", said));
    };
    line.onclose = () => { if (queue === line) leave(); };
  };

  const free = () => !tap.checked;
  hold.disabled = false;
  tell(word("ready"));
  hold.addEventListener("pointerdown", (event) => {
    if (!free() || event.button) return;
    hold.setPointerCapture(event.pointerId);
    begin();
  });
  for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) hold.addEventListener(name, () => { if (free()) end(); });
  hold.addEventListener("contextmenu", (event) => event.preventDefault());
  hold.addEventListener("keydown", (event) => {
    if (event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    if (event.repeat) return;
    if (free() || !now) begin();
    else end();
  });
  hold.addEventListener("keyup", (event) => { if (free() && (event.key === " " || event.key === "Enter")) end(); });
  hold.addEventListener("blur", () => { if (free()) end(); });
  hold.addEventListener("click", (event) => { if (tap.checked && event.detail) { if (now) end(); else begin(); } });
  document.addEventListener("visibilitychange", () => { if (document.hidden) end(); });
  addEventListener("pagehide", () => { if (now) over(now); leave(); });
  find("hand").addEventListener("click", () => now?.line?.send(JSON.stringify({ do: "hand over" })));
  find("wait").addEventListener("click", wait);
  find("leave").addEventListener("click", () => { leave(); tell(word("ready")); });
}
