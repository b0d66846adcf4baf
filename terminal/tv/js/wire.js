// The words both ends speak: topics, payloads, signatures, the pairing box (docs/wire.md; wire/*.py say the same in Python).
(function (X) {
  "use strict";
  const { utf8, text, b64, unb64, sha256, hkdf32, gcmOpen, edVerify, concat, x25519, x25519Public, random, hex } = X.crypto;

  const CLOCK_SLACK_S = 300, MAX_BYTES = 65536, MAX_POINTED_BYTES = 8 * 1024 * 1024, MAX_DEPTH = 32;
  const LEVEL = /^[a-z0-9_-]{1,36}$/, SHA256 = /^[0-9a-f]{64}$/;
  const STARTS = ["hard", "after", "free"], BREAKS = ["resume", "skip", "mix"];

  class Refused extends Error {}

  // [name, default]; a default of undefined means the field must be there, and its type follows the name's list.
  const NEED = { s: "string", n: "number", b: "boolean" };
  const SHAPES = {
    want: [["rev", "n!"], ["zones", []], ["dialect", ""], ["area", ""], ["tz", "UTC"], ["volume", 70], ["heartbeat_s", 30], ["base", []],
      ["revoked", false], ["caps", []], ["quiet", []], ["quiet_days", []], ["stagger_ms", 0], ["status_s", 1800], ["metered", false]],
    alternate: [["format", "s!"], ["clip", "s!"], ["url", "s!"], ["bytes", "n!"], ["skip", 0]],
    item: [["id", "s!"], ["occ", "s!"], ["n", "n!"], ["at_ms", "n!"], ["clip", "s!"], ["url", "s!"], ["bytes", "n!"], ["ms", "n!"],
      ["expires_ms", "n!"], ["start", "hard"], ["skip", 0], ["gain_db", 0], ["lang", ""], ["priority", 6], ["title", ""], ["rank", 0],
      ["brk", "resume"], ["volume", -1], ["others", [], "alternate"], ["video", ""], ["video_url", ""], ["video_bytes", 0], ["video_ms", 0],
      ["burnt", false], ["captions", ""], ["captions_url", ""]],
    sound: [["name", "s!"], ["clip", "s!"], ["url", "s!"], ["bytes", "n!"], ["ms", "n!"], ["skip", 0], ["gain_db", 0], ["lang", ""], ["title", ""],
      ["others", [], "alternate"]],
    emergency: [["id", "s!"], ["level", "s!"], ["source", "s!"], ["from_ms", "n!"], ["until_ms", "n!"], ["sounds", [], "sound"], ["drill", false],
      ["wording", 1], ["repeats", 1], ["pause_ms", 1000], ["title", ""], ["text", ""], ["lang", ""], ["all_clear", false], ["volume", -1]],
    alert: [["rev", "n!"], ["zid", "s!"], ["emergencies", [], "emergency"], ["base", []]],
    fill: [["clip", "s!"], ["url", "s!"], ["bytes", "n!"], ["ms", "n!"], ["skip", 0], ["gain_db", 0], ["kind", "default"], ["title", ""],
      ["others", [], "alternate"]],
    plan: [["rev", "n!"], ["zid", "s!"], ["from_ms", "n!"], ["to_ms", "n!"], ["tz", "UTC"], ["items", [], "item"], ["base", []],
      ["pointer", ""], ["pointer_sha256", ""], ["pointer_bytes", 0], ["fill", [], "fill"], ["fill_hours", []], ["phrases", [], "sound"]],
    cmd: [["id", "s!"], ["op", "s!"], ["args", {}], ["priority", 4]],
    rsp: [["op", "s!"], ["id", ""], ["seq", 0], ["stale", 0], ["t0_ms", 0], ["t1_ms", 0], ["t2_ms", 0]],
    key: [["kid", "s!"], ["x", "s!"], ["uses", ["programme"]], ["from_ms", 0], ["to_ms", 0], ["zones", []], ["level", ""]],
    keys: [["seq", "n!"], ["keys", [], "key"]],
    paired: [["sealed", ""], ["refused", ""]],
    credentials: [["did", "s!"], ["password", "s!"], ["domain", "xy"], ["area", ""], ["roots", [], "key"], ["base", []]],
  };

  function parseObject(raw, limit) {
    if (raw.length > (limit || MAX_BYTES)) throw new Refused(raw.length + " bytes, more than allowed");
    let value;
    try { value = JSON.parse(text(raw)); } catch (error) { throw new Refused("not JSON: " + error.message); }
    if (value === null || typeof value !== "object" || Array.isArray(value)) throw new Refused("expected an object");
    if (depth(value) > MAX_DEPTH) throw new Refused("nested deeper than " + MAX_DEPTH);
    return value;
  }

  function depth(value) {
    if (value === null || typeof value !== "object") return 0;
    let deepest = 0;
    for (const key of Object.keys(value)) deepest = Math.max(deepest, depth(value[key]));
    return deepest + 1;
  }

  function build(kind, data, where) {
    const out = {};
    for (const [name, wanted, inner] of SHAPES[kind]) {
      const at = where + name, must = typeof wanted === "string" && wanted.endsWith("!") && wanted.length === 2;
      if (!(name in data)) {
        if (must) throw new Refused(at + " is missing");
        out[name] = Array.isArray(wanted) ? wanted.slice() : wanted;
        continue;
      }
      const value = data[name];
      if (Array.isArray(wanted)) {
        if (!Array.isArray(value)) throw new Refused(at + ": expected a list");
        if (!inner && value.some((each) => typeof each !== "string")) throw new Refused(at + ": expected a list of strings");
        out[name] = inner ? value.map((each, i) => build(inner, object(each, at), at + "[" + i + "].")) : value;
      } else if (wanted !== null && typeof wanted === "object") {
        out[name] = object(value, at);
      } else {
        const type = must ? NEED[wanted[0]] : typeof wanted;
        if (typeof value !== type) throw new Refused(at + ": expected " + type + ", got " + typeof value);
        if (type === "number" && !(Math.abs(value) <= Number.MAX_SAFE_INTEGER)) throw new Refused(at + ": too large");
        if (type === "string" && /[\0]|[\ud800-\udbff](?![\udc00-\udfff])|(?:[^\ud800-\udbff]|^)[\udc00-\udfff]/.test(value)) {
          throw new Refused(at + ": half a character or a NUL");
        }
        out[name] = value;
      }
    }
    return out;
  }

  function object(value, where) {
    if (value === null || typeof value !== "object" || Array.isArray(value)) throw new Refused(where + ": expected an object");
    return value;
  }

  function read(kind, raw, limit) { return build(kind, parseObject(raw, limit), ""); }

  function checkPlan(plan) {
    if (plan.items.length > 5000) throw new Refused("items: more than the 5000 allowed");
    for (const item of plan.items) {
      if (!SHA256.test(item.clip)) throw new Refused("item " + item.id + ": clip is not a sha256");
      const films = (!item.video || SHA256.test(item.video)) && (!item.captions || SHA256.test(item.captions));
      if (!films || item.bytes <= 0 || item.ms < 0 || item.skip < 0 || item.gain_db < -60 || item.gain_db > 20 || item.volume < -1 || item.volume > 100) {
        throw new Refused("item " + item.id + ": a field is out of range");
      }
      if (!item.others.every(isSound)) throw new Refused("item " + item.id + ": an alternate's clip, bytes or skip out of range");
      if (STARTS.indexOf(item.start) < 0 || BREAKS.indexOf(item.brk) < 0) throw new Refused("item " + item.id + ": no such start or break");
    }
    if (plan.fill.some((each) => !SHA256.test(each.clip) || each.bytes <= 0 || each.ms <= 0)) throw new Refused("fill: out of range");
    if (!plan.fill.every((each) => each.others.every(isSound))) throw new Refused("fill: an alternate's clip, bytes or skip out of range");
  }

  function isSound(other) { return SHA256.test(other.clip) && other.bytes > 0 && other.skip >= 0; }

  // The sound for a terminal of these capabilities, the best liked first, mp3 when none is named: PlanItem.suited, but for files that proved
  // unplayable here (sha256), which are left out while there is another.
  function suited(sound, can, unplayable) {
    const ways = [];
    for (const name of can) {
      if (name === "mp3") ways.push(sound);
      else for (const other of sound.others) if (other.format === name) ways.push(Object.assign({}, sound, other, { others: [] }));
    }
    if (!ways.length) ways.push(sound);
    return ways.find((way) => !unplayable.has(way.clip)) || ways[0];
  }

  // keys: by kid. Cheap checks first, the arithmetic last; Refused says which failed.
  function verify(message, keys, want) {
    const cut = message.indexOf(10);
    const parts = cut < 0 ? [] : Array.from(message.subarray(0, cut), (c) => String.fromCharCode(c)).join("").split(".");
    if (parts.length !== 3 || parts[1]) throw new Refused("not signed");
    let header, signature;
    try {
      header = parseObject(unb64(parts[0]), 2048);
      signature = unb64(parts[2]);
    } catch (error) { throw new Refused("unreadable header or signature: " + error.message); }
    if (header.alg !== "EdDSA" || header.b64 !== false || !Array.isArray(header.crit) || header.crit.length !== 1 || header.crit[0] !== "b64") {
      throw new Refused("only EdDSA with an unencoded payload is accepted");
    }
    if (header.typ !== want.typ) throw new Refused("this is a " + String(header.typ).slice(0, 40) + ", not a " + want.typ);
    if (typeof header.aud !== "string" || want.auds.indexOf(header.aud) < 0) throw new Refused("meant for somebody else");
    for (const name of ["seq", "iat", "exp"]) if (!Number.isSafeInteger(header[name])) throw new Refused(name + " must be a whole number");
    if (header.seq <= want.after) throw new Refused("already seen: number " + header.seq);
    if (header.exp < want.now_s) throw new Refused("expired");
    if (header.iat > want.now_s + CLOCK_SLACK_S) throw new Refused("signed in the future");
    const key = Object.prototype.hasOwnProperty.call(keys, String(header.kid)) ? keys[header.kid] : null;
    if (key === null) throw new Refused("signed by a key I do not know");
    if (key.uses.indexOf(want.use) < 0) throw new Refused("this key may not sign that");
    const now = want.now_s * 1000;
    if (now < key.from_ms - CLOCK_SLACK_S * 1000 || (key.to_ms && now > key.to_ms)) throw new Refused("the key is not valid at this time");
    const payload = message.subarray(cut + 1);
    let good = false;
    try { good = edVerify(concat([utf8(parts[0] + "."), payload]), signature, unb64(key.x)); } catch (error) { good = false; }
    if (!good) throw new Refused("the signature does not match");
    return { payload, seq: header.seq, exp: header.exp, kid: key.kid };
  }

  const CONTEXT = "xiangyin pairing 1";

  function pairingCode(pk, nonce) {
    const digest = sha256(utf8(CONTEXT + "|" + pk + "|" + nonce));
    let rest = 0; // of the first eight bytes by 10^8, byte by byte: it stays below 2^53
    for (let i = 0; i < 8; i++) rest = (rest * 256 + digest[i]) % 100000000;
    return ("00000000" + rest).slice(-8);
  }

  function unseal(box, secret, nonce) {
    const raw = unb64(box);
    if (raw.length < 60) throw new Refused("too short for a sealed letter");
    const key = hkdf32(x25519(secret, raw.subarray(0, 32)), utf8(nonce), utf8(CONTEXT));
    return gcmOpen(key, raw.subarray(32, 44), raw.subarray(60), raw.subarray(44, 60));
  }

  function newOffer() {
    const secret = random(32), nonce = hex(random(10)), pk = b64(x25519Public(secret));
    return { secret, nonce, pk, code: pairingCode(pk, nonce) };
  }

  function openAnswer(payload, offer) {
    const answer = read("paired", payload);
    if (answer.refused) return { refused: answer.refused.slice(0, 200) };
    const found = read("credentials", unseal(answer.sealed, offer.secret, offer.nonce));
    if (!LEVEL.test(found.did) || !LEVEL.test(found.domain)) throw new Refused("did or domain cannot be part of a topic");
    if (!found.roots.some((key) => key.uses.indexOf("root") >= 0)) throw new Refused("roots: no key to believe");
    return { credentials: found };
  }

  class Topics {
    constructor(domain) { this.root = domain + "/1"; }
    up(did, channel) { return this.root + "/d/" + did + "/up/" + channel; }
    down(did, channel) { return this.root + "/d/" + did + "/dn/" + channel; }
    zone(zid, channel) { return this.root + "/z/" + zid + "/" + channel; }
    pairing(nonce, direction) { return this.root + "/p/" + nonce + "/" + direction; }
    keys() { return this.root + "/s/keys"; }
    filters(did, zids) {
      const own = ["want", "cmd", "rsp"].map((channel) => this.down(did, channel));
      const zones = [];
      for (const zid of zids) zones.push(this.zone(zid, "plan"), this.zone(zid, "alert"), this.zone(zid, "cmd"));
      return own.concat([this.keys()], zones);
    }
    // [kind, name, channel], null for what is not ours
    parse(topic) {
      const levels = topic.split("/");
      if (levels.slice(0, 2).join("/") !== this.root || !levels.every((level) => LEVEL.test(level))) return null;
      if (levels[2] === "d" && levels.length === 6 && (levels[4] === "up" || levels[4] === "dn")) return ["d", levels[3], levels[4] + "/" + levels[5]];
      if (levels[2] === "z" && levels.length === 5) return ["z", levels[3], levels[4]];
      if (levels[2] === "s" && levels[3] === "keys" && levels.length === 4) return ["s", "keys", "keys"];
      return null;
    }
  }

  X.wire = { Refused, Topics, LEVEL, SHA256, MAX_POINTED_BYTES, read, verify, checkPlan, isSound, suited, pairingCode, unseal, newOffer, openAnswer, parseObject };
})((self.Xiangyin = self.Xiangyin || {}));
