// The time of the station on this machine: terminal/clock.py (four time stamps, the least delayed half of eight, drift by regression).
(function (X) {
  "use strict";
  const BURST = 8, FIXES = 32, DRIFT_FROM_MS = 15000, WALL_ERROR_MS = 2000, TURN_MS = 86400000, JUMP_MS = 1000;

  class Clock {
    constructor(mono, wall, known) {
      this.mono = mono || (() => performance.now());
      this.wall = wall || (() => Date.now());
      this.known = known || 0; // a time that has certainly passed
      this.samples = [];
      this.fixes = [];
      this.drift = 0;
      this.wallOffset = this.wall() - this.mono();
    }

    get source() { return this.fixes.length ? "line" : this.wall() >= this.known ? "wall" : "none"; }

    now() {
      const mono = this.mono();
      if (!this.fixes.length) {
        const offset = this.wall() - mono;
        if (Math.abs(offset - this.wallOffset) > JUMP_MS) this.wallOffset = offset;
        return Math.max(mono + this.wallOffset, this.known);
      }
      const last = this.fixes[this.fixes.length - 1];
      return mono + last.offset + (mono - last.mono) * this.drift;
    }

    error() {
      if (!this.fixes.length) return this.source === "wall" ? WALL_ERROR_MS : TURN_MS;
      const last = this.fixes[this.fixes.length - 1];
      const known = this.fixes.length > 1 && last.mono - this.fixes[0].mono >= DRIFT_FROM_MS;
      return last.error + ((this.mono() - last.mono) * (known ? 3 : 50)) / 1e6;
    }

    // Sent at t0 and back at t3 by our clock, t1 and t2 by the station's. True when the clock was set.
    heard(t0, t1, t2, t3) {
      const delay = t3 - t0 - (t2 - t1), offset = (t1 - t0 + t2 - t3) / 2;
      if (!(Number.isFinite(offset) && delay >= 0 && delay < 60000 && t1 <= t2)) return false;
      if (this.fixes.length && Math.abs(offset - this.fixes[this.fixes.length - 1].offset) > TURN_MS) return false;
      this.samples.push({ delay, offset, mono: t3 });
      if (this.samples.length < BURST) return false;
      const best = this.samples.sort((a, b) => a.delay - b.delay).slice(0, BURST / 2);
      this.samples = [];
      const offsets = best.map((each) => each.offset).sort((a, b) => a - b);
      const spread = (offsets[offsets.length - 1] - offsets[0]) / 2;
      this.fixes.push({ mono: best[0].mono, offset: (offsets[1] + offsets[2]) / 2, error: best[0].delay / 2 + spread });
      if (this.fixes.length > FIXES) this.fixes.shift();
      this.drift = this._regression();
      return true;
    }

    _regression() {
      const f = this.fixes, n = f.length;
      if (f[n - 1].mono - f[0].mono < DRIFT_FROM_MS) return 0;
      const mx = f.reduce((s, e) => s + e.mono, 0) / n, my = f.reduce((s, e) => s + e.offset, 0) / n;
      const sxx = f.reduce((s, e) => s + (e.mono - mx) * (e.mono - mx), 0);
      const sxy = f.reduce((s, e) => s + (e.mono - mx) * (e.offset - my), 0);
      return Math.max(-1e-3, Math.min(1e-3, sxy / sxx));
    }
  }

  X.Clock = Clock;
  X.BURST = BURST;
})((self.Xiangyin = self.Xiangyin || {}));
