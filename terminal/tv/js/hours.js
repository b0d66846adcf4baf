// Hours of the day in the village's own time: terminal/hours.py.
(function (X) {
  "use strict";
  const SPAN = /^([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)(?:=(\d{1,3}))?$/;
  const formats = {};

  function format(tz) {
    if (!formats[tz]) {
      const wanted = { hour: "2-digit", minute: "2-digit", hour12: false };
      try { formats[tz] = new Intl.DateTimeFormat("en-GB", Object.assign({ timeZone: tz }, wanted)); } catch (error) {
        formats[tz] = new Intl.DateTimeFormat("en-GB", Object.assign({ timeZone: "UTC" }, wanted)); // a zone this machine does not know
      }
    }
    return formats[tz];
  }

  function minuteOfDay(now, tz) {
    const parts = /(\d+)\D+(\d+)/.exec(format(tz).format(new Date(now)));
    return (Number(parts[1]) % 24) * 60 + Number(parts[2]);
  }

  function span(text) {
    const f = SPAN.exec(text);
    if (!f) throw new X.wire.Refused(text.slice(0, 40) + " is no span of hours");
    return [Number(f[1]) * 60 + Number(f[2]), Number(f[3]) * 60 + Number(f[4]), f[5] ? Number(f[5]) : -1];
  }

  function inside(minute, begin, end) { return begin < end ? begin <= minute && minute < end : minute >= begin || minute < end; }

  function within(spans, now, tz) {
    if (!spans.length) return false;
    const minute = minuteOfDay(now, tz);
    return spans.some((each) => { const [begin, end] = span(each); return inside(minute, begin, end); });
  }

  function cap(spans, now, tz) {
    if (!spans.length) return 100;
    const minute = minuteOfDay(now, tz);
    return spans.map(span).reduce((low, [begin, end, number]) => (number >= 0 && inside(minute, begin, end) ? Math.min(low, number) : low), 100);
  }

  function check(name, spans) { spans.forEach(span); return name; }

  X.hours = { within, cap, check, minuteOfDay };
})((self.Xiangyin = self.Xiangyin || {}));
