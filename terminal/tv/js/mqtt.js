// MQTT 3.1.1 over WebSocket: a small codec, and a line that reconnects and reports.
(function (X) {
  "use strict";
  const { utf8, concat } = X.crypto;
  const KEEPALIVE_S = 30, MAX_PACKET = 1024 * 1024 + 16;

  function str(value) {
    const bytes = typeof value === "string" ? utf8(value) : value;
    return concat([new Uint8Array([bytes.length >> 8, bytes.length & 255]), bytes]);
  }

  function packet(first, body) {
    const size = [];
    let rest = body.length;
    do { size.push((rest % 128) | (rest > 127 ? 128 : 0)); rest = Math.floor(rest / 128); } while (rest);
    return concat([new Uint8Array([first].concat(size)), body]);
  }

  const two = (number) => new Uint8Array([number >> 8, number & 255]);

  const encode = {
    connect({ clientId, username, password, will }) {
      const flags = 2 | (will ? 4 | (1 << 3) | 32 : 0) | (username ? 128 | 64 : 0);
      const parts = [str("MQTT"), new Uint8Array([4, flags, 0, KEEPALIVE_S]), str(clientId)];
      if (will) parts.push(str(will.topic), str(will.payload));
      if (username) parts.push(str(username), str(password));
      return packet(0x10, concat(parts));
    },
    publish(topic, payload, qos, retain, id) {
      return packet(0x30 | (qos << 1) | (retain ? 1 : 0), concat([str(topic), qos ? two(id) : new Uint8Array(0), payload]));
    },
    puback: (id) => packet(0x40, two(id)),
    subscribe: (id, filters) => packet(0x82, concat([two(id)].concat(filters.map((name) => concat([str(name), new Uint8Array([1])]))))),
    unsubscribe: (id, filters) => packet(0xa2, concat([two(id)].concat(filters.map(str)))),
    ping: () => new Uint8Array([0xc0, 0]),
    disconnect: () => new Uint8Array([0xe0, 0]),
  };

  // Bytes in pieces of any size go in, whole packets come out. An Error for what is no MQTT.
  class Parser {
    constructor() { this.held = new Uint8Array(0); }
    feed(bytes) {
      this.held = this.held.length ? concat([this.held, bytes]) : bytes;
      const found = [];
      for (;;) {
        let size = 0, at = 1, scale = 1, byte = 128;
        while (byte & 128) {
          if (at > 4) throw new Error("a length of more than four bytes");
          if (at >= this.held.length) return found;
          byte = this.held[at++];
          size += (byte & 127) * scale;
          scale *= 128;
        }
        if (size > MAX_PACKET) throw new Error("a packet of " + size + " bytes");
        if (this.held.length < at + size) return found;
        found.push(decode(this.held[0], this.held.subarray(at, at + size)));
        this.held = this.held.slice(at + size);
      }
    }
  }

  function decode(first, body) {
    const kind = first >> 4;
    if (kind === 2) return { kind: "connack", code: body[1] };
    if (kind === 3) {
      const qos = (first >> 1) & 3, end = 2 + ((body[0] << 8) | body[1]);
      const skip = qos ? 2 : 0;
      if (body.length < end + skip || qos > 1) throw new Error("a broken PUBLISH");
      return {
        kind: "publish", topic: X.crypto.text(body.subarray(2, end)), qos, retain: (first & 1) === 1,
        id: qos ? (body[end] << 8) | body[end + 1] : 0, payload: body.slice(end + skip),
      };
    }
    if (kind === 4) return { kind: "puback", id: (body[0] << 8) | body[1] };
    if (kind === 9) return { kind: "suback", id: (body[0] << 8) | body[1], codes: Array.from(body.subarray(2)) };
    if (kind === 11) return { kind: "unsuback" };
    if (kind === 13) return { kind: "pong" };
    throw new Error("packet type " + kind + " is not for a client");
  }

  // Connects, reconnects with jitter, and reports {what: connected | disconnected | refused | message}.
  class Line {
    constructor(where, report) {
      this.where = where; // {url, clientId, username, password, will(): Promise}
      this.report = report;
      this.up = false;
      this.wait = 1000;
      this.number = 0;
      this.closed = false;
      this.socket = null;
    }

    open() {
      if (this.closed) return;
      Promise.resolve(this.where.will ? this.where.will() : null).then((will) => this._connect(will), (error) => this._fell("memory: " + error.message));
    }

    _connect(will) {
      if (this.closed) return;
      let socket;
      try { socket = this.socket = new WebSocket(this.where.url, "mqtt"); } catch (error) { this._fell(error.message); return; }
      socket.binaryType = "arraybuffer";
      const parser = new Parser();
      const early = setTimeout(() => socket.close(), 15000);
      socket.onopen = () => socket.send(encode.connect(Object.assign({}, this.where, { will })));
      socket.onclose = () => {
        clearTimeout(early);
        if (this.socket === socket) this._fell("the line to the broker is down");
      };
      socket.onmessage = (event) => {
        const came = performance.now();
        if (this.socket !== socket) return;
        this.heardAt = came;
        try {
          for (const each of parser.feed(new Uint8Array(event.data))) {
            if (each.kind === "connack") clearTimeout(early);
            this._take(each, came);
          }
        } catch (error) {
          console.warn("the line is closed:", error.message);
          socket.close();
        }
      };
    }

    _take(it, came) {
      if (it.kind === "connack") {
        if (it.code) {
          this.report({ what: it.code === 4 || it.code === 5 ? "refused" : "disconnected", reason: "code " + it.code });
          this.socket.close();
          return;
        }
        this.up = true;
        this.wait = 1000;
        this.pings = setInterval(() => this._ping(), 10000);
        this.report({ what: "connected" });
      } else if (it.kind === "publish") {
        if (it.qos) this._send(encode.puback(it.id));
        this.report({ what: "message", topic: it.topic, payload: it.payload, mono_ms: came });
      } else if (it.kind === "suback" && it.codes.some((code) => code > 1)) {
        this.report({ what: "not subscribed", reason: String(it.codes) });
      }
    }

    _ping() {
      if (performance.now() - this.heardAt > KEEPALIVE_S * 1500) { this.socket.close(); this._fell("nothing was heard"); return; }
      this._send(encode.ping());
    }

    _fell(reason) {
      clearInterval(this.pings);
      this.socket = null;
      this.up = false;
      this.report({ what: "disconnected", reason });
      if (this.closed) return;
      this.again = setTimeout(() => this.open(), this.wait * (0.5 + Math.random()));
      this.wait = Math.min(20000, this.wait * 2);
    }

    // At once, when the network says it is back.
    hurry() {
      if (this.closed || this.socket) return;
      clearTimeout(this.again);
      this.wait = 1000;
      this.open();
    }

    _send(bytes) { if (this.socket && this.socket.readyState === 1) this.socket.send(bytes); }
    _id() { this.number = (this.number % 65535) + 1; return this.number; }
    publish(topic, payload, qos, retain) { if (this.up) this._send(encode.publish(topic, payload, qos, retain, this._id())); }
    subscribe(filters) { for (let at = 0; at < filters.length; at += 8) this._send(encode.subscribe(this._id(), filters.slice(at, at + 8))); }
    unsubscribe(filters) { if (filters.length) this._send(encode.unsubscribe(this._id(), filters)); }

    close() {
      this.closed = true;
      clearTimeout(this.again);
      clearInterval(this.pings);
      this._send(encode.disconnect());
      if (this.socket) this.socket.close();
      this.socket = null;
      this.up = false;
    }
  }

  X.mqtt = { Line, Parser, encode };
})((self.Xiangyin = self.Xiangyin || {}));
