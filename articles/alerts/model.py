"""A warning as it was sent, in words of our own: CAP and EBM both become this, nothing decided yet."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo

LEVELS = ("red", "orange", "yellow", "blue")
"""The levels of a warning, the gravest first."""


@dataclass(frozen=True)
class Reference:
    """One earlier message that a later one names. ``sender`` empty and ``sent`` None where the reference does not tell."""

    sender: str
    identifier: str
    sent: datetime | None


@dataclass(frozen=True)
class Region:
    """Where, as written: polygons "lat,lon lat,lon ...", circles "lat,lon km", geocodes as (scheme, value)."""

    desc: str = ""
    polygons: tuple[str, ...] = ()
    circles: tuple[str, ...] = ()
    geocodes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Info:
    """What is said, in one language, about one hazard. Words of CAP's lists stand as written; times are aware, None where not told."""

    language: str = ""
    event: str = ""
    responses: tuple[str, ...] = ()
    urgency: str = ""
    severity: str = ""
    certainty: str = ""
    effective: datetime | None = None
    onset: datetime | None = None
    expires: datetime | None = None
    sender_name: str = ""
    headline: str = ""
    description: str = ""
    instruction: str = ""
    parameters: tuple[tuple[str, str], ...] = ()
    regions: tuple[Region, ...] = ()
    sounds: tuple[str, ...] = ()  # names of recordings that came with it


@dataclass(frozen=True)
class Signed:
    """What its signature is worth. ``state``: none, known (by a key we hold), unknown (whole, but by a key we do not hold), weak (by an
    algorithm that can be forged), broken, unchecked. ``why`` in words."""

    state: str = "none"
    why: str = ""


@dataclass(frozen=True)
class Alert:
    """One message. ``doubts`` keep it from playing by itself, ``notes`` do not; ``whole`` is False for the entry of an index, whose full text is
    at ``link``. ``envelope`` is the status of the EDXL-DE that carried it. ``digest`` is the sha256 of the file it came in."""

    form: str
    identifier: str = ""
    sender: str = ""
    sent: datetime | None = None
    sent_text: str = ""  # as written
    status: str = ""
    msg_type: str = ""
    scope: str = ""
    references: tuple[Reference, ...] = ()
    infos: tuple[Info, ...] = ()
    doubts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    whole: bool = True
    link: str = ""
    envelope: str = ""
    digest: str = ""
    signed: Signed = field(default=Signed())

    @property
    def key(self) -> str:
        """Sender, identifier and sent as they were written: how CAP refers to a message."""
        return f"{self.sender},{self.identifier},{self.sent_text}"

    @property
    def identity(self) -> tuple[str, str, datetime | None]:
        """The same, with the moment as a moment: two messages with the same identity are one, in whatever zone they write it."""
        return self.sender, self.identifier, self.sent.astimezone(UTC) if self.sent else None


_MOMENT = re.compile(
    r"\s*(\d{4})[-/]?(\d\d?)[-/]?(\d\d?)(?:[Tt\s]+|(?=\d{6}))(\d\d?):?(\d\d)(?::?(\d\d)(?:\.\d+)?)?\s*(Z|z|UTC|GMT|[+-]\d\d:?\d\d)?\s*"
)


def moment(text: str, zone: tzinfo | None) -> datetime | None:
    """The moment a text tells, in the offset it was written in; ``zone`` is for texts without one. None where it tells none.

    24:00 is the midnight that ends the day, a second 60 the last one of its minute.
    """
    found = _MOMENT.fullmatch(text)
    if not found:
        return None
    year, month, day, hour, minute = (int(part) for part in found.groups()[:5])
    second, offset = min(int(found[6] or 0), 59), found[7]
    try:
        at = datetime(year, month, day, 0 if hour == 24 else hour, minute, second)
        if hour == 24:
            if minute or second:
                return None
            at += timedelta(days=1)
        if offset is None:
            return at.replace(tzinfo=zone) if zone else None
        if offset.upper() in ("Z", "UTC", "GMT"):
            return at.replace(tzinfo=UTC)
        made = datetime.strptime(offset.replace(":", ""), "%z").tzinfo
        at = at.replace(tzinfo=made)
        at.astimezone(UTC)  # the first and the last day of the calendar have no other zone
        return at
    except (ValueError, OverflowError):
        return None


_SPACE = re.compile(r"[ \t\r\f\v\u00a0\u3000]+")
_UNHEARD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u2060\ufeff\ud800-\udfff]")
LONGEST_TEXT = 20_000


def line(text: str) -> str:
    """A text as one line."""
    return " ".join(_UNHEARD.sub("", text).split())[:LONGEST_TEXT]


def lines(text: str) -> str:
    """A text whose paragraphs stay; a break in mid-sentence, as of a telegram of 69 columns, becomes a space."""
    text = _SPACE.sub(" ", _UNHEARD.sub("", text).replace("\r\n", "\n"))
    paragraphs = (" ".join(part.split()) for part in re.split(r"\n\s*\n|\n(?=\s*(?:\*|[-•]|\d+[.、)]))", text))
    return "\n".join(filter(None, paragraphs))[:LONGEST_TEXT]
