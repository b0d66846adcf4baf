// What breaks in, after terminal/alarms.py and wire/alert.py: a zone's set of emergencies is believed or refused whole, and ends at once.
(function (X) {
  "use strict";
  const { utf8, text, crc32 } = X.crypto;
  const { Refused, LEVEL, SHA256, read, verify, isSound } = X.wire;
  const { ALARM, isAlarm } = X.programme;
  const TTL_S = 24 * 3600, SLACK_S = 300, WORDING = 1024, ROUND = 16, DRILL = 2, EMERGENCY = 1;
  const SEVERITIES = ["red", "orange", "yellow", "blue"], SOURCES = ["centre", "province", "city", "county", "town", "village", "community", "campus"];
  const EPOCH_MS = 1577836800000, SPAN_MS = Math.pow(2, 40), TIES = 64;

  const stem = (zid) => zid.split("_")[0];

  // Whether an alert key may speak to zone zid of a terminal that follows these zones, uppermost first.
  function speaksTo(key, zid, zones) {
    if (!key.zones.length) return true;
    return zones.slice(0, zones.indexOf(zid) + 1).some((each) => key.zones.indexOf(stem(each)) >= 0);
  }

  // {alert, kid, exp, raw}, null for the very set that is held; Refused says what does not hold.
  function believe(message, keys, { zid, zones, now_s, held }) {
    const found = verify(message, keys, { typ: "alert", auds: [zid], now_s, use: "alert", after: held - 1 }), key = keys[found.kid];
    if (!speaksTo(key, zid, zones)) throw new Refused("this key may not speak to " + zid);
    if (found.exp > now_s + TTL_S + SLACK_S) throw new Refused("signed for too long");
    if (found.seq > (now_s + SLACK_S) * 1000) throw new Refused("its number lies ahead of the clock");
    if (found.seq === held) return null;
    const alert = read("alert", found.payload);
    if (alert.rev !== found.seq || alert.zid !== zid) throw new Refused("rev or zid: not the one that was signed");
    const ids = new Set(alert.emergencies.map((one) => one.id));
    if (alert.emergencies.length > 32 || ids.size !== alert.emergencies.length) throw new Refused("emergencies: too many, or one twice");
    for (const one of alert.emergencies) {
      check(one);
      if (key.level && SOURCES.indexOf(one.source) < SOURCES.indexOf(key.level)) throw new Refused("this key may not speak as " + one.source);
    }
    return { alert, kid: found.kid, exp: found.exp, raw: text(found.payload) };
  }

  function check(one) {
    const where = "emergency " + one.id.slice(0, 40) + ": ";
    if (!LEVEL.test(one.id) || SEVERITIES.indexOf(one.level) < 0 || SOURCES.indexOf(one.source) < 0) throw new Refused(where + "id, level or source");
    if (!(one.from_ms > 0 && one.from_ms < one.until_ms) || one.repeats < 1 || one.repeats > 50 || one.pause_ms < 0 || one.pause_ms > 60000) {
      throw new Refused(where + "times, repeats or pause out of range");
    }
    if (one.wording < 1 || one.volume < -1 || one.volume > 100 || one.sounds.length > 8) throw new Refused(where + "wording, volume or sounds");
    one.sounds.forEach((sound) => checkSound(sound, where));
  }

  function checkSound(sound, where) {
    if (!SHA256.test(sound.clip) || sound.bytes <= 0 || sound.skip < 0 || !(sound.ms > 0 && sound.ms <= 3600000) || sound.gain_db < -60 || sound.gain_db > 20) {
      throw new Refused(where + "a clip, its bytes, ms or skip out of range");
    }
    if (!sound.others.every(isSound)) throw new Refused(where + "an alternate's clip, bytes or skip out of range");
  }

  function rank(one) {
    const grave = SEVERITIES.indexOf(one.level) * SOURCES.length + SOURCES.indexOf(one.source);
    const age = SPAN_MS - Math.min(Math.max(one.from_ms - EPOCH_MS, 0), SPAN_MS);
    return (grave * (SPAN_MS + 1) + age) * TIES + (crc32(utf8(one.id)) % TIES);
  }

  // The zone's set, as it came.
  function hear(agent, payload, zid, now) {
    const held = agent.kept.alerts[zid];
    const found = believe(payload, agent.keys, { zid, zones: agent.want.zones, now_s: now / 1000, held: held ? held.rev : 0 });
    if (!found) return;
    agent.keep({ do: "alert", zid, rev: found.alert.rev, kid: found.kid, exp: found.exp, raw: found.raw });
    for (const one of found.alert.emergencies) {
      if (ALARM + one.id in agent.kept.stored) continue;
      const row = [ALARM + one.id, "", found.alert.rev % 2147483648, now, 0, "accepted", 0, agent.clockError, ""];
      agent.keep({ do: "receipt", row, until: one.until_ms });
      if (agent._oldest === null) agent._oldest = now;
    }
    takeOver(agent, now);
    agent._reportDue = true;
  }

  // The items of all sets that are still believed take the place of those before.
  function takeOver(agent, now) {
    const items = new Map(), live = new Map();
    for (const zid of Object.keys(agent.kept.alerts)) {
      const kept = agent.kept.alerts[zid];
      if (!holds(agent, kept, zid, now)) continue;
      const alert = read("alert", utf8(kept.raw));
      for (const one of alert.emergencies) {
        if (one.until_ms <= now || live.has(ALARM + one.id) || ALARM + one.id in agent.kept.stopped) continue;
        live.set(ALARM + one.id, one);
        agent._bases["alert " + zid] = alert.base;
        for (const item of itemsOf(agent, one)) items.set(item.id, { item, zid: "alert " + zid, rev: alert.rev % 2147483648 });
      }
    }
    endOthers(agent, live, items, now);
    for (const [name, found] of Array.from(agent.items)) if (isAlarm(found.item)) agent.items.delete(name);
    for (const [name, found] of items) agent.items.set(name, found);
    agent.alarms = live;
    agent._sorted = null;
    agent._dirty = true;
  }

  function holds(agent, kept, zid, now) {
    const key = agent.keys[kept.kid];
    if (!key || key.uses.indexOf("alert") < 0 || (key.to_ms && now > key.to_ms)) return false;
    return kept.exp * 1000 >= now && agent.want.zones.indexOf(zid) >= 0 && speaksTo(key, zid, agent.want.zones);
  }

  function itemsOf(agent, one) {
    const occ = ALARM + one.id, began = agent._nOf(occ), kept = agent.kept, found = [], heard = heardOf(agent, occ, one.wording);
    let at = one.from_ms;
    for (let turn = 0; turn < one.repeats; turn++) {
      one.sounds.forEach((sound, place) => {
        const n = one.wording * WORDING + turn * ROUND + place, id = [occ, one.wording, turn, place].join("-"), known = id in kept.begun || id in kept.done;
        if (!known && ((turn === 0 && heard.has(sound.clip)) || n < began)) return;
        found.push(agent.suited({
          id, occ, n, at_ms: at, clip: sound.clip, url: sound.url, bytes: sound.bytes, ms: sound.ms, expires_ms: one.until_ms, start: "hard", skip: sound.skip,
          gain_db: sound.gain_db, lang: sound.lang || one.lang, priority: one.drill ? DRILL : EMERGENCY, title: one.title || one.text.slice(0, 200), rank: rank(one),
          brk: "resume", volume: one.volume, others: sound.others, video: "", video_url: "", video_bytes: 0, video_ms: 0, burnt: false, captions: "", captions_url: "",
          words: one.text, wordsLang: one.lang, level: one.level, clear: one.all_clear,
        }));
        at += sound.ms;
      });
      at += one.pause_ms;
    }
    return found;
  }

  // The clips that an earlier wording of it has begun.
  function heardOf(agent, occ, wording) {
    const found = new Set();
    for (const [name, { item }] of agent.items) {
      const said = name.startsWith(occ + "-") && (name in agent.kept.begun || name in agent.kept.done);
      if (said && Math.floor(item.n / WORDING) < wording) found.add(item.clip);
    }
    return found;
  }

  function endOthers(agent, live, items, now) {
    const over = "all clear, or taken back", voices = agent._voices(), ended = voices.filter(({ item }) => isAlarm(item) && !live.has(item.occ));
    for (const voice of voices) {
      if (ended.indexOf(voice) >= 0) Object.assign(voice, { why: over, final: true });
      else if (ended.length) Object.assign(voice, { why: voice.why || "an emergency ended", resume: true });
    }
    if (ended.length) agent._do("stop", {});
    const placed = voices.map((voice) => voice.item.id);
    for (const [name, { item, rev }] of agent.items) {
      const begun = isAlarm(item) && name in agent.kept.begun && placed.indexOf(name) < 0;
      if (begun && !items.has(name) && !(name in agent.kept.done)) {
        agent._endUnheard(item, rev, "preempted", now, live.has(item.occ) ? "other words took its place" : over);
      }
    }
  }

  // What is over by itself ends when the moment comes.
  function expire(agent, now) {
    if (!agent.alarms.size) return;
    const ends = Array.from(agent.alarms.values(), (one) => one.until_ms).concat(Object.keys(agent.kept.alerts).map((zid) => agent.kept.alerts[zid].exp * 1000 + 1));
    if (ends.some((end) => end >= agent.alarmsLooked && end <= now)) takeOver(agent, now);
    agent.alarmsLooked = now;
    for (const end of ends) if (end > now) agent._wakeAt(end);
  }

  X.alarms = { hear, takeOver, expire, believe, speaksTo, checkSound, rank, repeated: (item) => isAlarm(item) && item.n % WORDING >= ROUND };
})((self.Xiangyin = self.Xiangyin || {}));
