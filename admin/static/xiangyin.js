// The pages work without this file. It asks before something irreversible, and keeps the moving parts of a page fresh.
"use strict";

// data-confirm on a form: ask in a dialog before it is sent.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const question = form.dataset.confirm;
  if (!question || form.dataset.sure) return;
  event.preventDefault();
  const box = document.getElementById("ask");
  box.querySelector("p").textContent = question;
  box.returnValue = "";
  box.onclose = () => {
    if (box.returnValue !== "yes") return;
    form.dataset.sure = "yes";
    form.requestSubmit(event.submitter);
  };
  box.showModal();
});

// A form is sent once, however often the thumb falls on the button.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.closest("dialog")) return;
  if (event.target.dataset.sent) { event.preventDefault(); return; }
  event.target.dataset.sent = "yes";
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => {
  delete form.dataset.sent;
  delete form.dataset.sure;
}));

// data-draft on a form: what is typed is kept in this browser until the form has arrived, whatever becomes of the line meanwhile.
// data-draft-done on a page names the drafts (by name, or by its beginning up to a hyphen) that have arrived.
const KEPT_MS = 3 * 24 * 3600 * 1000;
const drafts = {
  read: (name) => { try { return JSON.parse(localStorage.getItem(`draft:${name}`)); } catch { return null; } },
  write: (name, typed) => { try { localStorage.setItem(`draft:${name}`, JSON.stringify({ at: Date.now(), typed })); } catch { /* a full or forbidden store: the form works without it */ } },
  forget: (start) => { try { Object.keys(localStorage).filter((key) => (start.endsWith("-") ? key.startsWith(`draft:${start}`) : key === `draft:${start}`)).forEach((key) => localStorage.removeItem(key)); } catch { /* nothing was kept either */ } },
};
document.querySelectorAll("[data-draft-done]").forEach((each) => drafts.forget(each.dataset.draftDone));
document.querySelectorAll("form[data-draft]").forEach((form) => {
  const name = form.dataset.draft;
  const fields = [...form.elements].filter((each) => each.name && !["hidden", "submit", "checkbox", "radio", "file"].includes(each.type) && each.tagName !== "BUTTON");
  const revision = form.elements.revision; // the version that was read: words on an old one are not saved over newer ones
  const kept = drafts.read(name);
  if (kept && Date.now() - kept.at < KEPT_MS) {
    let back = false;
    // a page that comes back refused has the newer words: only what is as the station gave it is filled
    fields.filter((each) => each.name in kept.typed && (each.tagName === "SELECT" || each.value === each.defaultValue)).forEach((each) => {
      if (each.value === kept.typed[each.name]) return;
      if (each.tagName !== "SELECT" || [...each.options].some((one) => one.value === kept.typed[each.name])) { each.value = kept.typed[each.name]; back = true; }
    });
    if (back) {
      if (revision && kept.typed.revision) revision.value = kept.typed.revision;
      const said = document.getElementById("restored")?.content.firstElementChild.cloneNode(true);
      said?.querySelector("button").addEventListener("click", () => { drafts.forget(name); location.reload(); });
      if (said) form.prepend(said);
      if (form.closest("details")) form.closest("details").open = true;
    }
  }
  form.addEventListener("input", () => drafts.write(name, { ...Object.fromEntries(fields.map((each) => [each.name, each.value])), ...(revision ? { revision: revision.value } : {}) }));
});

// data-live on the body names what to watch; every [data-part] is replaced when the station says so.
const watch = document.body.dataset.live;
if (watch) {
  const asked = new Set(); // parts that somebody is waiting to hear
  const put = (parts) => {
    for (const [name, html] of Object.entries(parts)) {
      if (name === "reload") { location.reload(); return; }
      const place = document.querySelector(`[data-part="${CSS.escape(name)}"]`);
      if (!place) continue;
      if (place.dataset.reload === html) { location.reload(); return; }
      const fresh = document.createElement("template");
      fresh.innerHTML = html;
      const sound = place.querySelector("audio");
      if (sound && !sound.paused && !asked.has(name)) continue;
      if (place.innerHTML !== fresh.innerHTML) place.replaceChildren(fresh.content);
      else if (!asked.has(name)) continue;
      const heard = asked.has(name) && place.querySelector("audio");
      if (heard) {
        asked.delete(name);
        heard.play().catch(() => heard.focus()); // a browser that wants a tap of its own gets one
      }
    }
  };
  let failed = 0;
  let timer = 0;
  const poll = async () => {
    try {
      const answer = await fetch(`/live.json?${watch}`, { headers: { Accept: "application/json" } });
      if (answer.ok && !answer.redirected) put(await answer.json());
    } catch { /* the line is down: the next round asks again */ }
  };
  const listen = () => {
    const source = new EventSource(`/live?${watch}`);
    source.onmessage = (event) => { failed = 0; put(JSON.parse(event.data)); };
    source.onerror = () => {
      failed += 1;
      if (failed < 3 && source.readyState !== EventSource.CLOSED) return;
      source.close();
      if (!timer) timer = setInterval(poll, 3000);
    };
    addEventListener("pagehide", () => source.close());
  };
  listen();

  // data-hear on a form, or on one of its buttons, names the part in which its sound will be: asked for without leaving the page, played when it is there.
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const button = event.submitter;
    const part = button?.dataset.hear || form.dataset.hear;
    if (!part || event.defaultPrevented) return;
    event.preventDefault();
    try {
      const answer = await fetch(button?.getAttribute("formaction") || form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
      if (answer.type !== "opaqueredirect") throw new Error(`not taken: ${answer.status}`);
      asked.add(part);
      await poll();
    } catch { // the page itself says what is wrong
      if (button?.hasAttribute("formaction")) form.action = button.getAttribute("formaction");
      form.submit();
    }
    delete form.dataset.sent;
  });
}

// The forms of the schedule show only the fields that count for the chosen kind.
const kind = document.querySelector("[data-kind]");
if (kind) {
  const show = () => document.querySelectorAll("[data-only]").forEach((part) => {
    part.hidden = !part.dataset.only.split(" ").includes(kind.value);
  });
  kind.addEventListener("change", show);
  show();
}

// data-slide: the second gesture of an alarm. Let go before the end, and nothing happens; at the end, by thumb or by keys, the form is sent once.
const slide = document.querySelector("[data-slide]");
if (slide) {
  const form = slide.form;
  const sure = form.querySelector("[data-sure]");
  const away = () => { slide.value = 0; };
  const done = () => {
    if (Number(slide.value) < 96) { away(); return; }
    Object.assign(sure, { name: "sure", value: "yes" });
    form.requestSubmit();
  };
  let pressed = false;
  slide.addEventListener("pointerdown", () => { pressed = true; slide.dataset.from = slide.value; });
  slide.addEventListener("input", () => { // a tap at the far end is no slide
    if (pressed && slide.dataset.from === "0" && Number(slide.value) > 60) away();
    else slide.dataset.from = slide.value;
  });
  slide.addEventListener("pointerup", () => { pressed = false; done(); });
  slide.addEventListener("pointercancel", () => { pressed = false; away(); });
  slide.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    done();
  });
  form.addEventListener("submit", (event) => { if (sure.value !== "yes") event.preventDefault(); });
  addEventListener("pageshow", away);
}

// data-print: the printer's own dialogue; without this file the browser's menu prints the same page.
document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => print());
});

// The week: a slot is dragged to another hour; where it goes and whether the later ones follow is asked before anything is moved.
{
  const week = document.querySelector("[data-week]");
  const asks = document.getElementById("moving");
  let dragged = null;

  const hourOf = (event) => (event.target instanceof Element ? event.target.closest(".hour") : null);
  const clear = () => week.querySelectorAll(".over").forEach((each) => each.classList.remove("over"));

  const ask = (slot, hour) => {
    const form = asks.querySelector("form");
    form.action = slot.dataset.move;
    form.elements.at.value = slot.dataset.at;
    form.elements.day.value = hour.dataset.day;
    form.elements.time.value = `${hour.dataset.hour}:${slot.dataset.time.slice(3)}`;
    form.elements.which.value = "one";
    form.querySelector("[data-which]").hidden = "once" in slot.dataset;
    asks.querySelector("h2").textContent = slot.dataset.name;
    asks.showModal();
  };

  if (week && asks) {
    week.addEventListener("dragstart", (event) => {
      dragged = event.target instanceof Element ? event.target.closest("[data-move]") : null;
      if (!dragged) return;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", dragged.dataset.name);
      dragged.classList.add("dragged");
    });
    week.addEventListener("dragover", (event) => {
      const hour = hourOf(event);
      if (!dragged || !hour) return;
      event.preventDefault();
      if (hour.classList.contains("over")) return;
      clear();
      hour.classList.add("over");
    });
    week.addEventListener("drop", (event) => {
      const hour = hourOf(event);
      if (!dragged || !hour) return;
      event.preventDefault();
      if (hour !== dragged.closest(".hour")) ask(dragged, hour);
    });
    week.addEventListener("dragend", () => {
      clear();
      if (dragged) dragged.classList.remove("dragged");
      dragged = null;
    });
    asks.querySelector("[data-close]").addEventListener("click", () => asks.close());
  }
}

// data-print: the page on paper.
document.querySelectorAll("[data-print]").forEach((button) => button.addEventListener("click", () => print()));
