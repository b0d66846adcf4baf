// SHA-256, HMAC, HKDF and AES-256-GCM in plain JavaScript: on http:// there is no crypto.subtle. X25519, Ed25519: vendor/nacl-fast.min.js.
(function (X) {
  "use strict";

  const K = new Uint32Array(64);
  const H0 = new Uint32Array(8);
  (function makeConstants() {
    // the first 32 bits of the fractions of the cube and square roots of the first primes (FIPS 180-4)
    let found = 0;
    for (let n = 2; found < 64; n++) {
      let prime = true;
      for (let d = 2; d * d <= n; d++) if (n % d === 0) prime = false;
      if (!prime) continue;
      if (found < 8) H0[found] = (Math.sqrt(n) % 1) * 4294967296;
      K[found++] = (Math.cbrt(n) % 1) * 4294967296;
    }
  })();

  class Sha256 {
    constructor() {
      this.h = H0.slice();
      this.rest = new Uint8Array(64);
      this.filled = 0;
      this.length = 0;
      this.w = new Uint32Array(64);
    }

    update(bytes) {
      let at = 0;
      this.length += bytes.length;
      if (this.filled) {
        const take = Math.min(64 - this.filled, bytes.length);
        this.rest.set(bytes.subarray(0, take), this.filled);
        this.filled += take;
        at = take;
        if (this.filled < 64) return this;
        this._block(this.rest, 0);
        this.filled = 0;
      }
      for (; at + 64 <= bytes.length; at += 64) this._block(bytes, at);
      this.rest.set(bytes.subarray(at));
      this.filled = bytes.length - at;
      return this;
    }

    _block(b, at) {
      const w = this.w, h = this.h;
      for (let i = 0; i < 16; i++, at += 4) w[i] = (b[at] << 24) | (b[at + 1] << 16) | (b[at + 2] << 8) | b[at + 3];
      for (let i = 16; i < 64; i++) {
        const x = w[i - 15], y = w[i - 2];
        const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
        const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
        w[i] = (w[i - 16] + s0 + w[i - 7] + s1) | 0;
      }
      let a = h[0], bb = h[1], c = h[2], d = h[3], e = h[4], f = h[5], g = h[6], hh = h[7];
      for (let i = 0; i < 64; i++) {
        const S1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
        const t1 = (hh + S1 + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
        const S0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
        const t2 = (S0 + ((a & bb) ^ (a & c) ^ (bb & c))) | 0;
        hh = g; g = f; f = e; e = (d + t1) | 0; d = c; c = bb; bb = a; a = (t1 + t2) | 0;
      }
      h[0] += a; h[1] += bb; h[2] += c; h[3] += d; h[4] += e; h[5] += f; h[6] += g; h[7] += hh;
    }

    digest() {
      const bits = this.length * 8, pad = new Uint8Array(((this.filled < 56 ? 56 : 120) - this.filled) + 8);
      pad[0] = 0x80;
      const view = new DataView(pad.buffer);
      view.setUint32(pad.length - 8, Math.floor(bits / 4294967296));
      view.setUint32(pad.length - 4, bits >>> 0);
      this.update(pad);
      const out = new Uint8Array(32), o = new DataView(out.buffer);
      for (let i = 0; i < 8; i++) o.setUint32(i * 4, this.h[i]);
      return out;
    }
  }

  function sha256(bytes) { return new Sha256().update(bytes).digest(); }

  function hmac(key, message) {
    const k = new Uint8Array(64);
    k.set(key.length > 64 ? sha256(key) : key);
    const inner = k.map((x) => x ^ 0x36), outer = k.map((x) => x ^ 0x5c);
    return sha256(concat([outer, new Sha256().update(inner).update(message).digest()]));
  }

  // RFC 5869 with SHA-256, one block: 32 bytes.
  function hkdf32(secret, salt, info) { return hmac(hmac(salt, secret), concat([info, new Uint8Array([1])])); }

  // AES (FIPS 197), the encrypting direction only: GCM needs no other.
  const SBOX = new Uint8Array(256);
  (function makeBox() {
    let p = 1, q = 1;
    do {
      p = p ^ ((p << 1) & 255) ^ (p & 128 ? 0x1b : 0);
      q ^= q << 1; q ^= q << 2; q ^= q << 4; q &= 255;
      if (q & 128) q ^= 9;
      const x = q ^ ((q << 1) | (q >> 7)) ^ ((q << 2) | (q >> 6)) ^ ((q << 3) | (q >> 5)) ^ ((q << 4) | (q >> 4));
      SBOX[p] = (x ^ 0x63) & 255;
    } while (p !== 1);
    SBOX[0] = 0x63;
  })();

  function expand(key) {
    const w = new Uint8Array(240);
    w.set(key);
    let rcon = 1;
    for (let i = 32; i < 240; i += 4) {
      let t = [w[i - 4], w[i - 3], w[i - 2], w[i - 1]];
      if (i % 32 === 0) {
        t = [SBOX[t[1]] ^ rcon, SBOX[t[2]], SBOX[t[3]], SBOX[t[0]]];
        rcon <<= 1;
      } else if (i % 32 === 16) t = t.map((x) => SBOX[x]);
      for (let j = 0; j < 4; j++) w[i + j] = w[i - 32 + j] ^ t[j];
    }
    return w;
  }

  function encryptBlock(w, block) {
    let s = block.map((x, i) => x ^ w[i]);
    for (let round = 1; round <= 14; round++) {
      const t = new Uint8Array(16);
      for (let c = 0; c < 4; c++) for (let r = 0; r < 4; r++) t[c * 4 + r] = SBOX[s[((c + r) % 4) * 4 + r]];
      if (round < 14) {
        for (let c = 0; c < 16; c += 4) {
          const a = t.slice(c, c + 4), x2 = a.map((v) => ((v << 1) ^ (v & 128 ? 0x1b : 0)) & 255);
          for (let r = 0; r < 4; r++) t[c + r] = x2[r] ^ x2[(r + 1) % 4] ^ a[(r + 1) % 4] ^ a[(r + 2) % 4] ^ a[(r + 3) % 4];
        }
      }
      s = t.map((x, i) => x ^ w[round * 16 + i]);
    }
    return s;
  }

  // x := x * h in GF(2^128), bit by bit (SP 800-38D): a sealed letter has some hundred blocks.
  function times(x, h) {
    let z = new Uint32Array(4), v = Uint32Array.from(h);
    for (let i = 0; i < 128; i++) {
      if (x[i >> 5] & (0x80000000 >>> (i & 31))) for (let k = 0; k < 4; k++) z[k] ^= v[k];
      const low = v[3] & 1;
      for (let k = 3; k > 0; k--) v[k] = (v[k] >>> 1) | (v[k - 1] << 31);
      v[0] >>>= 1;
      if (low) v[0] ^= 0xe1000000;
    }
    return z;
  }

  function words(bytes) {
    const padded = new Uint8Array(16);
    padded.set(bytes);
    const view = new DataView(padded.buffer);
    return Uint32Array.from([0, 4, 8, 12].map((at) => view.getUint32(at)));
  }

  // The plain text; an Error when key, text or tag do not fit. No additional data, IV of 12 bytes.
  function gcmOpen(key, iv, text, tag) {
    const w = expand(key), h = words(encryptBlock(w, new Uint8Array(16)));
    let y = new Uint32Array(4);
    for (let at = 0; at < text.length; at += 16) {
      const part = words(text.subarray(at, at + 16));
      y = times(y.map((x, i) => x ^ part[i]), h);
    }
    const bits = text.length * 8;
    y = times(y.map((x, i) => x ^ [0, 0, 0, bits][i]), h);
    const counter = new Uint8Array(16), view = new DataView(counter.buffer);
    counter.set(iv);
    view.setUint32(12, 1);
    const first = words(encryptBlock(w, counter)), want = words(tag);
    let wrong = tag.length === 16 ? 0 : 1;
    for (let i = 0; i < 4; i++) wrong |= y[i] ^ first[i] ^ want[i];
    if (wrong) throw new Error("the box does not open with this key");
    const out = new Uint8Array(text.length);
    for (let at = 0, n = 2; at < text.length; at += 16, n++) {
      view.setUint32(12, n);
      const pad = encryptBlock(w, counter);
      for (let i = at; i < Math.min(at + 16, text.length); i++) out[i] = text[i] ^ pad[i - at];
    }
    return out;
  }

  function concat(parts) {
    const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    parts.reduce((at, part) => { out.set(part, at); return at + part.length; }, 0);
    return out;
  }

  function hex(bytes) { return Array.from(bytes, (x) => (x < 16 ? "0" : "") + x.toString(16)).join(""); }
  function utf8(text) { return new TextEncoder().encode(text); }
  function text(bytes) { return new TextDecoder("utf-8", { fatal: true }).decode(bytes); }
  function random(n) { return crypto.getRandomValues(new Uint8Array(n)); }

  function b64(bytes) {
    return btoa(Array.from(bytes, (x) => String.fromCharCode(x)).join("")).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
  }

  // base64url, canonical and without padding; an Error for anything else.
  function unb64(said) {
    if (!/^[A-Za-z0-9_-]*$/.test(said)) throw new Error("not base64url");
    const raw = Uint8Array.from(atob(said.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
    if (b64(raw) !== said) throw new Error("not canonical base64url");
    return raw;
  }

  // The order of the group of Ed25519, little-endian: a signature with a larger S is a changed copy of another (RFC 8032, 5.1.7).
  const L = [0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10];

  function edVerify(message, signature, key) {
    if (signature.length !== 64 || key.length !== 32) return false;
    let small = false;
    for (let i = 31; i >= 0; i--) {
      if (signature[32 + i] === L[i]) continue;
      small = signature[32 + i] < L[i];
      break;
    }
    return small && nacl.sign.detached.verify(message, signature, key);
  }

  const TABLE = new Uint32Array(256).map((_, n) => { let c = n; for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1; return c; });
  function crc32(bytes) { let c = 0xffffffff; for (const b of bytes) c = TABLE[(c ^ b) & 255] ^ (c >>> 8); return (c ^ 0xffffffff) >>> 0; }

  X.crypto = {
    Sha256, sha256, hmac, hkdf32, gcmOpen, edVerify, concat, hex, utf8, text, random, b64, unb64, crc32,
    x25519: (secret, pk) => nacl.scalarMult(secret, pk), x25519Public: (secret) => nacl.scalarMult.base(secret),
  };
})((self.Xiangyin = self.Xiangyin || {}));
