// tests/terminal/far_end.py's Bench for the agent in the page: fetches, decodes and plays on a clock of its own; what the village heard.
(function (day, now0, root, untilMs) {
  const X = Xiangyin, kept = new X.Kept();
  const credentials = { did: "t1", password: "secret", domain: "xy", area: "", roots: [Object.assign({ from_ms: 0, to_ms: 0 }, root)], base: ["http://station/"] };
  const agent = new X.Agent(credentials, kept, { version: "test", model: "test", can: ["mp3"] }, "b1");
  const log = [], heard = [];
  let voices = [], done = 0;
  const take = (actions) => { for (const each of actions) log.push(each); };
  take(agent.onConnected(now0));
  for (const [topic, line] of day.lines) take(agent.onMessage(topic, X.crypto.utf8(line), now0));
  const breakOff = (at, now) => {
    for (const voice of voices.slice()) {
      if (voice.ends <= at) continue;
      if (voice.begins < at) { voice.ends = at; voice.whole = false; } else {
        voices.splice(voices.indexOf(voice), 1);
        take(agent.onFinished(voice.play.item, 0, 0, "dropped", now, ""));
      }
    }
  };
  for (let now = now0; now <= now0 + untilMs; now += 50) {
    take(agent.tick(now));
    for (; done < log.length; done++) {
      const it = log[done];
      if (it.act === "fetch") take(agent.onFetched(it.sha, true, "", now));
      else if (it.act === "prepare") take(agent.onPrepared(it.sha, true, "", now));
      else if (it.act === "stop") breakOff(now, now);
      else if (it.act === "play") {
        if (it.cut) breakOff(Math.max(it.at_ms, now), now);
        const begins = it.cut || it.over ? it.at_ms : Math.max.apply(null, [it.at_ms].concat(voices.filter((v) => !v.play.over).map((v) => v.ends)));
        const whole = begins + it.ms - it.offset_ms, ends = Math.min(whole, it.until_ms || whole);
        voices.push({ play: it, begins, ends, whole: ends === whole, told: false });
      }
    }
    for (const voice of voices.slice()) if (voice.begins <= now && !voice.told) { voice.told = true; take(agent.onStarted(voice.play.item, voice.begins, now)); }
    for (const voice of voices.slice()) {
      if (voice.ends > now) continue;
      voices.splice(voices.indexOf(voice), 1);
      heard.push([voice.play.item, voice.begins - now0, voice.ends - now0, voice.play.offset_ms]);
      take(agent.onFinished(voice.play.item, voice.begins, voice.ends - voice.begins, voice.whole ? "finished" : "preempted", now, ""));
    }
  }
  const results = log.filter((it) => it.act === "record" && it.entry.do === "receipt").map((it) => [it.entry.row[0], it.entry.row[5]]);
  return { heard, results };
})
