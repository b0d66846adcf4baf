// The hands: media by sha256 into IndexedDB, sound through Web Audio at the millisecond, the siren.
(function (X) {
  "use strict";
  const { Sha256, hex, concat } = X.crypto;
  const SLICE = 1 << 20, SLOW_MS = 30000, OPEN_MS = 15000, DECODED_MS = 10 * 60 * 1000, TICK_MS = 40, UNDER_GAIN = 0.2;
  // What is planned no more is kept for a day, for it often comes again, as far as there is room for it.
  const SPARE_MS = 26 * 3600 * 1000, SPARE_BYTES = 256 << 20;

  const pause = () => new Promise((resolve) => setTimeout(resolve, 0));

  async function digest(bytes) {
    if (self.crypto && crypto.subtle) return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
    const sum = new Sha256(); // a megabyte at a time: the picture must not stand still
    for (let at = 0; at < bytes.length; at += SLICE) {
      sum.update(bytes.subarray(at, at + SLICE));
      await pause();
    }
    return hex(sum.digest());
  }

  class Cache {
    constructor(memory, report) { this.memory = memory; this.report = report; this.queue = []; this.busy = 0; this.have = new Set(); this.spare = new Map(); this.sizes = new Map(); this.full = ""; }

    async load() {
      for (const sha of await this.memory.keys("media")) {
        const blob = await this.memory.get("media", sha);
        this.have.add(sha);
        this.sizes.set(sha, blob ? blob.size : 0);
      }
    }

    ask(job) { this.queue.push(job); this._next(); }

    _next() {
      while (this.busy < 2 && this.queue.length) {
        const job = this.queue.shift();
        this.busy += 1;
        this._bring(job).then(
          (content) => this.report({ what: "fetched", sha: job.sha, ok: true, reason: "", content }),
          (error) => this.report({ what: "fetched", sha: job.sha, ok: false, reason: String(error.message || error).slice(0, 160) })
        ).then(() => { this.busy -= 1; this._next(); });
      }
    }

    async _bring(job) {
      if (!job.read && this.have.has(job.sha)) return null;
      let last = new Error("no address to fetch it from");
      for (const url of job.urls) {
        try {
          const bytes = await this._download(url, job);
          if ((await digest(bytes)) !== job.sha) {
            await this.memory.drop("parts", [job.sha]);
            throw new Error("what came is not what was promised");
          }
          if (job.read) return bytes;
          await this._store(job.sha, bytes);
          await this.memory.drop("parts", [job.sha]);
          return null;
        } catch (error) { last = error; }
      }
      throw last;
    }

    // What came before a line was cut is kept, and the rest asked for.
    async _download(url, job) {
      const before = job.read ? null : await this.memory.get("parts", job.sha);
      let parts = before ? [new Uint8Array(await new Response(before).arrayBuffer())] : [];
      let got = parts.length ? parts[0].length : 0;
      const stop = new AbortController();
      let slow = setTimeout(() => stop.abort(), SLOW_MS);
      try {
        const answer = await fetch(url, { headers: got ? { Range: "bytes=" + got + "-" } : {}, signal: stop.signal, credentials: "omit", cache: "no-store" });
        if (answer.status === 416) { await this.memory.drop("parts", [job.sha]); throw new Error("the part that was here does not fit"); }
        if (!answer.ok) throw new Error("the station answers " + answer.status);
        if (got && answer.status !== 206) { parts = []; got = 0; }
        const reader = answer.body.getReader();
        for (;;) {
          const { done, value } = await reader.read();
          clearTimeout(slow);
          if (done) break;
          slow = setTimeout(() => stop.abort(), SLOW_MS);
          parts.push(value);
          got += value.length;
          if (job.size && got > job.size) throw new Error("more than the " + job.size + " bytes promised");
        }
      } catch (error) {
        if (!job.read && got > 65536) await this.memory.put("parts", job.sha, new Blob(parts)).catch(() => {});
        throw error;
      } finally { clearTimeout(slow); }
      return concat(parts);
    }

    blob(sha) { return this.memory.get("media", sha); }

    // What is not planned makes room, the oldest first, until it fits; what is planned is never dropped for it: then the disk is full, and says so.
    async _store(sha, bytes) {
      for (;;) {
        try {
          await this.memory.put("media", sha, new Blob([bytes]));
          this.have.add(sha);
          this.sizes.set(sha, bytes.length);
          this.full = "";
          return;
        } catch (error) {
          if (await this.makeRoom()) continue;
          this.full = "disk: no room for " + Math.ceil(bytes.length / 1024) + " KB beside what is planned (" + String((error && (error.name || error.message)) || error).slice(0, 60) + ")";
          throw new Error(this.full);
        }
      }
    }

    // Gives up the oldest thing that is not planned; false when there is none.
    async makeRoom() {
      const oldest = Array.from(this.spare.keys())[0];
      if (oldest === undefined) return false;
      await this._forget([oldest]);
      return true;
    }

    async _forget(gone) {
      for (const sha of gone) [this.have, this.spare, this.sizes].forEach((each) => each.delete(sha));
      await this.memory.drop("media", gone);
    }

    // What is no longer planned stays a day as far as there is room; now: any clock that only goes forward, in ms.
    async keep(shas, now) {
      for (const sha of this.have) if (!shas.has(sha) && !this.spare.has(sha)) this.spare.set(sha, now);
      for (const sha of Array.from(this.spare.keys())) if (shas.has(sha)) this.spare.delete(sha);
      await this.tidy(now);
    }

    async tidy(now) {
      let bytes = 0;
      const gone = Array.from(this.spare).reverse().filter(([sha, since]) => { // the youngest first: those stay
        bytes += this.sizes.get(sha) || 0;
        return now - since > SPARE_MS || bytes > SPARE_BYTES;
      }).map(([sha]) => sha);
      if (gone.length) await this._forget(gone);
    }
  }

  // Sounds placed in time. Reports {what: started | finished | preempted | dropped | failed, item, start_ms, dur_ms, reason}.
  class Player {
    constructor(clock, cache, report) {
      Object.assign(this, { clock, cache, report, voices: [], decoded: new Map(), volume: 70, timer: null });
      this.context = new (self.AudioContext || self.webkitAudioContext)({ latencyHint: "interactive" });
      this.out = this.context.createGain();
      this.ear = this.context.createAnalyser(); // what is heard can be measured
      this.ear.fftSize = 1024;
      this.out.connect(this.ear);
      this.ear.connect(this.context.destination);
      this.context.onstatechange = () => report({ what: "heard", ok: this.sounds });
      this.context.resume().catch(() => {});
    }

    get sounds() { return this.context.state === "running"; }
    wake() { if (!this.sounds) this.context.resume().catch(() => {}); }

    setVolume(volume) {
      this.volume = volume;
      for (const voice of this.voices) this._level(voice);
    }

    async prepare(sha, ms) {
      try {
        if (!this.decoded.has(sha)) {
          const blob = await this.cache.blob(sha);
          if (!blob) {
            this.cache.have.delete(sha);
            this.report({ what: "lost", sha, reason: "the stored sound is gone" });
            return;
          }
          this.decoded.set(sha, ms > DECODED_MS ? await this._stream(blob) : { buffer: await this._decode(await new Response(blob).arrayBuffer()) });
        }
        this.report({ what: "prepared", sha, ok: true, reason: "" });
      } catch (error) { this.report({ what: "prepared", sha, ok: false, reason: "cannot be decoded: " + String((error && error.message) || error) }); }
    }

    _decode(bytes) { return new Promise((resolve, reject) => this.context.decodeAudioData(bytes, resolve, reject)); }

    // A silent second through decoder-less graph and device: "" when the clock of the sound runs, else what is wrong.
    async tryOut() {
      this.wake();
      const before = this.context.currentTime;
      await new Promise((resolve) => setTimeout(resolve, 1000));
      return this.context.currentTime > before ? "" : "no sound: the browser waits for a key of the remote control";
    }

    // An hour of sound decoded would be more memory than a box has.
    _stream(blob) {
      return new Promise((resolve, reject) => {
        const element = new Audio();
        element.preload = "auto";
        const give = (why) => {
          clearTimeout(late);
          element.oncanplay = element.onerror = null;
          if (why) {
            URL.revokeObjectURL(element.src);
            element.removeAttribute("src");
            reject(new Error(why));
          } else resolve({ element, node: this.context.createMediaElementSource(element) });
        };
        const late = setTimeout(() => give("the browser did not open it in " + OPEN_MS / 1000 + " s"), OPEN_MS); // some neither play a file nor say so
        element.oncanplay = () => give("");
        element.onerror = () => give("the browser cannot play it");
        element.src = URL.createObjectURL(blob);
      });
    }

    forget(planned) {
      for (const [sha, made] of Array.from(this.decoded)) {
        if (planned.has(sha) || this.voices.some((voice) => voice.play.clip === sha)) continue;
        if (made.element) URL.revokeObjectURL(made.element.src);
        this.decoded.delete(sha);
      }
    }

    place(play) {
      const now = this.clock.now();
      if (play.cut) this._breakOff(Math.max(play.at_ms, now), now);
      const free = this.voices.filter((voice) => !voice.play.over).map((voice) => voice.ends);
      const begins = play.cut || play.over ? Math.max(play.at_ms, now) : Math.max.apply(null, [play.at_ms, now].concat(free));
      const whole = begins + play.ms - play.offset_ms, ends = Math.min(whole, play.until_ms || whole);
      const voice = { play, begins, ends, full: ends === whole, told: false, source: null, gain: this.context.createGain(), silent: true };
      voice.gain.connect(this.out);
      this.voices.push(voice);
      this._level(voice);
      if (play.over) this.voices.forEach((each) => this._level(each));
      this._sound(voice);
      this._run();
    }

    // Web Audio's own clock starts it to the sample; called again when the browser gives sound late.
    _sound(voice) {
      const { play } = voice, made = play.tone ? null : this.decoded.get(play.clip);
      if (!play.tone && !made) { voice.broken = "decoded sound is gone"; return; }
      if (!this.sounds) return;
      const now = this.clock.now(), late = Math.max(0, now - voice.begins);
      const when = this.context.currentTime + Math.max(0, (voice.begins - now) / 1000 - (this.context.outputLatency || this.context.baseLatency || 0));
      const from = (play.offset_ms + late) / 1000, left = (voice.ends - Math.max(voice.begins, now)) / 1000;
      if (left <= 0) return;
      voice.silent = false;
      if (play.tone) { voice.source = play.tone(this.context, voice.gain, when); return; }
      if (made.element) {
        made.node.connect(voice.gain);
        voice.source = made;
        made.element.currentTime = from;
        voice.element = setTimeout(() => made.element.play().catch((error) => { voice.broken = error.message; }), Math.max(0, voice.begins - now));
        return;
      }
      const rate = made.buffer.sampleRate, lead = skipped(made.buffer, play) / rate;
      const source = this.context.createBufferSource();
      source.buffer = made.buffer;
      source.connect(voice.gain);
      source.start(when, Math.min(made.buffer.duration, from + lead), left);
      voice.source = source;
    }

    _level(voice) {
      const under = !voice.play.over && this.voices.some((each) => each.play.over && each !== voice && each.ends > this.clock.now());
      const volume = voice.play.volume >= 0 ? voice.play.volume : this.volume;
      voice.gain.gain.setTargetAtTime((volume / 100) * Math.pow(10, voice.play.gain_db / 20) * (under ? UNDER_GAIN : 1), this.context.currentTime, 0.005);
    }

    _quiet(voice) {
      clearTimeout(voice.element);
      if (!voice.source) return;
      if (voice.source.element) {
        voice.source.element.pause();
        voice.source.node.disconnect();
      } else { try { voice.source.stop(); } catch (error) { console.debug("already stopped", error.message); } }
      voice.source = null;
      voice.gain.disconnect();
    }

    _breakOff(at, now) {
      for (const voice of this.voices.slice()) {
        if (voice.ends <= at) continue;
        if (voice.begins < at) {
          voice.ends = at;
          voice.full = false;
          voice.stopAt = setTimeout(() => this._quiet(voice), Math.max(0, at - now));
        } else {
          this._quiet(voice);
          this.voices.splice(this.voices.indexOf(voice), 1);
          this.report({ what: "dropped", item: voice.play.item, start_ms: 0, dur_ms: 0, reason: "" });
        }
      }
    }

    stop() {
      const now = this.clock.now();
      this._breakOff(now, now);
      this._run();
    }

    _run() { if (!this.timer) this.timer = setInterval(() => this._tick(), TICK_MS); }

    _tick() {
      const now = this.clock.now();
      for (const voice of this.voices.slice()) {
        const { item } = voice.play;
        if (voice.broken) {
          this.voices.splice(this.voices.indexOf(voice), 1);
          this.report({ what: "failed", item, start_ms: 0, dur_ms: 0, reason: voice.broken });
          continue;
        }
        if (voice.silent && this.sounds && now < voice.ends - 200) this._sound(voice);
        if (!voice.told && voice.begins <= now) {
          voice.told = true;
          this.report({ what: "started", item, start_ms: voice.begins });
        }
        if (voice.ends <= now) {
          this._quiet(voice);
          this.voices.splice(this.voices.indexOf(voice), 1);
          const mute = voice.silent ? "shown without sound: the browser waits for a key of the remote control" : "";
          const how = mute ? "failed" : voice.full ? "finished" : "preempted";
          this.report({ what: how, item, start_ms: voice.begins, dur_ms: voice.ends - voice.begins, reason: mute });
          this.voices.forEach((each) => this._level(each));
        }
      }
      if (!this.voices.length) { clearInterval(this.timer); this.timer = null; }
    }

    // Milliseconds into the clip that are heard now; null when it is not sounding.
    position(item) {
      const now = this.clock.now(), voice = this.voices.find((each) => each.play.item === item);
      return voice && voice.begins <= now && now < voice.ends ? voice.play.offset_ms + now - voice.begins : null;
    }
  }

  // Samples of encoder delay that the decoder left in front: none when it cut them, as its length shows.
  function skipped(buffer, play) {
    const extra = (buffer.duration * 1000 - play.ms) / 1000, lead = (play.skip / 44100) * 0.9;
    return play.skip && extra >= lead ? (play.skip / 44100) * buffer.sampleRate : 0;
  }

  // A siren of so many seconds, rising and falling (GB/T 12800 has 200 to 700 Hz and back); its level leaves room for the voice.
  function siren(seconds) {
    return (context, out, when) => {
      const tone = context.createOscillator(), gain = context.createGain();
      tone.type = "sawtooth";
      gain.gain.setValueAtTime(0.18, when);
      gain.gain.setValueAtTime(0.18, when + seconds - 0.4);
      gain.gain.linearRampToValueAtTime(0, when + seconds);
      tone.frequency.setValueAtTime(400, when);
      for (let at = 0; at < seconds; at += 1) {
        tone.frequency.linearRampToValueAtTime(900, when + at + 0.5);
        tone.frequency.linearRampToValueAtTime(400, when + at + 1);
      }
      tone.connect(gain);
      gain.connect(out);
      tone.start(when);
      tone.stop(when + seconds);
      return tone;
    };
  }

  function chime(context, out, when) {
    const tone = context.createOscillator(), gain = context.createGain();
    tone.frequency.setValueAtTime(880, when);
    tone.frequency.setValueAtTime(660, when + 0.4);
    gain.gain.setValueAtTime(0.3, when);
    gain.gain.exponentialRampToValueAtTime(0.01, when + 1.1);
    tone.connect(gain);
    gain.connect(out);
    tone.start(when);
    tone.stop(when + 1.2);
    return tone;
  }

  // What this browser can decode, in the station's words (wire.messages.FORMATS), mp3 before the others: every sound is there as mp3.
  function capabilities(canPlay) {
    const wanted = [["mp3", "audio/mpeg"], ["opus", 'audio/ogg; codecs="opus"'], ["aac", "audio/aac"], ["mp4", 'video/mp4; codecs="avc1.4d401f"']];
    return wanted.filter(([, type]) => canPlay(type)).map(([name]) => name);
  }

  X.hands = { capabilities, Cache, Player, siren, chime, digest };
})((self.Xiangyin = self.Xiangyin || {}));
