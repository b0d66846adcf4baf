// Hours of the day in the village's own time: terminal/hours.py.
(function (X) {
  "use strict";
  const SPAN = /^([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)(?:=(\d{1,3}))?$/;
  const QUIET_DAYS_MAX = 400; // wire/messages.py
  const WANTED = { time: { hour: "2-digit", minute: "2-digit", hour12: false }, date: { day: "2-digit", month: "2-digit", year: "numeric" } };
  const formats = {};

  function format(tz, what) {
    const name = what + tz;
    if (!formats[name]) {
      try { formats[name] = new Intl.DateTimeFormat("en-GB", Object.assign({ timeZone: tz }, WANTED[what])); } catch (error) {
        formats[name] = new Intl.DateTimeFormat("en-GB", Object.assign({ timeZone: "UTC" }, WANTED[what])); // a zone this machine does not know
      }
    }
    return formats[name];
  }

  function minuteOfDay(now, tz) {
    const parts = /(\d+)\D+(\d+)/.exec(format(tz, "time").format(new Date(now)));
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

  // The local date of a moment, as days since 1970-01-01.
  function dayOf(now, tz) {
    const f = /(\d+)\D+(\d+)\D+(\d+)/.exec(format(tz, "date").format(new Date(now))); // en-GB: day, month, year
    return Date.UTC(Number(f[3]), Number(f[2]) - 1, Number(f[1])) / 86400000;
  }

  // "2026-12-01=22:00-06:00" as [days since 1970-01-01, minutes, minutes]; the whole day without hours.
  function dated(text) {
    const f = /^(\d{4})-(\d\d)-(\d\d)(?:=([^=]+))?$/.exec(text), ms = f ? Date.UTC(Number(f[1]), Number(f[2]) - 1, Number(f[3])) : 0;
    if (!f || new Date(ms).toISOString().slice(0, 10) !== text.slice(0, 10)) throw new X.wire.Refused(text.slice(0, 40) + " is no quiet day");
    const [begin, end] = f[4] ? span(f[4]) : [0, 1440];
    return [ms / 86400000, begin, end];
  }

  // The quiet day that the moment belongs to, "" when none is: hours that go over midnight belong to the date they began on.
  function quietDate(days, now, tz) {
    if (!days.length) return "";
    const today = dayOf(now, tz), minute = minuteOfDay(now, tz);
    const found = days.find((each) => {
      const [day, begin, end] = dated(each), after = today - day;
      return (after === 0 && begin <= minute && minute < (begin < end ? end : 1440)) || (after === 1 && begin >= end && minute < end);
    });
    return found ? found.slice(0, 10) : "";
  }

  function checkDays(name, days) {
    if (days.length > QUIET_DAYS_MAX) throw new X.wire.Refused(name + ": " + days.length + ", at most " + QUIET_DAYS_MAX);
    days.forEach(dated);
  }

  function check(name, spans) { spans.forEach(span); return name; }

  X.hours = { within, cap, check, checkDays, quietDate, minuteOfDay };
})((self.Xiangyin = self.Xiangyin || {}));
