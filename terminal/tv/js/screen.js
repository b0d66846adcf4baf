// What is to be seen: pairing, idle, programme, notice, emergency, drill. Decided from the agent's state, painted only where something changed.
(function (X) {
  "use strict";
  const RTL = ["ug", "ar"], FILM_DRIFT_S = 0.35, FILM_OPEN_MS = 5000, UNSAID_MS = 2000;
  const NO_FILM = { sha: "", url: "", pictured: false, since: 0 };
  const $ = (id) => document.getElementById(id);

  // Which screen: {mode, item, voice, under}. Emergency and drill fill it; a notice runs along the bottom over what was on.
  function scene(agent, now) {
    const voices = (agent.over ? [agent.over] : []).concat(agent.sounding).filter((voice) => voice.began <= now + 60 && voice.ends > now - 60);
    const soon = voices.length ? null : alarmSoon(agent, now), standing = soon ? null : alarmStanding(agent, now);
    if (soon) return { mode: "emergency", item: soon, voice: null, under: null };
    if (!voices.length) return { mode: standing ? "notice" : "idle", item: standing, voice: null, under: paused(agent) };
    const voice = voices[0], item = voice.item;
    if (item.priority <= 2) return { mode: "emergency", item, voice, under: null };
    if (standing) return { mode: "notice", item: standing, voice: null, under: item };
    if (item.priority <= 4) return { mode: "notice", item, voice, under: voices[1] ? voices[1].item : paused(agent) };
    return { mode: "programme", item, voice, under: null };
  }

  // What was interrupted and will go on.
  function paused(agent) {
    const names = Object.keys(agent.kept.begun).filter((name) => agent.kept.begun[name].paused >= 0 && agent.items.has(name));
    return names.length ? agent.items.get(names[0]).item : null;
  }

  // A film that begins soon, and is opened beforehand, so that its first picture is here when its sound begins.
  function filmSoon(agent, now) {
    const found = agent.open().find(({ item }) => item.video && agent.due(item) > now && agent.due(item) - now < FILM_OPEN_MS && agent.stored(item.video));
    return found ? found.item : null;
  }

  // An emergency that sounds within the length of the siren.
  function alarmSoon(agent, now) {
    const found = agent.open().find(({ item }) => item.priority <= 2 && agent.due(item) > now && agent.due(item) - now < X.SIREN_MS && agent.stored(item.clip));
    return found && !agent.silenced ? found.item : null;
  }

  // An emergency that has been said, and is not over: it runs along the bottom until the set holds it no more.
  function alarmStanding(agent, now) {
    const one = agent.silenced ? null : Array.from(agent.alarms.values()).find((each) => each.from_ms <= now && now < each.until_ms && !each.all_clear);
    return one ? { id: "em-" + one.id, title: (one.drill ? X.words.zh.drill + " Drill: " : "") + one.title, words: one.text === one.title ? "" : one.text, lang: one.lang, ms: 15000, priority: 1, captions: "" } : null;
  }

  // Says when a picture of the film has been painted: browsers before 2020 only know that one has been decoded.
  function pictured(video, say) {
    const look = () => (video.seeking ? wait() : say());
    const wait = () => {
      if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(look);
      else video.addEventListener("timeupdate", () => requestAnimationFrame(look), { once: true });
    };
    wait();
  }

  function direction(lang) { return RTL.indexOf((lang || "").split("-")[0]) >= 0 ? "rtl" : "ltr"; }

  class Screen {
    constructor() {
      this.lang = localStorageGet("lang") || ((navigator.language || "zh").startsWith("en") ? "en" : "zh");
      this.film = NO_FILM;
      this.unplayable = new Set(); // films that this browser cannot show
      this.shown = {};
      this.statusOpen = false;
      this.label();
    }

    get words() { return X.words[this.lang]; }

    turn() {
      this.lang = this.lang === "zh" ? "en" : "zh";
      try { localStorage.setItem("lang", this.lang); } catch (error) { console.debug("the language is not kept", error.message); }
      this.label();
    }

    label() {
      document.documentElement.lang = this.lang === "zh" ? "zh-CN" : "en";
      for (const each of document.querySelectorAll("[data-word]")) each.textContent = this.words[each.dataset.word];
      this.shown = {};
    }

    set(id, said, lang) {
      const key = said + "|" + (lang || "");
      if (this.shown[id] === key) return false;
      this.shown[id] = key;
      const element = $(id);
      element.textContent = said;
      if (lang !== undefined) {
        element.dir = direction(lang);
        element.lang = lang || "";
      }
      return true;
    }

    mode(name) {
      if (document.body.dataset.mode !== name) document.body.dataset.mode = name;
    }

    pairing(code, link) {
      this.mode("pair");
      if (!this.set("code", code.slice(0, 4) + " " + code.slice(4))) return;
      const made = qrcode(0, "M");
      made.addData(link);
      made.make();
      const size = made.getModuleCount(), canvas = $("qr"), scale = Math.max(4, Math.floor(360 / (size + 8)));
      canvas.width = canvas.height = (size + 8) * scale;
      const paint = canvas.getContext("2d");
      paint.fillStyle = "#fff";
      paint.fillRect(0, 0, canvas.width, canvas.height);
      paint.fillStyle = "#000";
      for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) if (made.isDark(y, x)) paint.fillRect((x + 4) * scale, (y + 4) * scale, scale, scale);
    }

    say(text) {
      this.mode("wait");
      this.set("waiting", text);
    }

    // Now, from everything that is known.
    paint(agent, now, facts) {
      const { mode, item, voice, under } = scene(agent, now), want = agent.want, lang = (item && item.lang) || want.dialect;
      const position = voice ? facts.position(item.id) : null;
      const caption = item ? X.captions.at(facts.captions(item), position === null ? -1 : position) : "";
      const behind = mode === "programme" ? item : mode === "notice" || mode === "idle" ? under : null;
      this.mode(mode === "notice" ? (behind ? "programme" : "idle") : mode === "idle" && behind ? "programme" : mode);
      document.body.classList.toggle("notice", mode === "notice");
      this._clock(now, want.tz);
      this.set("village", want.area || "");
      this._coming(agent, now, want.tz);
      const filming = this._film(behind || filmSoon(agent, now), behind ? facts.position(behind.id) : null, facts) && !!behind;
      document.body.classList.toggle("filming", filming);
      if (behind) this.set("title", behind.title, behind.lang);
      this.set("caption", mode === "programme" && !(filming && item.burnt) ? caption : "", lang);
      if (mode === "notice") this._crawl(item, facts.captions(item));
      if (mode === "emergency") this._alarm(item, caption, facts.captions(item), lang);
      this._status(agent, now, facts);
    }

    _alarm(item, caption, cues, lang) {
      const drill = item.priority === 2, own = X.words[(lang || "").split("-")[0]] || {};
      document.body.classList.toggle("drill", drill);
      const mark = drill ? "drill" : "emergency";
      const second = own[mark] && own !== this.words ? own[mark] : X.words[this.lang === "zh" ? "en" : "zh"][mark];
      const grade = drill || item.clear ? "" : item.level || "";
      this.set("grade", grade ? [this.words[grade], (own[grade] && own !== this.words ? own : X.words[this.lang === "zh" ? "en" : "zh"])[grade]].join(" · ") : "");
      document.body.classList.toggle("clear", !!item.clear);
      for (const level of ["red", "orange", "yellow", "blue"]) document.body.classList.toggle("level-" + level, item.level === level && !drill && !item.clear);
      this.set("mark", item.clear && !drill ? this.words.allClear : this.words[mark]);
      this.set("mark2", item.clear && !drill ? X.words[this.lang === "zh" ? "en" : "zh"].allClear : second, own[mark] ? lang : "en");
      this.set("drillnote", drill ? this.words.drillNote : "");
      this.set("alarmtitle", item.title, item.lang || lang);
      const words = caption || item.words || (cues.length ? cues[0].words : "");
      this.set("alarmwords", words === item.title ? "" : words, item.wordsLang || lang);
      const name = item.title + "|" + words + innerWidth + "x" + innerHeight;
      if (this.fitted !== name) {
        this.fitted = name;
        this._fit();
      }
    }

    // Long words become smaller, down to 4 % of the height, until the whole of the warning stands inside what an old set shows.
    _fit() {
      const last = $("alarmwords").textContent ? $("alarmwords") : $("alarmtitle");
      for (let fit = 1; fit >= 0.46; fit -= 0.06) {
        $("emergency").style.setProperty("--fit", fit.toFixed(2));
        if (last.getBoundingClientRect().bottom <= innerHeight * 0.95) return;
      }
    }

    _crawl(item, cues) {
      const said = [item.title, item.words].concat(item.words ? [] : cues.map((cue) => cue.words)).filter(Boolean).join("　");
      if (!this.set("crawltext", said, item.lang)) return;
      const line = $("crawltext"), box = line.parentNode.getBoundingClientRect().width, rtl = direction(item.lang) === "rtl";
      const width = line.scrollWidth, from = box * 0.4, calm = (from + width) / (box / 9), quick = (from + width) / (box / 3.5);
      line.style.animation = "none";
      line.getBoundingClientRect(); // begins anew
      line.style.setProperty("--from", (rtl ? box - width - from : from) + "px");
      line.style.setProperty("--to", (rtl ? box : -width) + "px");
      line.style.animation = "crawl " + Math.max(quick, Math.min(calm, item.ms / 1000)) + "s linear infinite"; // read once before the voice ends
    }

    _clock(now, tz) {
      const date = new Date(now), zone = { timeZone: tz };
      const say = (options) => {
        try { return new Intl.DateTimeFormat(this.lang === "zh" ? "zh-CN" : "en-GB", Object.assign({}, zone, options)).format(date); } catch (error) {
          return new Intl.DateTimeFormat("en-GB", Object.assign({ timeZone: "UTC" }, options)).format(date);
        }
      };
      const minute = Math.floor(now / 60000) + this.lang + tz;
      if (this.minute === minute) return;
      this.minute = minute;
      const time = say({ hour: "2-digit", minute: "2-digit", hour12: false });
      this.set("clock", time);
      this.set("smallclock", time);
      this.set("date", say({ year: "numeric", month: "long", day: "numeric", weekday: "long" }));
    }

    _coming(agent, now, tz) {
      const rows = [], seen = new Set();
      for (const { item } of agent.open()) {
        if (seen.has(item.occ) || item.title === "♪" || agent.due(item) < now - 1000) continue;
        seen.add(item.occ);
        rows.push(item);
        if (rows.length === 3) break;
      }
      const name = rows.map((item) => item.id + item.title + item.at_ms).join() + this.lang;
      if (this.rows === name) return;
      this.rows = name;
      const list = $("coming");
      list.textContent = "";
      $("none").hidden = rows.length > 0;
      const format = new Intl.DateTimeFormat(this.lang === "zh" ? "zh-CN" : "en-GB", { hour: "2-digit", minute: "2-digit", hour12: false });
      for (const item of rows) {
        const row = document.createElement("li"), time = document.createElement("b"), title = document.createElement("span");
        const minutes = X.hours.minuteOfDay(item.at_ms, tz);
        time.textContent = format && ("0" + Math.floor(minutes / 60)).slice(-2) + ":" + ("0" + (minutes % 60)).slice(-2);
        title.textContent = item.title;
        title.dir = direction(item.lang);
        title.lang = item.lang;
        row.append(time, title);
        list.append(row);
      }
    }

    // The film runs silently beside the sound, which keeps the time. Whether it is to be seen.
    _film(item, position, facts) {
      const video = $("film");
      if (!item || !item.video || this.unplayable.has(item.video) || !facts.film(item)) {
        if (this.film.sha) {
          video.pause();
          video.onerror = null;
          video.removeAttribute("src");
          video.load();
          this.film = NO_FILM;
        }
        return false;
      }
      const url = facts.film(item);
      if (this.film.url !== url) {
        const film = (this.film = { sha: item.video, url, pictured: false, since: 0 });
        pictured(video, () => { film.pictured = true; });
        video.muted = true;
        video.onerror = () => { // the sound goes on, with its title and captions
          this.unplayable.add(item.video);
          facts.broken("this browser cannot show the film of " + (item.title || item.id).slice(0, 80));
        };
        video.src = url;
      }
      const cues = facts.captions(item), shift = Math.abs(item.ms - item.video_ms) > 1000 && cues.length ? cues[0].start : 0;
      if (position === null) {
        video.pause();
        return this._pictured(video);
      }
      const at = (position - shift) / 1000;
      if (at < 0 || at * 1000 > item.video_ms) {
        video.pause();
        return false;
      }
      if (Math.abs(video.currentTime - at) > FILM_DRIFT_S && !video.seeking) video.currentTime = at;
      if (video.paused) video.play().catch((error) => console.debug("the film waits", error.message));
      return this._pictured(video);
    }

    // Once its first picture stands there, and not black before it; a browser that never says so is believed after a while.
    _pictured(video) {
      if (!this.film.pictured && video.readyState >= 2 && !video.seeking) {
        const now = performance.now();
        this.film.since = this.film.since || now;
        if (now - this.film.since > UNSAID_MS) this.film.pictured = true;
      }
      return this.film.pictured;
    }

    _status(agent, now, facts) {
      const w = this.words;
      document.body.classList.toggle("offline", !agent.connected);
      document.body.classList.toggle("mute", !facts.sounds);
      document.body.classList.toggle("muted", facts.sounds && (agent.kept.muted || agent.volume === 0));
      const lang = agent.want.dialect || "", own = X.words[lang.split("-")[0]] || {};
      this.set("nosoundown", own.noSound && own !== this.words ? own.noSound : "", lang);
      this.set("mutedown", own.muted && own !== this.words ? own.muted : "", lang);
      document.body.classList.toggle("revoked", !!agent.silenced);
      document.body.classList.toggle("status", this.statusOpen);
      if (!this.statusOpen) return;
      const open = agent.open(), here = open.filter(({ item }) => agent.stored(item.clip)).length;
      this.set("facts", [
        w.village + "  " + agent.want.area, w.terminal + "  " + agent.did, w.line + "  " + (agent.connected ? w.up : w.down), w.stored + "  " + here + " / " + open.length,
        w.volume + "  " + agent.volume + (agent.kept.muted ? "  " + w.muted : ""), w.clock + "  " + (agent.clockError < 1000 ? agent.clockError.toFixed(1) + " ms" : (agent.clockError / 1000).toFixed(0) + " s"),
      ].join("\n"));
    }

    volume(level) {
      this.set("level", this.words.volume + " " + level);
      $("bar").value = level;
      document.body.classList.add("volume");
      clearTimeout(this.hide);
      this.hide = setTimeout(() => document.body.classList.remove("volume"), 2000);
    }
  }

  function localStorageGet(name) { try { return localStorage.getItem(name); } catch (error) { return null; } }

  X.Screen = Screen;
  X.scene = scene;
  X.alarmSoon = alarmSoon;
  X.SIREN_MS = 3200;
})((self.Xiangyin = self.Xiangyin || {}));
