// What should sound next: terminal/programme.py, function by function. tests/terminal/vectors/choices.json holds both to the same answers.
(function (X) {
  "use strict";
  const EMERGENCY = 1, MOST_PLANNED = 2, FILL_RANK = 99, LEAD_MS = 500, WORTH_MS = 1000, GAP_MS = 30000;
  // What an alert brings bears occurrences that begin like this; when it was ordered stands in its rank.
  const ALARM = "em-";
  function isAlarm(item) { return item.occ.startsWith(ALARM); }

  // A due is {item, rev, at_ms, until_ms, ready, heard_ms, begun, coming}; on and over are {item, ends_ms} or null.
  function worth(due, at) { return at + Math.min(WORTH_MS, due.item.ms - due.heard_ms) <= due.until_ms; }

  function beats(one, other) {
    if (one.occ === other.occ) return false;
    if (one.priority !== other.priority) return one.priority < other.priority;
    return one.rank < other.rank;
  }

  function order(due) {
    const item = due.item;
    return [item.priority, item.rank, due.begun ? 0 : 1, due.at_ms, item.n, item.id];
  }

  function compare(one, other) {
    const a = order(one), b = order(other);
    for (let i = 0; i < a.length; i++) {
      if (a[i] < b[i]) return -1;
      if (a[i] > b[i]) return 1;
    }
    return 0;
  }

  // {choice: {due, how} or null, again}
  function nextChoice(waiting, on, over, placed, now) {
    let again = now + 60000;
    const begun = new Set(waiting.filter((due) => due.begun).map((due) => due.item.occ));
    for (const due of waiting.filter((each) => each.ready && worth(each, now)).sort(compare)) {
      if (due.at_ms - LEAD_MS > now) {
        again = Math.min(again, due.at_ms - LEAD_MS);
        continue;
      }
      const [how, look] = judge(due, waiting, begun, on, over, placed, now);
      if (how) return { choice: { due, how }, again: now };
      again = Math.min(again, look);
    }
    return { choice: null, again: Math.max(again, now + 20) };
  }

  function judge(due, waiting, begun, on, over, placed, now) {
    const item = due.item;
    if (over !== null && !due.begun && !beats(item, over.item)) return [null, over.ends_ms];
    if (waiting.some((each) => each.coming && each.at_ms - LEAD_MS <= now && beats(each.item, item))) return [null, now + 50];
    const held = heldUntil(due, waiting, begun, now);
    if (on === null) return held === null ? ["begin", now] : [null, held];
    if (beats(item, on.item) && (due.begun || item.start === "hard" || on.item.rank >= FILL_RANK)) {
      return [item.brk === "mix" && over === null ? "over" : "cut", now];
    }
    if (on.ends_ms > now + LEAD_MS || placed > 1) return [null, Math.max(now + 20, on.ends_ms - LEAD_MS)];
    if (held !== null && !(beats(item, on.item) && item.start === "after")) return [null, held];
    if (!worth(due, on.ends_ms)) return [null, on.ends_ms];
    return ["follow", now];
  }

  function heldUntil(due, waiting, begun, now) {
    for (const each of waiting) {
      const underWay = begun.has(each.item.occ) && each.item.occ !== due.item.occ && each.ready && each.until_ms > now;
      if (!underWay || each.at_ms - now > GAP_MS) continue;
      if (due.item.start === "free" && !due.begun) return Math.max(now + 20, each.at_ms);
      if (!beats(due.item, each.item) && !(due.begun && compare(due, each) < 0)) return Math.max(now + 20, each.at_ms);
    }
    return null;
  }

  X.programme = { nextChoice, beats, ALARM, isAlarm, EMERGENCY, MOST_PLANNED, FILL_RANK, WORTH_MS };
})((self.Xiangyin = self.Xiangyin || {}));
