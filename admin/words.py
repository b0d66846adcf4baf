"""How the pages say things: moments in the village's time, lengths, states in words, the direction of a script."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from admin import desk as at_desk
from admin.ruby import shown
from admin.tongue import _, _l, get_locale, ngettext
from station.models import Area
from tts.dialects import DIALECTS, pick_text

RIGHT_TO_LEFT = ("ug", "ar", "fa", "he", "ur")
LANG_NAMES = {"zh-Hans": "简体中文", "zh-Hant": "繁體中文", "en": "English", "bo": "བོད་ཡིག", "ug": "ئۇيغۇرچە"}

ROLE_NAMES = {"admin": _l("Administrator"), "reviewer": _l("Reviewer"), "operator": _l("Operator")}
LEVEL_NAMES = {
    "centre": _l("Centre"), "province": _l("Province"), "city": _l("City"), "county": _l("County"), "town": _l("Town"),
    "village": _l("Village"), "community": _l("Community"), "campus": _l("Campus"),
}  # fmt: skip
SEVERITY_NAMES = {"red": _l("Red"), "orange": _l("Orange"), "yellow": _l("Yellow"), "blue": _l("Blue")}
SAID_NAMES = {"programme": _l("Programme"), "notice": _l("Notice"), "live": _l("Live talk"), "emergency": _l("Emergency")}
ACT_NAMES = {
    "see": _l("look"), "write": _l("write"), "review": _l("review"), "schedule": _l("plan"), "play": _l("put on air and stop"), "emergency": _l("emergencies"),
    "devices": _l("look after speakers"), "people": _l("look after people and places"), "audit": _l("read the log"),
}  # fmt: skip
KIND_NAMES = {"notice": _l("Notice"), "programme": _l("Programme")}
AUDIENCE_NAMES = {"elderly": _l("the elderly"), "children": _l("children"), "village": _l("one village")}
# state -> (what it is called, how it is coloured); colour never stands alone
STATE_NAMES: dict[str, tuple[Any, str]] = {
    "draft": (_l("Draft"), "quiet"), "submitted": (_l("Waiting for review"), "wait"), "approved": (_l("Approved"), "good"),
    "withdrawn": (_l("Withdrawn"), "quiet"),
    "wanted": (_l("Waiting its turn"), "wait"), "rendering": (_l("Being spoken"), "wait"), "making": (_l("Being made"), "wait"), "ready": (_l("Ready"), "good"),
    "failed": (_l("Failed"), "bad"), "no_voice": (_l("No voice yet"), "quiet"),
    "planned": (_l("Planned"), "wait"), "cancelled": (_l("Cancelled"), "quiet"), "empty": (_l("Nothing to play"), "bad"),
    "online": (_l("Online"), "good"), "silent": (_l("Silent"), "wait"), "faulty": (_l("Has a fault"), "bad"), "lost": (_l("Lost"), "bad"),
    "off": (_l("Switched off"), "quiet"),
    "never": (_l("Not seen yet"), "quiet"), "revoked": (_l("Revoked"), "bad"), "active": (_l("In service"), "good"),
    "heard": (_l("Heard"), "good"), "partly": (_l("Partly heard"), "wait"), "not_yet": (_l("Not yet"), "quiet"),
    "waiting": (_l("Not yet"), "quiet"), "not_heard": (_l("Not heard"), "bad"), "not": (_l("Not heard"), "bad"),
    "stored": (_l("Stored, ready to play"), "quiet"), "started": (_l("Playing"), "wait"), "finished": (_l("Heard"), "good"),
    "preempted": (_l("Interrupted"), "wait"), "missed": (_l("Missed"), "bad"), "done": (_l("Done"), "good"),
    "refused": (_l("Refused"), "bad"),
    "sent": (_l("Sent"), "wait"), "expired": (_l("No answer"), "bad"),
    "held": (_l("About to be sent"), "wait"), "aired": (_l("Sent"), "good"), "undone": (_l("Taken back"), "quiet"), "stopped": (_l("Stopped"), "quiet"),
}  # fmt: skip
# what a terminal's fault code (wire.messages.Report) means to whoever looks after it
FAULT_NAMES = {
    "device": _l("No sound device"), "disk": _l("Its disk is full or broken"), "clock": _l("Its clock is not sure"),
    "decode": _l("A sound could not be decoded"), "silence": _l("Silent although something should sound"),
    "selftest": _l("Its nightly test failed"), "update": _l("An update failed"), "silenced": _l("It has fallen silent"),
}  # fmt: skip
CLIP_KINDS = {"music": _l("Music"), "chime": _l("Chime"), "jingle": _l("Jingle"), "recording": _l("Recording")}
VOICE_NAMES = {
    "male": _l("male voice"), "female": _l("female voice"), "slow": _l("slow, for the elderly"), "lively": _l("lively, for children"),
}  # fmt: skip
ITEM_NAMES = {"article": _l("Article"), "clip": _l("From the library"), "chime": _l("Chime"), "pause": _l("Pause")}
SCHEDULE_NAMES = {"once": _l("Once"), "daily": _l("Every day"), "weekly": _l("On weekdays"), "lunar": _l("On days of the moon")}
WEEKDAYS = (_l("Mon"), _l("Tue"), _l("Wed"), _l("Thu"), _l("Fri"), _l("Sat"), _l("Sun"))


def what_now(status: int) -> tuple[str, str]:
    """The heading of an error page and the next step."""
    pages = {
        400: (_("That could not be read"), _("Go back, check what you entered and send it again.")),
        401: (_("Please sign in"), _("Sign in and try again.")),
        403: (_("You may not do this here"), _("Ask somebody who administers this place to do it, or to give you the role.")),
        404: (_("Not found"), _("It is not there, or it belongs to a place that is not yours. Start again from the home page.")),
        405: (_("This address only takes forms"), _("Go back and use the button on the page.")),
        409: (_("Somebody was faster"), _("Go back, reload the page and look at what changed.")),
        413: (_("Too large"), _("Send a smaller file, or cut it into parts.")),
        422: (_("That does not fit"), _("Go back and correct the field that is named.")),
        429: (_("Too many tries"), _("Wait a minute, then try again.")),
        500: (_("Something broke here"), _("Nothing was changed. Try again; if it stays, tell whoever looks after the station.")),
    }
    return pages.get(status, pages[400] if status < 500 else pages[500])


def state_chip(state: str) -> Markup:
    """A state as a coloured word."""
    name, tone = STATE_NAMES.get(state, (state, "quiet"))
    return Markup('<span class="chip {}">{}</span>').format(tone, name)


def local(moment: datetime | None, area: Area | None = None, zone: str = "") -> str:
    """A moment in the time of the village, as 11-24 18:00 (with the year when it is another one)."""
    if moment is None:
        return "—"
    tz = ZoneInfo(zone) if zone else at_desk.zone_of(area)
    here, today = moment.astimezone(tz), at_desk.now().astimezone(tz)
    pattern = "%m-%d %H:%M" if here.year == today.year else "%Y-%m-%d %H:%M"
    if here.date() == today.date():
        return _("today %(time)s", time=here.strftime("%H:%M"))
    if here.date() == (today + timedelta(days=1)).date():
        return _("tomorrow %(time)s", time=here.strftime("%H:%M"))
    return here.strftime(pattern)


def stamp(moment: datetime | None, area: Area | None = None) -> str:
    """A moment as an input of a form takes it, in the time of the village; empty for None."""
    return moment.astimezone(at_desk.zone_of(area)).strftime("%Y-%m-%dT%H:%M") if moment is not None else ""


def to_the_second(moment: datetime | None, area: Area | None = None) -> str:
    """The time of day in the village to a tenth of a second: 15:04:03.2."""
    if moment is None:
        return "—"
    here = moment.astimezone(at_desk.zone_of(area))
    return f"{here:%H:%M:%S}.{here.microsecond // 100_000}"


def severity(level: str) -> str:
    """The level of an emergency in the language of the page."""
    return str(SEVERITY_NAMES.get(level, level))


def ago(moment: datetime | None) -> str:
    """How long ago, in words."""
    if moment is None:
        return _("never")
    seconds = max(0, int((at_desk.now() - moment).total_seconds()))
    if seconds < 60:
        return _("just now")
    if seconds < 3600:
        return ngettext("%(num)d minute ago", "%(num)d minutes ago", seconds // 60)
    if seconds < 86400:
        return ngettext("%(num)d hour ago", "%(num)d hours ago", seconds // 3600)
    return ngettext("%(num)d day ago", "%(num)d days ago", seconds // 86400)


def length(ms: float | None) -> str:
    """Milliseconds as m:ss, or h:mm:ss."""
    if ms is None:
        return "—"
    seconds = round(ms / 1000)
    hours, rest = divmod(seconds, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


def size(count: float | None) -> str:
    """Bytes in words that a person reads."""
    if count is None:
        return "—"
    for unit in ("B", "KB", "MB", "GB"):
        if count < 1024 or unit == "GB":
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1024
    return ""


def fault(text: str) -> str:
    """A terminal's fault in the language of the page, with the terminal's own words behind it."""
    code, colon, detail = text.partition(":")
    if code not in FAULT_NAMES:
        return text
    if not colon or not detail.strip():
        return str(FAULT_NAMES[code])
    return _("%(what)s: %(detail)s", what=FAULT_NAMES[code], detail=detail.strip())


def direction(lang: str) -> str:
    """rtl for Uyghur and its kin, ltr otherwise."""
    return "rtl" if lang.split("-")[0].lower() in RIGHT_TO_LEFT else "ltr"


def dialect_name(code: str) -> str:
    """A dialect in the language of the page."""
    found = DIALECTS.get(code)
    if found is None:
        return code
    return found.chinese if str(get_locale()).startswith("zh") else found.english


def paragraphs(text: str) -> Markup:
    """Plain text with its line breaks; everything else is escaped."""
    lines = [line for line in text.splitlines() if line.strip()]
    return Markup("").join(Markup("<p>{}</p>").format(line) for line in lines)


def _each_time(says: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that is asked on every page: jinja works out one of a constant ("off" | state) once, in the language of that first page."""

    @pass_context
    def said(context: Context, *args: Any, **kwargs: Any) -> Any:
        return says(*args, **kwargs)

    return said


def plainly(value: object) -> str:
    """A value of the audit log as a person reads it: lists and fields in a row, nothing for nothing."""
    if isinstance(value, dict):
        return ", ".join(f"{name}: {plainly(each)}" for name, each in value.items()) or "–"
    if isinstance(value, list):
        return ", ".join(plainly(each) for each in value) or "–"
    return "–" if value is None or value == "" else str(value)


def teach(app: Flask) -> None:
    """Give the templates these words."""
    app.jinja_env.filters.update(
        plainly=plainly,
        local=_each_time(local), ago=_each_time(ago), clock=length, size=size, direction=direction, dialect=_each_time(dialect_name),
        paragraphs=paragraphs, state=_each_time(state_chip),
        fault=_each_time(fault), severity=_each_time(severity), to_the_second=_each_time(to_the_second),
    )  # fmt: skip
    app.jinja_env.globals.update(
        ROLES=ROLE_NAMES, SAID_NAMES=SAID_NAMES, ACT_NAMES=ACT_NAMES, LEVELS=LEVEL_NAMES, KINDS=KIND_NAMES, CLIP_KINDS=CLIP_KINDS, ITEM_NAMES=ITEM_NAMES,
        SCHEDULES=SCHEDULE_NAMES, WEEKDAYS=WEEKDAYS, LANG_NAMES=LANG_NAMES, DIALECTS=DIALECTS, now=at_desk.now, UTC=UTC,
        zone_name=at_desk.zone_name, ngettext=ngettext, pick_text=pick_text, VOICE_NAMES=VOICE_NAMES, AUDIENCES=AUDIENCE_NAMES, stamp=stamp, shown=shown,
    )  # fmt: skip
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def indent(area: Area, top_depth: int) -> Markup:
    """An area's name, moved right by its depth in the tree."""
    depth = max(0, area.path.count("/") - top_depth)
    return Markup("&emsp;") * depth + escape(area.name)
