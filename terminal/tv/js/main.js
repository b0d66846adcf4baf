// The box: pairs once, then carries words between line, memory, hands and agent, and paints. After terminal/runner.py.
(function (X) {
  "use strict";
  const { utf8, text, hex, random, b64 } = X.crypto;
  const VERSION = "0.1.0", MODEL = "tv", CODE_LIFE_MS = 600000, ASK_MS = 3000;
  const ASK_AGAIN_MS = [5000, 15000, 30000, 60000, 150000, 900000], TIME_WAIT_MS = 3000, KEEP_TIME_MS = 600000, STEP_MS = 1000, PAINT_MS = 100, PENDING_MANY = 2000;
  const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

  // A browser that keeps nothing still plays; it must be paired again after a power cut.
  class Forgetful extends X.Memory {
    constructor() { super(null); this.stores = { kv: new Map(), media: new Map(), parts: new Map() }; this.forgetful = true; }
    async get(store, key) { return this.stores[store].get(key); }
    async put(store, key, value) { this.stores[store].set(key, value); }
    async drop(store, keys) { keys.forEach((key) => this.stores[store].delete(key)); }
    async keys(store) { return Array.from(this.stores[store].keys()); }
    async load() { return this.kept; }
    async record() {}
    async fold() {}
  }

  async function openMemory() {
    try { return await X.Memory.open(); } catch (error) {
      console.warn("nothing can be kept:", error && error.message);
      return new Forgetful();
    }
  }

  async function find(station) {
    const answer = await fetch(station + "/.well-known/xiangyin.json", { cache: "no-store", credentials: "omit" });
    if (!answer.ok) throw new Error("the station answers " + answer.status);
    return answer.json();
  }

  // One code after the other until somebody has typed one.
  async function pair(where, station, screen) {
    for (;;) {
      const offer = X.wire.newOffer(), topics = new X.wire.Topics(where.domain), ends = performance.now() + CODE_LIFE_MS;
      X.code = offer.code;
      screen.pairing(offer.code, station + "/devices?code=" + offer.code);
      const request = utf8(JSON.stringify({ nonce: offer.nonce, pk: offer.pk, model: MODEL, name: "", version: VERSION }));
      const found = await new Promise((resolve) => {
        let asking = null;
        const ask = () => {
          if (performance.now() > ends) { finish(null); return; }
          line.publish(topics.pairing(offer.nonce, "up"), request, 1, false);
        };
        const finish = (value) => {
          clearInterval(asking);
          line.close();
          resolve(value);
        };
        const line = new X.mqtt.Line({ url: where.ws, clientId: offer.nonce }, (event) => {
          if (event.what === "connected") {
            line.subscribe([topics.pairing(offer.nonce, "dn")]);
            clearInterval(asking);
            asking = setInterval(ask, ASK_MS);
            ask();
          } else if (event.what === "message") {
            try { finish(X.wire.openAnswer(event.payload, offer)); } catch (error) {
              console.warn("an answer that is not for this box:", error.message); // mine may still come
            }
          } else if (event.what === "disconnected" && performance.now() > ends) finish(null);
        });
        line.open();
      });
      if (!found) continue;
      if (found.credentials) return found.credentials;
      screen.say(screen.words.refusedPair + ": " + found.refused);
      await sleep(10000);
    }
  }

  class Box {
    constructor(memory, screen, identity, known) {
      Object.assign(this, { memory, screen, identity, events: [], busy: false, questions: new Map(), toAsk: 0, askAt: Infinity, holdUntil: Infinity, held: [] });
      Object.assign(this, { bursts: 0, keepAt: 0, films: new Map(), cues: new Map(), sirens: new Set(), machineAt: 0, ended: false });
      const credentials = Object.assign({}, identity.credentials);
      credentials.base = Array.from(new Set(credentials.base.concat(identity.base)));
      this.clock = new X.Clock(null, null, known);
      this.agent = new X.Agent(credentials, memory.kept, { version: VERSION, model: MODEL, can: this._can() }, hex(random(4)));
      const tell = (event) => this.happened(event);
      this.cache = new X.hands.Cache(memory, tell);
      this.player = new X.hands.Player(this.clock, this.cache, tell);
      this.player.setVolume(this.agent.volume);
      this.line = new X.mqtt.Line({
        url: identity.ws, clientId: credentials.did, username: credentials.did, password: credentials.password,
        will: async () => this.agent.will(await memory.nextConn()),
      }, tell);
      this.log = []; // the last events, for whoever looks in
    }

    async start() {
      await this.cache.load();
      for (const sha of this.cache.have) this.agent._clip(sha, "stored");
      this.line.open();
      addEventListener("online", () => this.line.hurry());
      addEventListener("pagehide", () => this._farewell());
      this.timer = setInterval(() => this.happened({ what: "tick" }), 50);
      this.painter = setInterval(() => this._paint(), PAINT_MS);
    }

    now() { return this.clock.now(); }

    _can() {
      const element = document.getElementById("film");
      return X.hands.capabilities((type) => element.canPlayType(type) !== "");
    }

    happened(event) {
      if (event.what === "tick" && (this.busy || !this._due())) return;
      this.events.push(event);
      if (!this.busy) this._work();
    }

    _due() {
      const mono = performance.now(), now = this.now();
      return now >= this.agent.wake || mono >= this.askAt || mono >= this.holdUntil || mono >= this.machineAt || mono >= this.keepAt;
    }

    // One event after the other: what is to be remembered is on the disk before anything else is done.
    async _work() {
      this.busy = true;
      while (this.events.length) {
        const event = this.events.shift();
        try { await this._carryOut(this._told(event)); } catch (error) {
          console.error("an event broke:", event.what, error);
          this.fault = "program: " + String((error && error.message) || error).slice(0, 100);
        }
      }
      this.busy = false;
    }

    _told(event) {
      const agent = this.agent, now = this.now();
      switch (event.what) {
        case "tick": return this._mind(now);
        case "connected":
          if (this.clock.source !== "line") {
            this.toAsk = X.BURST;
            this.askAt = performance.now();
            this.holdUntil = performance.now() + TIME_WAIT_MS;
          }
          return agent.onConnected(now);
        case "refused": return agent.onAuthRefused(event.reason, now);
        case "disconnected": return agent.connected ? agent.onDisconnected(now) : [];
        case "message":
          if (event.topic.endsWith("/dn/rsp") && text(event.payload).indexOf('"op":"time"') >= 0) return this._hearTime(event);
          if (this.holdUntil !== Infinity && !event.topic.endsWith("/dn/rsp")) {
            this.held.push(event);
            return [];
          }
          return agent.onMessage(event.topic, event.payload, now);
        case "fetched":
          return agent.onFetched(event.sha, event.ok, event.reason, now, event.content);
        case "heard":
          this.machineAt = 0; // that there is no sound, or that there is again, is told at once
          return this._mind(now);
        case "lost": return agent.onLost(event.sha, event.reason, now);
        case "tested": return agent.onTested(event.id, event.reason, now);
        case "prepared": return agent.onPrepared(event.sha, event.ok, event.reason, now);
        case "started": return agent.onStarted(event.item, event.start_ms, now);
        case "volume": return agent.setVolume(event.to, now);
        case "mute": return agent.setMuted(event.to, now);
        default: return agent.onFinished(event.item, event.start_ms, event.dur_ms, event.what, now, event.reason);
      }
    }

    _mind(now) {
      const mono = performance.now();
      let out = [];
      if (mono >= this.askAt) {
        this.toAsk -= 1;
        const more = this.toAsk > 0;
        this.askAt = mono + (more ? 20 : ASK_AGAIN_MS[Math.min(this.bursts, ASK_AGAIN_MS.length - 1)]);
        if (!more) this.toAsk = X.BURST;
        this._askTime();
      }
      if (mono >= this.holdUntil) out = out.concat(this._letGo());
      if (mono >= this.keepAt && this.clock.source !== "none") {
        this.keepAt = mono + KEEP_TIME_MS;
        this.memory.put("kv", "time", Math.floor(now));
      }
      if (mono >= this.machineAt) {
        this.machineAt = mono + 60000;
        out = out.concat(this._machine(now));
      }
      return out.concat(this.agent.tick(this.now()));
    }

    _machine(now) {
      const faults = {}, error = this.clock.error();
      if (this.memory.forgetful) faults.memory = "memory: this browser keeps nothing";
      if (!this.player.sounds) faults.sound = "no sound: the browser waits for a key of the remote control";
      if (this.fault) faults.program = this.fault;
      if (this.cache.full || this.full) faults.disk = this.cache.full || this.full;
      if (this.filmFault) faults.film = this.filmFault;
      if (this.memory.kept.pending.length > PENDING_MANY) faults.receipts = "receipts: " + this.memory.kept.pending.length + " wait for the station";
      this.cache.tidy(performance.now()).catch((error) => { this.full = "disk: " + error.message; });
      if (error > 1000) faults.clock = "clock: may be " + Math.round(error / 1000) + " s wrong until the station has said the time";
      if (navigator.storage && navigator.storage.estimate) {
        navigator.storage.estimate().then(({ quota, usage }) => { this.free = Math.max(0, (quota || 0) - (usage || 0)); }, () => { this.free = 0; });
      }
      return this.agent.onClock(error, this.clock.source !== "none", false, now).concat(this.agent.onMachine(now, this.free || 0, faults));
    }

    _askTime() {
      if (!this.agent.connected) return;
      const id = hex(random(4)), sent = performance.now();
      this.questions.set(id, sent);
      if (this.questions.size > 24) this.questions.delete(this.questions.keys().next().value);
      this.line.publish(this.agent.topics.up(this.agent.did, "req"), utf8(JSON.stringify({ op: "time", id, t0_ms: sent })), 0, false);
    }

    _hearTime(event) {
      let answer;
      try { answer = X.wire.read("rsp", event.payload); } catch (error) { return []; }
      const sent = this.questions.get(answer.id), before = this.now();
      this.questions.delete(answer.id);
      if (sent === undefined || !this.clock.heard(sent, answer.t1_ms, answer.t2_ms, event.mono_ms)) return [];
      this.bursts += 1;
      const step = Math.abs(this.now() - before);
      return this._letGo().concat(this.agent.onClock(this.clock.error(), true, step > STEP_MS, this.now()));
    }

    _letGo() {
      this.holdUntil = Infinity;
      const held = this.held;
      this.held = [];
      return [].concat(...held.map((event) => this.agent.onMessage(event.topic, event.payload, this.now())));
    }

    async _carryOut(actions) {
      let entries = [];
      for (const action of actions) {
        if (action.act === "record") {
          entries.push(action.entry);
          continue;
        }
        if (entries.length && action.act !== "tell") {
          await this._record(entries);
          entries = [];
        }
        await this._do(action);
      }
      if (entries.length) await this._record(entries);
    }

    // A full disk must not silence an emergency: it is reported, and what is known stays in the head.
    async _record(entries) {
      try {
        if (this.full) await this.memory.fold(); // all that could not be written since is in it
        else await this.memory.record(entries);
        this.full = "";
      } catch (error) {
        this.full = "disk: what happened is not written down: " + String((error && (error.name || error.message)) || error).slice(0, 80);
        this.machineAt = 0;
        try { if (await this.cache.makeRoom()) { await this.memory.fold(); this.full = ""; } } catch (again) { console.warn("still no room:", again.message); }
      }
    }

    async _do(action) {
      switch (action.act) {
        case "publish": this.line.publish(action.topic, action.payload, action.qos, action.retain); break;
        case "subscribe": this.line.subscribe(action.filters); break;
        case "unsubscribe": this.line.unsubscribe(action.filters); break;
        case "fetch": this.cache.ask(action); break;
        case "prepare": this.player.prepare(action.sha, action.ms); break;
        case "play": this._play(action); break;
        case "chime": this.player.place({ item: action.id, at_ms: action.at_ms, ms: 1200, offset_ms: 0, gain_db: 0, volume: -1, tone: X.hands.chime }); break;
        case "selftest": this.player.tryOut().then((reason) => this.happened({ what: "tested", id: action.id, reason })); break;
        case "stop": this.player.stop(); break;
        case "volume": this.player.setVolume(action.volume); break;
        case "keep": this._keep(action.shas); break;
        case "tell":
          this.log.push(Object.assign({ at: this.now() }, action));
          if (this.log.length > 200) this.log.shift();
          break;
        default: throw new Error("unknown action " + action.act);
      }
    }

    _play(play) {
      this.player.place(play);
      if (play.what.priority <= 2 && !play.offset_ms) this._siren(play.what, 1.2, play.volume);
    }

    // Before an emergency where there is time, else under its first second; a drill has a chime of its own.
    _siren(item, seconds, level) {
      if (item.occ.startsWith("em-") || this.sirens.has(item.occ) || !this.player.sounds) return; // an alert brings its own siren
      this.sirens.add(item.occ);
      const gain = this.player.context.createGain();
      gain.gain.value = (level >= 0 ? level : this.player.volume) / 100;
      gain.connect(this.player.out);
      (item.priority === 1 ? X.hands.siren(seconds) : X.hands.chime)(this.player.context, gain, this.player.context.currentTime);
    }

    _keep(shas) {
      this.cache.keep(shas, performance.now()).catch((error) => { this.fault = "memory: " + error.message; });
      this.player.forget(shas);
      for (const [sha, url] of Array.from(this.films)) {
        if (shas.has(sha)) continue;
        if (url) URL.revokeObjectURL(url);
        this.films.delete(sha);
        this.filmFault = "";
      }
      for (const sha of Array.from(this.cues.keys())) if (!shas.has(sha)) this.cues.delete(sha);
    }

    // For the screen: what is here is shown, what is not is read and shown next time.
    film(item) {
      if (!item.video || !this.agent.stored(item.video)) return "";
      if (!this.films.has(item.video)) {
        this.films.set(item.video, "");
        this.cache.blob(item.video).then((blob) => { if (blob) this.films.set(item.video, URL.createObjectURL(blob.slice(0, blob.size, "video/mp4"))); });
      }
      return this.films.get(item.video);
    }

    captions(item) {
      if (!item.captions || !this.agent.stored(item.captions)) return [];
      if (!this.cues.has(item.captions)) {
        this.cues.set(item.captions, []);
        this.cache.blob(item.captions).then((blob) => blob && new Response(blob).text()).then((said) => { if (said) this.cues.set(item.captions, X.captions.parse(said)); });
      }
      return this.cues.get(item.captions);
    }

    _paint() {
      const now = this.now(), soon = X.alarmSoon(this.agent, now);
      if (soon) this._siren(soon, (this.agent.due(soon) - now) / 1000, soon.volume);
      this.screen.paint(this.agent, now, {
        position: (item) => this.player.position(item), captions: (item) => this.captions(item), film: (item) => this.film(item), sounds: this.player.sounds,
        broken: (what) => { this.filmFault = "film: " + what; this.machineAt = 0; },
      });
    }

    key(name) {
      const silent = !this.player.sounds;
      this.player.wake();
      this.player.context.resume().then(() => { this.machineAt = 0; }, () => {});
      if (name === "up" || name === "down") {
        if (this.agent.kept.muted) this.happened({ what: "mute", to: false });
        const to = Math.min(100, Math.max(0, this.agent.volume + (name === "up" ? 5 : -5)));
        this.happened({ what: "volume", to });
        this.screen.volume(to);
      } else if (name === "mute") this.happened({ what: "mute", to: !this.agent.kept.muted });
      else if (name === "ok") {
        if (this.agent.silenced) this._anew();
        else if (silent) this.screen.statusOpen = false; // it gives sound, and nothing else
        else this.screen.statusOpen = !this.screen.statusOpen;
      } else if (name === "back") this.screen.statusOpen = false;
      else this.screen.turn();
    }

    // Out of service: OK makes it a new terminal, which has to be paired.
    async _anew() {
      await this.memory.drop("kv", ["identity", "kept"]);
      location.reload();
    }

    _farewell() {
      if (this.ended) return;
      this.ended = true;
      const off = { st: "off", boot: this.agent.boot, conn: this.memory.kept.conn, at_ms: Math.floor(this.now()) };
      this.line.publish(this.agent.topics.up(this.agent.did, "state"), utf8(JSON.stringify(off)), 1, true);
      this.line.close();
    }
  }

  const KEYS = {
    ArrowUp: "up", ArrowDown: "down", AudioVolumeUp: "up", AudioVolumeDown: "down", VolumeUp: "up", VolumeDown: "down", AudioVolumeMute: "mute", VolumeMute: "mute", Enter: "ok", Accept: "ok", Select: "ok",
    ArrowLeft: "turn", ArrowRight: "turn", Escape: "back", Backspace: "back", GoBack: "back", BrowserBack: "back",
  };
  const CODES = { 461: "back", 10009: "back", 166: "back", 13: "ok", 38: "up", 40: "down", 37: "turn", 39: "turn", 173: "mute", 449: "mute" };

  async function main() {
    const screen = new X.Screen(), asked = new URLSearchParams(location.search);
    X.screen = screen;
    addEventListener("keydown", (event) => {
      const name = KEYS[event.key] || CODES[event.keyCode];
      if (!name) return;
      event.preventDefault();
      if (X.box) X.box.key(name);
      else if (name === "turn") screen.turn();
    });
    screen.say(screen.words.waiting);
    const memory = await openMemory();
    let identity = await memory.get("kv", "identity");
    const station = (asked.get("station") || (identity && identity.station) || (location.protocol === "file:" ? "" : location.origin)).replace(/\/+$/, "");
    await memory.load();
    if (!identity) {
      let where = null;
      while (!where) {
        try {
          where = await find(station);
          if (!where.ws) {
            screen.say(screen.words.noWs);
            where = null;
          }
        } catch (error) { screen.say(screen.words.waiting + "\n" + station + "\n" + error.message); }
        if (!where) await sleep(5000);
      }
      const credentials = await pair(where, station, screen);
      identity = { credentials, ws: where.ws, base: where.base.concat([station]), station };
      // another terminal's plan and receipts are not mine
      memory.kept = new X.Kept();
      await memory.fold();
      await memory.put("kv", "identity", identity);
    }
    if (navigator.storage && navigator.storage.persist) navigator.storage.persist().catch(() => {});
    const box = (X.box = new Box(memory, screen, identity, (await memory.get("kv", "time")) || 0));
    await box.start();
    // the station may have moved its door since
    find(identity.station).then((where) => {
      if (where.ws && where.ws !== identity.ws) {
        identity.ws = box.line.where.url = where.ws;
        memory.put("kv", "identity", identity);
      }
    }, (error) => console.debug("the station's page does not answer:", error.message));
  }

  X.Box = Box;
  X.main = main;
  X.b64 = b64;
  if (document.body && document.body.dataset.box === "run") main().catch((error) => { console.error(error); X.screen.say(String(error.message || error)); });
})((self.Xiangyin = self.Xiangyin || {}));
