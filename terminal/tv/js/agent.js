// The agent without hands, after terminal/agent.py: messages and time go in, actions come out. Times are Unix milliseconds.
(function (X) {
  "use strict";
  const { utf8, text, crc32 } = X.crypto;
  const { Refused, Topics, LEVEL, SHA256, read, verify, checkPlan, suited } = X.wire;
  const { nextChoice, ALARM, EMERGENCY, MOST_PLANNED, FILL_RANK, WORTH_MS } = X.programme;
  const { within, cap, check, checkDays, quietDate } = X.hours;

  const PREPARE_MS = 20000, URGENT = 4, SHORT_MS = 120000, EARLY_MS = 3600000, DECODE_MS = 2000, JOIN_MS = 1000;
  const BATCH_ROWS = 100, BATCH_WAIT_MS = 200, BATCH_RETRY_MS = 10000, HELLO_FIRST_MS = 3000, HELLO_MOST_MS = 60000;
  const FETCH_FIRST_MS = 1000, FETCH_MOST_MS = 60000, FORGET_EVERY_MS = 6 * 3600 * 1000, MAX_ZONES = 20, AUTH_REFUSALS = 3;
  const SPREAD_MOST_MS = 6 * 3600 * 1000, SPREAD_END_MS = 30 * 60 * 1000, FILL_ROOM_MS = 2000;
  // Films are large: those of the next day are kept, sound of the whole plan.
  const FILM_AHEAD_MS = 26 * 3600 * 1000;

  class Agent {
    constructor(credentials, kept, machine, boot) {
      Object.assign(this, { credentials, kept, machine, boot, did: credentials.did, topics: new Topics(credentials.domain) });
      this.roots = byKid(credentials.roots);
      this.keys = kept.keys ? byKid(read("keys", utf8(kept.keys)).keys) : {};
      this.want = read("want", utf8(kept.want || JSON.stringify({ rev: 0, base: credentials.base })));
      Object.assign(this, {
        items: new Map(), clips: new Map(), sounding: [], over: null, clockError: 0, clockKnown: true, freeBytes: 0, faults: {}, connected: false,
        refused: 0, silenced: this.want.revoked ? "revoked" : "", wake: 0, out: [],
      });
      Object.assign(this, {
        _chimes: new Set(), _unread: {}, _pointers: {}, _bases: {}, _begunOcc: {}, _late: {}, _fills: {}, _filled: 0, _loudness: -1, _dirty: true, _tend: 0,
        _auth: 0, _asked: 0, _hello: null, _helloWait: HELLO_FIRST_MS, _batchAt: null, _oldest: null, _reportAt: 0, _beatAt: 0, _reportDue: true, _forgetAt: 0,
        _undecodable: "", _unplayable: new Set(), _planned: "", _sorted: null, _phrases: {}, alarms: new Map(), alarmsLooked: 0,
      });
      for (const zid of Object.keys(kept.plans)) {
        const plan = read("plan", utf8(kept.plans[zid]), X.wire.MAX_POINTED_BYTES);
        if (!plan.pointer) this._takeItems(plan);
      }
      X.alarms.takeOver(this, 0);
      for (const name of Object.keys(kept.begun)) {
        const found = this.items.get(name);
        if (!found) continue;
        this._begunOcc[found.item.occ] = Math.max(found.item.n, this._nOf(found.item.occ));
        this._late[found.item.occ] = Math.max(0, kept.begun[name].at - found.item.at_ms - this.want.stagger_ms);
      }
    }

    _nOf(occ) { return occ in this._begunOcc ? this._begunOcc[occ] : -1; }
    get can() {
      const can = this.machine.can;
      return this.want.metered && can.indexOf("opus") >= 0 ? ["opus"].concat(can.filter((name) => name !== "opus")) : can;
    }
    suited(sound) {
      if (this.want.metered) { // where bytes are paid for, in a format that is here already
        const ways = this.can.filter((name) => name === "mp3" || sound.others.some((other) => other.format === name)).map((name) => suited(sound, [name], this._unplayable));
        const here = ways.find((way) => this.stored(way.clip) && !this._unplayable.has(way.clip));
        if (here) return here;
      }
      return suited(sound, this.can, this._unplayable);
    }
    get volume() { return this.kept.volume >= 0 ? this.kept.volume : this.want.volume; }

    // -- the line

    onConnected(now) {
      this.connected = true;
      this._auth = 0;
      if (this.silenced === "refused") this.silenced = "";
      this._do("subscribe", { filters: this.topics.filters(this.did, this.want.zones) });
      this._publish("state", { st: "on", boot: this.boot, conn: this.kept.conn, at_ms: Math.floor(now) }, true);
      this._helloWait = HELLO_FIRST_MS;
      this._reportDue = true;
      this._batchAt = null;
      this._sayHello(now);
      return this._finish(now);
    }

    onDisconnected(now) {
      this.connected = false;
      this._hello = null;
      return this._finish(now);
    }

    onAuthRefused(reason, now) {
      this._auth += 1;
      if (this._auth >= AUTH_REFUSALS && !this.silenced) this._silence("refused", "the broker refuses this terminal: " + reason);
      return this._finish(now);
    }

    will(conn) { return { topic: this.topics.up(this.did, "state"), payload: json({ st: "lost", boot: this.boot, conn, at_ms: 0 }) }; }

    onMessage(topic, payload, now) {
      try {
        const [kind, name, channel] = this.topics.parse(topic) || [];
        if (kind === "s") this._hearKeys(payload, now);
        else if (kind === "d" && channel === "dn/want" && name === this.did) this._hearWant(payload, now);
        else if (kind === "d" && channel === "dn/cmd" && name === this.did) this._hearCommand(payload, this.did, now);
        else if (kind === "d" && channel === "dn/rsp" && name === this.did) this._hearAnswer(read("rsp", payload));
        else if (kind === "z" && channel === "plan" && this.want.zones.indexOf(name) >= 0) this._hearPlan(payload, name, now);
        else if (kind === "z" && channel === "alert" && this.want.zones.indexOf(name) >= 0) X.alarms.hear(this, payload, name, now);
        else if (kind === "z" && channel === "cmd" && this.want.zones.indexOf(name) >= 0) this._hearCommand(payload, name, now);
        else throw new Refused("not meant for me");
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        const early = !Object.keys(this.keys).length && Object.keys(this._unread).length <= MAX_ZONES && /\/(want|plan|alert)$/.test(topic);
        if (early) this._unread[topic] = payload; // retained messages may come before the key set
        else {
          this.refused += 1;
          this._do("tell", { event: "refused", topic, reason: error.message });
        }
      }
      return this._finish(now);
    }

    _verified(payload, typ, auds, now, held) {
      const root = typ === "keys";
      const found = verify(payload, root ? this.roots : this.keys, {
        typ, auds, now_s: now / 1000, use: root ? "root" : "programme", after: held - 1,
      });
      return found.seq === held ? null : found;
    }

    _hearKeys(payload, now) {
      const found = this._verified(payload, "keys", [this.credentials.domain], now, this.kept.keys_seq);
      if (!found) return;
      const keys = read("keys", found.payload);
      if (keys.seq !== found.seq) throw new Refused("seq: not the one that was signed");
      this.keys = byKid(keys.keys);
      this._keep({ do: "keys", seq: keys.seq, raw: text(found.payload) });
      X.alarms.takeOver(this, now);
      const unread = this._unread;
      this._unread = {};
      for (const topic of Object.keys(unread).sort()) {
        const out = this.out;
        this.out = [];
        this.out = out.concat(this.onMessage(topic, unread[topic], now));
      }
      this._helloWait = HELLO_FIRST_MS;
      this._sayHello(now);
    }

    _hearWant(payload, now) {
      const found = this._verified(payload, "want", [this.did], now, this.kept.want_rev);
      if (!found) return;
      const want = read("want", found.payload);
      if (want.rev !== found.seq) throw new Refused("rev: not the one that was signed");
      if (want.zones.length > MAX_ZONES || !want.zones.every((zid) => LEVEL.test(zid))) throw new Refused("zones: too many, or malformed");
      check("caps", want.caps);
      check("quiet", want.quiet);
      checkDays("quiet_days", want.quiet_days);
      const before = this.want;
      this.want = want;
      this._keep({ do: "want", rev: want.rev, raw: text(found.payload) });
      this._follow(before.zones, want.zones, now);
      if (before.zones.join() !== want.zones.join()) X.alarms.takeOver(this, now);
      if (want.volume !== before.volume || this.kept.volume < 0) this._setVolume(want.volume, now);
      if (want.revoked) this._silence("revoked", "the station has revoked this terminal");
      else if (this.silenced === "revoked") this.silenced = "";
      this._reportDue = true;
    }

    _follow(before, zones, now) {
      const left = before.filter((zid) => zones.indexOf(zid) < 0), joined = zones.filter((zid) => before.indexOf(zid) < 0);
      for (const zid of left) {
        this._keep({ do: "leave", zid });
        this._dropZone(zid);
      }
      const own = this.topics.filters(this.did, []);
      const filters = (zids) => this.topics.filters(this.did, zids).filter((name) => own.indexOf(name) < 0);
      if (left.length && this.connected) this._do("unsubscribe", { filters: filters(left) });
      if (joined.length && this.connected) {
        this._do("subscribe", { filters: filters(joined) });
        this._sayHello(now);
      }
    }

    _dropZone(zid) {
      for (const [name, found] of Array.from(this.items)) if (found.zid === zid) this.items.delete(name);
      delete this._fills[zid];
      delete this._phrases[zid];
      this._sorted = null;
    }

    _hearPlan(payload, zid, now) {
      const found = this._verified(payload, "plan", [zid], now, this.kept.plan_revs[zid] || 0);
      if (!found) return;
      const plan = read("plan", found.payload);
      if (plan.rev !== found.seq || plan.zid !== zid) throw new Refused("rev or zid: not the one that was signed");
      if (plan.pointer) {
        if (!SHA256.test(plan.pointer_sha256)) throw new Refused("pointer_sha256: expected 64 hex digits");
        Object.keys(this._pointers).forEach((sha) => { if (this._pointers[sha].plan.zid === plan.zid) delete this._pointers[sha]; });
        this._pointers[plan.pointer_sha256] = { plan, tries: 0, again: Infinity };
        this._askFor(plan);
        return;
      }
      this._checkPlan(plan);
      this._accept(plan, text(found.payload), now);
    }

    _askFor(plan) {
      this._do("fetch", { sha: plan.pointer_sha256, urls: this._urls(plan.base, plan.pointer), size: plan.pointer_bytes, read: true });
    }

    // A plan that did not come is asked for again, later each time: it may hold tonight's warning.
    _askAgain(now) {
      Object.values(this._pointers).forEach((found) => {
        if (found.again <= now) {
          found.again = Infinity;
          this._askFor(found.plan);
        }
        this._wakeAt(found.again);
      });
    }

    _checkPlan(plan) {
      checkPlan(plan);
      check("fill_hours", plan.fill_hours);
      plan.phrases.forEach((each) => X.alarms.checkSound(each, "phrase: "));
      if (plan.phrases.length > 32 || plan.items.some((item) => item.occ.startsWith(ALARM) || item.id.startsWith(ALARM))) throw new Refused("too many phrases, or an item named like an emergency");
    }

    _accept(plan, raw, now) {
      const again = new Set(plan.items.map((item) => item.id));
      for (const { item, zid, rev } of this._open()) {
        if (zid === plan.zid && !again.has(item.id) && item.at_ms <= now && !this.kept.begun[item.id]) {
          this._receipt(item, rev, "missed", now, 0, 0, "taken from the plan before it could sound");
        }
      }
      this._keep({ do: "plan", zid: plan.zid, rev: plan.rev, raw });
      this._dropZone(plan.zid);
      this._takeItems(plan);
      const tooImportant = plan.items.filter((item) => item.priority < MOST_PLANNED).length;
      if (tooImportant) {
        this.refused += 1;
        this._do("tell", { event: "refused", topic: plan.zid, reason: tooImportant + " items claim the priority of an emergency: a plan has at most " + MOST_PLANNED });
      }
      this._reportDue = true;
      this._do("tell", { event: "plan", zid: plan.zid, rev: plan.rev, items: plan.items.length });
    }

    _takeItems(plan) {
      this._bases[plan.zid] = plan.base;
      for (const planned of plan.items) {
        // A programme's key cannot give the priority of an emergency: what a plan brings is at most as important as a drill.
        const item = planned.priority < MOST_PLANNED ? Object.assign({}, planned, { priority: MOST_PLANNED }) : planned;
        if (!(item.occ in this.kept.stopped) || item.id in this.kept.begun) this.items.set(item.id, { item: this.suited(item), zid: plan.zid, rev: plan.rev });
      }
      if (plan.phrases.length) this._phrases[plan.zid] = Object.assign({}, plan, { items: [], fill: [], phrases: plan.phrases.map((each) => this.suited(each)) });
      if (plan.fill.length || plan.fill_hours.length) this._fills[plan.zid] = Object.assign({}, plan, { items: [], fill: plan.fill.map((each) => this.suited(each)) });
      this._sorted = null;
      this._dirty = true;
    }

    _hearCommand(payload, aud, now) {
      const found = this._verified(payload, "cmd", [aud], now, -1);
      if (!found) return;
      const command = read("cmd", found.payload);
      if (this.kept.commands[command.id]) return;
      this._keep({ do: "command", id: command.id, exp: found.exp });
      const refusal = this._obey(command, now);
      if (refusal !== null) this._acknowledge(command.id, refusal ? "refused" : "done", refusal, now);
    }

    // Why it is refused, "" when it is done, null when the answer comes later.
    _obey(command, now) {
      const args = command.args;
      if (command.op === "chime") {
        if (this.silenced || this.sounding.length) return this.silenced || "busy: " + (this.sounding[0].item.title || this.sounding[0].item.id) + " is playing";
        this._chimes.add(command.id);
        this._do("chime", { id: command.id, at_ms: now + 100 });
        return null;
      }
      if (command.op === "volume") {
        if (!Number.isInteger(args.volume) || args.volume < 0 || args.volume > 100) return "volume must be a whole number from 0 to 100";
        this._setVolume(args.volume, now);
        return "";
      }
      if (command.op === "mute") {
        const muted = "muted" in args ? args.muted : true;
        if (typeof muted !== "boolean") return "muted must be true or false";
        this._mute(muted, now);
        return "";
      }
      if (command.op === "stop") {
        this._stop(String(args.occ || ""), args.spare === "emergency", now);
        return "";
      }
      if (command.op === "report") {
        this._reportDue = true;
        return "";
      }
      if (command.op === "selftest") {
        this._do("selftest", { id: command.id });
        return null;
      }
      return "unknown command " + command.op.slice(0, 40);
    }

    _acknowledge(id, result, detail, now) { this._publish("ack", { id, result, detail, at_ms: now }, false); }

    _voices() { return this.sounding.concat(this.over ? [this.over] : []); }

    _stop(occ, spare, now) {
      const voices = this._voices();
      const paused = Object.keys(this.kept.begun).filter((name) => this.kept.begun[name].paused >= 0 && this.items.has(name));
      const stopped = new Set(occ ? [occ] : voices.filter((voice) => !voice.filler).map((voice) => voice.item.occ).concat(paused.map((name) => this.items.get(name).item.occ)));
      if (spare) for (const each of Array.from(stopped)) if (each.startsWith(ALARM)) stopped.delete(each);
      const ends = {}; // written down before the sound ends: a power cut does not bring it back
      for (const each of stopped) ends[each] = Math.floor(now);
      for (const { item } of this.items.values()) if (stopped.has(item.occ)) ends[item.occ] = Math.max(ends[item.occ], item.expires_ms);
      if (stopped.size) this._keep({ do: "stop", occs: ends });
      const placed = new Set(voices.map((voice) => voice.item.id));
      if (voices.some((voice) => stopped.has(voice.item.occ) || (!occ && voice.filler))) {
        for (const voice of voices) {
          if (stopped.has(voice.item.occ) || voice.filler) Object.assign(voice, { why: "stopped by the operator", final: true });
          else Object.assign(voice, { why: "another programme was stopped", resume: true });
        }
        this._do("stop", {});
      }
      for (const { item, rev } of Array.from(this.items.values())) {
        if (stopped.has(item.occ) && !placed.has(item.id) && !(item.id in this.kept.done)) this._endUnheard(item, rev, "preempted", now, "stopped by the operator");
      }
    }

    _endUnheard(item, rev, result, now, detail) {
      const begun = this.kept.begun[item.id];
      this._receipt(item, rev, result, now, begun ? begun.row[3] : 0, begun ? Math.max(0, begun.paused) : 0, detail);
    }

    // By a command, or by the remote control.
    setVolume(volume, now) {
      this._setVolume(volume, now);
      return this._finish(now);
    }

    // By the remote control: an emergency is heard all the same.
    setMuted(muted, now) {
      this._mute(muted, now);
      return this._finish(now);
    }

    _mute(muted, now) {
      this._keep({ do: "mute", to: muted });
      this._heedHours(now);
      this._reportDue = true;
    }

    _setVolume(volume, now) {
      this._keep({ do: "volume", to: Math.min(100, Math.max(0, Math.round(volume))) });
      this._heedHours(now);
      this._reportDue = true;
    }

    _heedHours(now) {
      const loudness = this.kept.muted ? 0 : Math.min(this.volume, cap(this.want.caps, now, this.want.tz));
      if (loudness !== this._loudness) {
        this._loudness = loudness;
        this._do("volume", { volume: loudness });
      }
    }

    _level(item) {
      const wished = item.volume >= 0 ? item.volume : this.volume;
      return item.priority === EMERGENCY || this._loudness < 0 ? wished : Math.min(wished, this._loudness);
    }

    _silence(why, said) {
      this.silenced = why;
      for (const voice of this._voices()) Object.assign(voice, { why: said, final: true });
      this._do("stop", {});
    }

    _hearAnswer(answer) {
      if (answer.op === "hello") this._hello = null;
      else if (answer.op === "rcpt" && this.kept.batch.length && answer.seq === this.kept.batch_seq) {
        this._keep({ do: "acked", seq: answer.seq });
        this._batchAt = null;
      }
    }

    // -- the hands report back

    onFetched(sha, ok, reason, now, content) {
      if (this._pointers[sha]) {
        this._readPointer(sha, ok, reason, content, now);
        return this._finish(now);
      }
      const clip = this._clip(sha);
      this._dirty = true;
      if (ok) Object.assign(clip, { state: "stored", reason: "", tries: 0 });
      else {
        clip.again = now + Math.min(FETCH_MOST_MS, FETCH_FIRST_MS * Math.pow(2, Math.min(10, clip.tries)));
        Object.assign(clip, { state: "wanted", reason, tries: clip.tries + 1 });
      }
      return this._finish(now);
    }

    _readPointer(sha, ok, reason, content, now) {
      const found = this._pointers[sha];
      const { zid, rev } = found.plan;
      if (!ok && now < found.plan.to_ms && rev > (this.kept.plan_revs[zid] || 0)) {
        found.again = now + Math.min(FETCH_MOST_MS, FETCH_FIRST_MS * Math.pow(2, Math.min(10, found.tries)));
        found.tries += 1;
        return;
      }
      delete this._pointers[sha];
      try {
        if (!ok) throw new Refused(reason);
        const plan = read("plan", content, X.wire.MAX_POINTED_BYTES);
        if (plan.zid !== zid || plan.rev !== rev || rev <= (this.kept.plan_revs[zid] || 0)) throw new Refused("not the plan that the pointer promised");
        this._checkPlan(plan);
        if (this.want.zones.indexOf(zid) >= 0) this._accept(plan, text(content), now);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        this.refused += ok ? 0 : 1;
        this._do("tell", { event: "refused", topic: zid, reason: error.message });
      }
    }

    onPrepared(sha, ok, reason, now) {
      const before = this._undecodable;
      Object.assign(this._clip(sha, "stored"), ok ? { ready: "yes", reason: "" } : { ready: "no", reason });
      this._dirty = true;
      if (!ok) {
        this._undecodable = reason.slice(0, 200);
        this._otherwise(sha, now);
      } else if (!this._unplayable.size) this._undecodable = "";
      this._reportDue = this._reportDue || before !== this._undecodable;
      return this._finish(now);
    }

    // What this browser cannot decode is had in another of its formats, where there is one: the plans are read again with that in mind.
    _otherwise(sha, now) {
      if (this._unplayable.has(sha)) return;
      this._unplayable.add(sha);
      for (const zid of Object.keys(this.kept.plans)) {
        const plan = read("plan", utf8(this.kept.plans[zid]), X.wire.MAX_POINTED_BYTES);
        if (!plan.pointer) this._takeItems(plan);
      }
      X.alarms.takeOver(this, now);
    }

    // What was stored is stored no more: it is fetched again at once.
    onLost(sha, reason, now) {
      this.clips.delete(sha);
      this._clip(sha).reason = reason;
      this._dirty = true;
      return this._finish(now);
    }

    onTested(id, reason, now) {
      this._acknowledge(id, reason ? "refused" : "done", reason, now);
      return this._finish(now);
    }

    onStarted(item, start, now) {
      if (this._chimes.has(item)) {
        this._chimes.delete(item);
        this._acknowledge(item, "done", "", start);
        return this._finish(now);
      }
      const voice = this._voice(item);
      if (voice) {
        voice.ends += start - voice.began;
        voice.began = start;
        const begun = this.kept.begun[item];
        if (!voice.filler && !(begun && begun.heard)) this._receipt(voice.item, voice.rev, "started", now, start, 0, "");
        this._reportDue = true;
      }
      return this._finish(now);
    }

    // how: finished, preempted, dropped (never sounded, may come again), failed
    onFinished(item, start, dur, how, now, reason) {
      if (this._chimes.has(item) && how !== "finished") {
        this._chimes.delete(item);
        this._acknowledge(item, "refused", reason || how, now);
      }
      const voice = this._voice(item);
      if (!voice) return this._finish(now);
      if (voice === this.over) this.over = null;
      else this.sounding.splice(this.sounding.indexOf(voice), 1);
      this._reportDue = true;
      if (!voice.filler) this._ended(voice, start, dur, how, now, reason || "");
      return this._finish(now);
    }

    _ended(voice, start, dur, how, now, reason) {
      const item = voice.item, begun = this.kept.begun[item.id];
      if (how === "dropped" && !voice.final && !voice.offset) {
        this._keep({ do: "unbegin", id: item.id });
        return;
      }
      const heard = voice.offset + dur;
      const goesOn = (how === "preempted" || how === "dropped") && voice.resume && !voice.final;
      if (goesOn && begun && item.ms - heard >= WORTH_MS && now < this._until(item)) {
        this._keep({ do: "pause", id: item.id, heard: round(heard), why: voice.why });
        return;
      }
      const result = how === "dropped" ? "preempted" : how, row = begun ? begun.row : null;
      let detail = voice.why || reason;
      if (voice.offset && row && row[3]) {
        start = row[3];
        detail = detail || (voice.resumed ? "went on after " + begun.why : "went on after a power cut");
      }
      this._receipt(item, voice.rev, result, now, start, voice.resumed ? heard : dur, detail);
    }

    onMachine(now, freeBytes, faults) {
      const before = JSON.stringify(this.faults);
      this.freeBytes = freeBytes;
      this.faults = Object.assign({}, faults, this.faults.silence ? { silence: this.faults.silence } : {});
      this._reportDue = this._reportDue || before !== JSON.stringify(this.faults);
      return this._finish(now);
    }

    onClock(error, known, stepped, now) {
      this.clockError = error;
      this.clockKnown = known;
      if (stepped && this.connected) {
        this._helloWait = HELLO_FIRST_MS;
        this._reportDue = true;
        this._sayHello(now);
      }
      return this._finish(now);
    }

    tick(now) { return now >= this.wake ? this._finish(now) : []; }

    // -- what is due

    _finish(now) {
      this.wake = now + 30000;
      this._heedHours(now);
      X.alarms.expire(this, now);
      this._afterPowerCut(now);
      if (!this.silenced) {
        this._askAgain(now);
        this._tendAll(now);
        this._choose(now);
        this._fillPause(now);
      }
      if (this.connected) this._send(now);
      if (now >= this._forgetAt) {
        this._forgetAt = now + FORGET_EVERY_MS;
        const known = new Set(Array.from(this.items.values()).map((found) => found.item.occ));
        for (const table of [this._begunOcc, this._late]) for (const occ of Object.keys(table)) if (!known.has(occ)) delete table[occ];
        this._keep({ do: "forget", before: Math.floor(now) - X.REMEMBER_MS });
      }
      const out = this.out;
      this.out = [];
      return out;
    }

    _wakeAt(at) { this.wake = Math.min(this.wake, at); }
    due(item) { return item.at_ms + this.want.stagger_ms + (this._late[item.occ] || 0); }
    _until(item) { return item.expires_ms + this.want.stagger_ms; }

    _afterPowerCut(now) {
      for (const name of Object.keys(this.kept.begun)) {
        if (this._voice(name)) continue;
        const begun = this.kept.begun[name], found = this.items.get(name), item = found && found.item;
        if (item && item.occ in this.kept.stopped) this._ownUp(begun, "preempted", Math.max(0, begun.paused), "stopped by the operator");
        else if (begun.paused >= 0) {
          if (!item || this.silenced || now >= this._until(item)) {
            this._ownUp(begun, "preempted", begun.paused, (item ? begun.why : "taken from the plan") + "; its time was over before it could go on");
          }
        } else if (!item || this.silenced || begun.at + item.ms - WORTH_MS < now || now >= this._until(item)) {
          this._ownUp(begun, "failed", 0, "power cut");
        } else if (now < begun.at) this._keep({ do: "unbegin", id: name });
      }
    }

    _ownUp(begun, result, dur, detail) {
      const row = begun.row.slice();
      row[4] = dur;
      row[5] = result;
      row[8] = detail.slice(0, 200);
      this._keep({ do: "receipt", row, until: begun.until });
    }

    // Planned, not placed, not over, in the order of their times.
    _open() {
      if (this._sorted === null) {
        this._sorted = Array.from(this.items.values()).sort(({ item: a }, { item: b }) => a.at_ms - b.at_ms || a.n - b.n || (a.id < b.id ? -1 : 1));
      }
      const placed = this._voices().map((voice) => voice.item.id);
      this._sorted = this._sorted.filter(({ item }) => !(item.id in this.kept.done));
      return this._sorted.filter(({ item }) => placed.indexOf(item.id) < 0);
    }
    open() { return this._open(); }
    _clip(sha, state) {
      if (!this.clips.has(sha)) this.clips.set(sha, { state: state || "wanted", ready: "", reason: "", tries: 0, again: 0, asked: 0 });
      return this.clips.get(sha);
    }
    stored(sha) { const clip = this.clips.get(sha); return !!clip && clip.state === "stored"; }

    _tendAll(now) {
      if (this._dirty || now >= this._tend) {
        this._tend = now + 30000;
        this._dirty = false;
        this._lookThrough(now);
      }
      this._wakeAt(this._tend);
    }

    _lookThrough(now) {
      const held = Object.keys(this._phrases).map((zid) => this._phrases[zid]);
      for (const plan of held) for (const each of plan.phrases) this._fetch(each.clip, this._urls(plan.base, each.url), each.bytes, now);
      const waiting = this._open();
      for (const { item, zid, rev } of waiting) {
        const gone = this.kept.begun[item.id] ? null : this._gone(item, now);
        if (gone) {
          this._endUnheard(item, rev, gone[0], now, gone[1]);
          continue;
        }
        this._bring(item, zid, rev, now);
        this._tend = Math.min(this._tend, this._until(item) + 1);
      }
      const fills = Object.keys(this._fills).map((zid) => this._fills[zid]);
      for (const plan of fills) for (const each of plan.fill) this._fetch(each.clip, this._urls(plan.base, each.url), each.bytes, now);
      const planned = new Set();
      for (const { item } of waiting) if (!(item.id in this.kept.done)) [item.clip, item.video, item.captions].forEach((sha) => sha && planned.add(sha));
      for (const voice of this._voices()) [voice.item.clip, voice.item.video, voice.item.captions].forEach((sha) => sha && planned.add(sha));
      for (const plan of fills) plan.fill.forEach((each) => planned.add(each.clip));
      for (const plan of held) plan.phrases.forEach((each) => planned.add(each.clip));
      const name = Array.from(planned).sort().join();
      if (name !== this._planned) {
        this._planned = name;
        this._do("keep", { shas: planned });
        for (const [sha, clip] of Array.from(this.clips)) if (!planned.has(sha) && clip.state !== "fetching") this.clips.delete(sha);
      }
    }

    _gone(item, now) {
      const clip = this.clips.get(item.clip) || { ready: "", reason: "", state: "wanted" };
      if (clip.ready === "no") return ["failed", clip.reason];
      if (now >= this._until(item)) {
        const why = item.priority !== EMERGENCY ? this._whyQuiet(this._until(item) - 1) : ""; // as it was then, however long the box was off since
        if (why) return ["missed", why];
        if (clip.ready === "asked") return ["failed", "not decoded in time: this browser is too slow for it"];
        if (clip.reason) return ["failed", "the clip never came: " + clip.reason];
        return ["missed", clip.state === "stored" ? "its time was over" : "its time was over before the clip was here"];
      }
      if (this._nOf(item.occ) > item.n) return ["failed", "came too late: " + (clip.reason || "a later item of this programme had begun")];
      return null;
    }

    // Why nothing but an emergency may begin at this moment, "" when it may.
    _whyQuiet(now) {
      if (within(this.want.quiet, now, this.want.tz)) return "quiet hours";
      const day = quietDate(this.want.quiet_days, now, this.want.tz);
      return day ? "quiet day " + day : "";
    }

    _quiet(item, now) { return item.priority !== EMERGENCY && !!this._whyQuiet(now); }

    _bring(item, zid, rev, now) {
      const due = this.due(item), bases = this._bases[zid] || [];
      if (!this.clips.has(item.clip)) this._clip(item.clip).again = now + this._spread(due - now);
      const clip = this._clip(item.clip);
      this._fetch(item.clip, this._urls(bases, item.url), item.bytes, now);
      if (clip.state !== "stored") return;
      if (item.captions) this._fetch(item.captions, this._urls(bases, item.captions_url), 0, now);
      if (item.video && due - now < FILM_AHEAD_MS) this._fetch(item.video, this._urls(bases, item.video_url), item.video_bytes, now);
      if (!(item.id in this.kept.stored) && !X.alarms.repeated(item)) this._receipt(item, rev, "stored", now, 0, 0, "");
      const prepare = due - (item.priority <= URGENT && item.ms <= SHORT_MS ? EARLY_MS : PREPARE_MS);
      if (!clip.ready && prepare <= now) {
        Object.assign(clip, { ready: "asked", asked: now });
        this._do("prepare", { sha: item.clip, ms: item.ms });
      } else if (!clip.ready) this._tend = Math.min(this._tend, prepare);
    }

    _spread(ahead) {
      const room = Math.min(SPREAD_MOST_MS, (ahead - SPREAD_END_MS) / 2);
      return room > 0 ? (room * (crc32(utf8(this.did)) % 4096)) / 4096 : 0;
    }

    _fetch(sha, urls, size, now) {
      const clip = this._clip(sha);
      if (clip.state !== "wanted") return;
      if (clip.again <= now) {
        clip.state = "fetching";
        this._do("fetch", { sha, urls, size, read: false });
      } else this._tend = Math.min(this._tend, clip.again);
    }

    _urls(bases, url) {
      if (/^https?:\/\//.test(url)) return [url];
      const every = bases.concat(this.want.base, this.credentials.base).filter((base) => /^https?:\/\//.test(base));
      return Array.from(new Set(every)).map((base) => base.replace(/\/+$/, "") + "/" + url.replace(/^\/+/, ""));
    }

    _choose(now) {
      for (let turn = 0; turn < 4; turn++) {
        const on = this.sounding.length ? this.sounding[this.sounding.length - 1] : null;
        const found = nextChoice(
          this._waiting(now), on && { item: on.item, ends_ms: on.ends }, this.over && { item: this.over.item, ends_ms: this.over.ends }, this.sounding.length, now
        );
        if (!found.choice) {
          this._wakeAt(found.again);
          return;
        }
        this._place(found.choice, now);
      }
      this._wakeAt(now + 20);
    }

    _waiting(now) {
      const found = [], last = now + PREPARE_MS - this.want.stagger_ms;
      for (const { item, rev } of this._open()) {
        if (item.at_ms > last) {
          this._wakeAt(now + item.at_ms - last);
          break;
        }
        const due = this.due(item), begun = this.kept.begun[item.id];
        const clip = this.clips.get(item.clip) || { ready: "" };
        const may = (!!begun || !this._quiet(item, now)) && (this.clockKnown || item.priority === EMERGENCY);
        found.push({
          item, rev, at_ms: due, until_ms: this._until(item), ready: may && clip.ready === "yes", heard_ms: begun ? Math.max(0, begun.paused) : 0,
          begun: item.occ in this._begunOcc, coming: may && clip.ready === "asked" && now - clip.asked < DECODE_MS,
        });
      }
      return found;
    }

    _place({ due, how }, now) {
      const item = due.item, last = this.sounding[this.sounding.length - 1], follows = how === "follow" && !!last;
      const join = follows && last.item.occ === item.occ && item.n > last.item.n && Math.abs(due.at_ms - last.ends) < JOIN_MS;
      let at = Math.max(due.at_ms, now), offset = 0, resumed = false;
      if (follows) at = join ? last.ends : Math.max(at, last.ends);
      const begun = this.kept.begun[item.id];
      if (begun && begun.paused >= 0) {
        offset = begun.paused;
        resumed = true;
      } else if (begun) {
        at = Math.max(at, now + 100);
        offset = Math.max(1, at - begun.at);
      }
      if (!begun || resumed) {
        const row = [item.id, item.clip, due.rev, 0, 0, "started", this._level(item), 0, ""];
        this._keep({ do: "begin", id: item.id, at: at - offset, until: item.expires_ms, row });
      }
      if (how === "cut") {
        for (const each of this._voices()) {
          if (each.cutAt < at) continue; // another one breaks it off before this one begins, and by its rule
          each.cutAt = at;
          each.why = each.why || "a more important programme: " + (item.title || item.id);
          each.resume = item.brk !== "skip" && !each.filler;
        }
      }
      const voice = {
        item, rev: due.rev, ends: Math.min(at + item.ms - offset, due.until_ms), began: at, offset, resumed, why: "", resume: false, cutAt: Infinity, final: false, filler: false,
      };
      if (how === "over") this.over = voice;
      else this.sounding.push(voice);
      this._begunOcc[item.occ] = Math.max(item.n, this._nOf(item.occ));
      this._late[item.occ] = Math.max(0, at - offset - item.at_ms - this.want.stagger_ms);
      const volume = item.volume >= 0 || item.priority === EMERGENCY ? this._level(item) : -1;
      this._do("play", {
        item: item.id, what: item, clip: item.clip, at_ms: at, skip: item.skip, ms: item.ms, gain_db: item.gain_db, offset_ms: offset, join, cut: how === "cut",
        over: how === "over", until_ms: due.until_ms, volume,
      });
    }

    _voice(item) {
      if (this.over && this.over.item.id === item) return this.over;
      return this.sounding.find((voice) => voice.item.id === item) || null;
    }

    // -- hours that shall not be silent

    _fillPause(now) {
      delete this.faults.silence;
      const fills = Object.keys(this._fills).map((zid) => this._fills[zid]);
      if (this.sounding.length || this.over || !(fills.length || this.items.size)) return;
      if (!this.clockKnown || this._whyQuiet(now)) return; // nobody knows the hour, or it is to be quiet
      const open = fills.filter((plan) => within(plan.fill_hours, now, plan.tz)), lacking = this._lacking(now);
      const soon = this._waiting(now).some((each) => each.ready && this.due(each.item) - now < FILL_ROOM_MS);
      if ((!open.length && lacking === null) || soon) return;
      const pick = (plans, kind) => [].concat(...plans.map((plan) => plan.fill.filter((each) => (each.kind === "default") === kind)));
      for (const each of this._turned(pick(open, true)).concat(this._turned(pick(fills, false)))) {
        const clip = this.clips.get(each.clip);
        if (!clip || clip.state !== "stored" || clip.ready === "no") continue;
        if (!clip.ready) {
          clip.ready = "asked";
          this._do("prepare", { sha: each.clip, ms: each.ms });
        }
        if (clip.ready === "yes") this._playFill(each, now);
        return;
      }
      this.faults.silence = "silence: " + (lacking || "nothing of the default playlist is stored");
    }

    _turned(fills) {
      const turn = fills.length ? this._filled % fills.length : 0;
      return fills.slice(turn).concat(fills.slice(0, turn));
    }

    _lacking(now) {
      for (const { item } of this._open()) {
        const due = this.due(item), clip = this.clips.get(item.clip) || { ready: "", reason: "", state: "wanted" };
        if (due <= now && now < due + item.ms && clip.ready !== "yes" && !this._quiet(item, now)) {
          return (item.title || item.id) + " is not here: " + (clip.reason || clip.state);
        }
      }
      return null;
    }

    _playFill(fill, now) {
      this._filled += 1;
      const id = "fill-" + this._filled;
      const item = {
        id, occ: id, n: 0, at_ms: Math.floor(now), clip: fill.clip, url: fill.url, bytes: fill.bytes, ms: fill.ms, expires_ms: Math.floor(now) + fill.ms + 1000,
        start: "hard", skip: fill.skip, gain_db: fill.gain_db, lang: "", priority: 7, title: fill.title, rank: FILL_RANK, brk: "resume", volume: -1, video: "", captions: "",
      };
      this.sounding.push({ item, rev: 0, ends: now + 50 + fill.ms, began: now + 50, offset: 0, resumed: false, why: "", resume: false, final: false, filler: true });
      this._do("play", {
        item: id, what: item, clip: fill.clip, at_ms: now + 50, skip: fill.skip, ms: fill.ms, gain_db: fill.gain_db, offset_ms: 0, join: false, cut: false, over: false,
        until_ms: 0, volume: -1,
      });
    }

    // -- what is said

    _receipt(item, rev, result, now, start, dur, detail) {
      const row = [item.id, item.clip, rev, round(start), round(dur), result, this._level(item), round(this.clockError), detail.slice(0, 200)];
      this._keep({ do: "receipt", row, until: item.expires_ms });
      if (this._oldest === null) this._oldest = now;
      this._do("tell", { event: result, item: item.id, title: item.title, at_ms: item.at_ms, start_ms: row[3], dur_ms: row[4], detail });
    }

    _send(now) {
      if (this._hello !== null && now >= this._hello) {
        this._helloWait = Math.min(HELLO_MOST_MS, this._helloWait * 2);
        this._sayHello(now);
      }
      if (this._hello !== null) this._wakeAt(this._hello);
      this._sendBatch(now);
      if (this._reportDue || now >= this._reportAt) this._sendReport(now);
      else if (now >= this._beatAt) {
        this._beatAt = now + Math.max(5, this.want.heartbeat_s) * 1000;
        this._do("publish", {
          topic: this.topics.up(this.did, "state"), payload: json({ st: "on", boot: this.boot, conn: this.kept.conn, at_ms: Math.floor(now) }), qos: 0, retain: false,
        });
      }
      this._wakeAt(Math.min(this._reportAt, this._beatAt));
    }

    _alertRevs() {
      const revs = {};
      for (const zid of Object.keys(this.kept.alerts)) if (this.want.zones.indexOf(zid) >= 0) revs[zid] = this.kept.alerts[zid].rev;
      return revs;
    }

    keep(entry) { this._keep(entry); }

    _sayHello(now) {
      if (!this.connected) return;
      this._asked += 1;
      this._publish("req", {
        op: "hello", alerts: this._alertRevs(), id: this.boot + "-" + this._asked, revs: this.kept.plan_revs, want_rev: this.kept.want_rev, keys_seq: this.kept.keys_seq, boot: this.boot, t0_ms: 0,
      }, false);
      this._hello = now + this._helloWait * (1 + (crc32(utf8(this.did)) % 256) / 512);
    }

    _sendBatch(now) {
      const kept = this.kept;
      if (!kept.batch.length && kept.pending.length) {
        const ripe = (this._oldest || 0) + BATCH_WAIT_MS;
        if (now < ripe && kept.pending.length < BATCH_ROWS) {
          this._wakeAt(ripe);
          return;
        }
        this._keep({ do: "batch", seq: kept.batch_seq + 1, n: BATCH_ROWS });
        this._oldest = kept.pending.length ? now : null;
        this._batchAt = null;
      }
      if (!kept.batch.length) return;
      if (this._batchAt === null || now >= this._batchAt) {
        this._publish("rcpt", { seq: kept.batch_seq, items: kept.batch }, false);
        this._batchAt = now + BATCH_RETRY_MS;
      }
      this._wakeAt(this._batchAt);
    }

    _sendReport(now) {
      this._reportDue = false;
      this._reportAt = now + Math.max(60, this.want.status_s) * 1000;
      this._beatAt = now + Math.max(5, this.want.heartbeat_s) * 1000;
      const faults = Object.assign({}, this.faults, this.silenced ? { silenced: this.silenced } : {}, this._undecodable ? { decode: "decode: " + this._undecodable } : {});
      const shas = new Set(this._open().map(({ item }) => item.clip));
      this._publish("rep", {
        version: this.machine.version, model: this.machine.model, capabilities: this.can, zones: this.want.zones, revs: this.kept.plan_revs,
        volume: this.volume, stored: Array.from(shas).filter((sha) => this.stored(sha)).length, wanted: shas.size, free_bytes: Math.floor(this.freeBytes),
        faults: Object.keys(faults).map((name) => faults[name]).sort(), clock_error_ms: round(this.clockError),
        playing: this.sounding.length ? this.sounding[0].item.id : "", at_ms: Math.floor(now), refused: this.refused, trouble: faults,
        muted: this.kept.muted,
      }, true);
    }

    _publish(channel, message, retain) { this._do("publish", { topic: this.topics.up(this.did, channel), payload: json(message), qos: 1, retain }); }
    _keep(entry) {
      this._dirty = true;
      this.kept.apply(entry);
      this._do("record", { entry });
    }
    _do(act, facts) { this.out.push(Object.assign({ act }, facts)); }
  }

  function byKid(keys) { const found = {}; for (const key of keys) found[key.kid] = key; return found; }
  function json(value) { return utf8(JSON.stringify(value)); }
  function round(value) { return Math.round(value * 1000) / 1000; }

  X.Agent = Agent;
})((self.Xiangyin = self.Xiangyin || {}));
