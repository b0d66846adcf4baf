// What must survive a power cut, in IndexedDB (Cache Storage wants https): the journal of terminal/memory.py, the media by sha256.
(function (X) {
  "use strict";
  const FOLD_AT = 400, REMEMBER_MS = 7 * 24 * 3600 * 1000;

  // Everything the agent must know again; it changes by entries only.
  class Kept {
    constructor(said) {
      Object.assign(this, {
        conn: 0, volume: -1, muted: false, keys: "", keys_seq: 0, want: "", want_rev: 0, plans: {}, plan_revs: {}, begun: {}, done: {}, stored: {},
        commands: {}, pending: [], batch: [], batch_seq: 0, alerts: {}, stopped: {},
      }, said || {});
    }

    apply(entry) { this["_" + entry.do](entry); }
    _volume(e) { this.volume = e.to; }
    _keys(e) { this.keys = e.raw; this.keys_seq = e.seq; }
    _want(e) { this.want = e.raw; this.want_rev = e.rev; }
    _plan(e) { this.plans[e.zid] = e.raw; this.plan_revs[e.zid] = e.rev; }
    _leave(e) { delete this.plans[e.zid]; delete this.plan_revs[e.zid]; }
    _begin(e) {
      const before = this.begun[e.id] || {};
      this.begun[e.id] = { at: e.at, until: e.until, row: before.row || e.row, heard: before.heard || false, paused: -1, why: "" };
    }
    _pause(e) { Object.assign(this.begun[e.id], { paused: e.heard, why: e.why }); }
    _mute(e) { this.muted = e.to; }
    _unbegin(e) { delete this.begun[e.id]; }
    _receipt(e) {
      const item = e.row[0], result = e.row[5];
      this.pending.push(e.row);
      if (result === "stored" || result === "accepted") this.stored[item] = e.until;
      else if (result === "started") {
        if (this.begun[item]) Object.assign(this.begun[item], { heard: true, row: e.row });
      } else {
        delete this.begun[item];
        this.done[item] = e.until;
      }
    }
    _alert(e) { this.alerts[e.zid] = { rev: e.rev, kid: e.kid, exp: e.exp, raw: e.raw }; }
    _stop(e) { Object.assign(this.stopped, e.occs); }
    _batch(e) { this.batch_seq = e.seq; this.batch = this.pending.slice(0, e.n); this.pending = this.pending.slice(e.n); }
    _acked() { this.batch = []; }
    _command(e) { this.commands[e.id] = e.exp; }
    _forget(e) {
      for (const kind of ["done", "stored", "stopped"]) for (const name of Object.keys(this[kind])) if (this[kind][name] < e.before) delete this[kind][name];
      for (const name of Object.keys(this.commands)) if (this.commands[name] * 1000 < e.before) delete this.commands[name];
    }
  }

  function asked(request) {
    return new Promise((resolve, reject) => { request.onsuccess = () => resolve(request.result); request.onerror = () => reject(request.error); });
  }

  class Memory {
    static open(name) {
      return new Promise((resolve, reject) => {
        const request = indexedDB.open(name || "xiangyin-tv", 1);
        request.onupgradeneeded = () => {
          for (const store of ["kv", "media", "parts"]) request.result.createObjectStore(store);
          request.result.createObjectStore("journal", { keyPath: "no" });
        };
        request.onerror = () => reject(request.error);
        request.onsuccess = () => resolve(new Memory(request.result));
      });
    }

    constructor(db) { this.db = db; this.number = 0; this.since = 0; this.kept = new Kept(); this.queue = []; this.writing = null; }

    // Whether all writes of one transaction are on the disk when this resolves.
    _write(stores, act) {
      return new Promise((resolve, reject) => {
        let tx;
        try { tx = this.db.transaction(stores, "readwrite", { durability: "strict" }); } catch (error) { reject(error); return; }
        tx.oncomplete = () => resolve();
        tx.onerror = tx.onabort = () => reject(tx.error || new Error("the disk refuses: is it full?"));
        act(tx);
      });
    }

    get(store, key) { return asked(this.db.transaction(store).objectStore(store).get(key)); }
    put(store, key, value) { return this._write([store], (tx) => tx.objectStore(store).put(value, key)); }
    drop(store, keys) { return this._write([store], (tx) => keys.forEach((key) => tx.objectStore(store).delete(key))); }
    keys(store) { return asked(this.db.transaction(store).objectStore(store).getAllKeys()); }

    async load() {
      const snapshot = await this.get("kv", "kept");
      if (snapshot) { this.kept = new Kept(snapshot.kept); this.number = snapshot.number; }
      const entries = await asked(this.db.transaction("journal").objectStore("journal").getAll());
      for (const entry of entries) {
        if (entry.no <= this.number) continue;
        this.kept.apply(entry);
        this.number = entry.no;
      }
      this.since = entries.length;
      return this.kept;
    }

    // The agent has applied these already; durable when it resolves.
    async record(entries) {
      const numbered = entries.map((entry) => Object.assign({}, entry, { no: ++this.number }));
      await this._write(["journal"], (tx) => numbered.forEach((entry) => tx.objectStore("journal").put(entry)));
      this.since += entries.length;
      if (this.since > FOLD_AT) await this.fold();
    }

    // Snapshot and empty journal in one transaction.
    fold() {
      this.since = 0;
      const whole = { number: this.number, kept: JSON.parse(JSON.stringify(this.kept)) };
      return this._write(["kv", "journal"], (tx) => { tx.objectStore("kv").put(whole, "kept"); tx.objectStore("journal").clear(); });
    }

    async nextConn() {
      const before = (await this.get("kv", "conn")) || 0;
      this.kept.conn = Math.max(before, this.kept.conn) + 1;
      await this.put("kv", "conn", this.kept.conn);
      return this.kept.conn;
    }
  }

  X.Memory = Memory;
  X.Kept = Kept;
  X.REMEMBER_MS = REMEMBER_MS;
})((self.Xiangyin = self.Xiangyin || {}));
