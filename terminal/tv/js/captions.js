// WebVTT, as far as the station writes it: cues with a start, an end and words.
(function (X) {
  "use strict";
  const TIME = /^(?:(\d+):)?(\d\d):(\d\d)\.(\d{3}) --> (?:(\d+):)?(\d\d):(\d\d)\.(\d{3})/;

  function ms(h, m, s, rest) { return ((Number(h || 0) * 60 + Number(m)) * 60 + Number(s)) * 1000 + Number(rest); }

  function parse(said) {
    const cues = [];
    for (const block of said.replace(/\r/g, "").split(/\n\n+/)) {
      const lines = block.split("\n"), at = lines.findIndex((line) => TIME.test(line));
      if (at < 0) continue;
      const f = TIME.exec(lines[at]);
      const words = lines.slice(at + 1).join(" ").trim().replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
      cues.push({ start: ms(f[1], f[2], f[3], f[4]), end: ms(f[5], f[6], f[7], f[8]), words });
    }
    return cues;
  }

  function at(cues, position) {
    const found = cues.find((cue) => cue.start <= position && position < cue.end);
    return found ? found.words : "";
  }

  X.captions = { parse, at };
})((self.Xiangyin = self.Xiangyin || {}));
