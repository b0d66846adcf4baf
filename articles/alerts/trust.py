"""How far a source is trusted, as data: who may speak through it, how it must sign, what plays by itself, how often and how old."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from articles.alerts.errors import BadAlert
from articles.alerts.model import LEVELS, Info

SIGNATURES = ("ignore", "if_present", "required")
SOURCE_LEVELS = ("centre", "province", "city", "county", "town", "village")
DEFAULT_TABLE = (
    ("Extreme", "*", "*", "red"), ("Severe", "*", "*", "orange"), ("Moderate", "*", "*", "yellow"), ("Minor", "*", "*", "blue"),
)  # fmt: skip
"""(severity, urgency, certainty, level); the first row that fits counts."""


@dataclass(frozen=True)
class Trust:
    """One source.

    ``senders``: who may speak through it (empty: anybody). ``tls``: it is only read over https. ``signature``: one of SIGNATURES; ``required``
    needs ``certificates`` (PEM; the signer's own or one that issued it), ``sm2_keys`` (hex, by certificate number) for EBD packages.
    What lies between the levels ``lowest`` and ``highest`` plays by itself ("" as ``highest``: nothing does), at most ``rate`` an hour, if
    sent at most ``max_age_s`` ago (0: as long as it is in force). An alert without an end lasts ``lasts_s``. ``ahead_s``: so far may its
    clock be before ours. ``tz``: the zone of times that name none ("" : such a time is a doubt). ``level``: the level of the speaker.
    """

    name: str = "file"
    senders: tuple[str, ...] = ()
    tls: bool = True
    signature: str = "if_present"
    certificates: tuple[str, ...] = ()
    sm2_keys: tuple[tuple[str, str], ...] = ()
    highest: str = "red"
    lowest: str = "blue"
    rate: int = 20
    max_age_s: int = 0
    lasts_s: int = 24 * 3600
    ahead_s: int = 600
    tz: str = "Asia/Shanghai"
    level: str = "county"
    table: tuple[tuple[str, str, str, str], ...] = DEFAULT_TABLE

    @property
    def lasts(self) -> timedelta:
        return timedelta(seconds=self.lasts_s)

    @property
    def zone(self) -> tzinfo | None:
        return ZoneInfo(self.tz) if self.tz else None

    def plays(self, level: str) -> bool:
        """Whether a warning of this level may play by itself."""
        if not self.highest:
            return False
        return LEVELS.index(self.highest) <= LEVELS.index(level) <= LEVELS.index(self.lowest)


def read_trust(told: Mapping[str, Any]) -> Trust:
    """A trust from JSON; BadAlert names what cannot be."""
    known = {each.name: each for each in fields(Trust)}
    if unknown := sorted(set(told) - set(known)):
        raise BadAlert(f"a source has no {', '.join(unknown)}: take of {', '.join(known)}")
    made: dict[str, Any] = {}
    for name, value in told.items():
        kind = str(known[name].type)
        if kind == "tuple[str, ...]":
            made[name] = tuple(_texts(name, value))
        elif name == "sm2_keys":
            pairs = value.items() if isinstance(value, Mapping) else value
            made[name] = tuple((str(number), str(key)) for number, key in pairs)
        elif name == "table":
            made[name] = tuple((str(a), str(b), str(c), str(d)) for a, b, c, d in value)
        elif type(value).__name__ != kind:
            raise BadAlert(f"{name} of a source is a {kind}, not {value!r}")
        else:
            made[name] = value
    trust = Trust(**made)
    for name, choices in (("signature", SIGNATURES), ("highest", (*LEVELS, "")), ("lowest", LEVELS), ("level", SOURCE_LEVELS)):
        if getattr(trust, name) not in choices:
            raise BadAlert(f"{name} of a source is one of {', '.join(each or 'nothing' for each in choices)}, not {getattr(trust, name)!r}")
    try:
        _ = trust.zone
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadAlert(f"no time zone is called {trust.tz!r}: take one like Asia/Shanghai") from error
    if trust.rate < 0 or trust.lasts_s <= 0 or trust.max_age_s < 0 or trust.ahead_s < 0:
        raise BadAlert("rate, lasts_s, max_age_s and ahead_s of a source are not negative, and lasts_s is more than nothing")
    if any(row[3] not in LEVELS for row in trust.table):
        raise BadAlert(f"a row of the table ends in one of {', '.join(LEVELS)}")
    return trust


def _texts(name: str, value: Any) -> list[str]:
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
        raise BadAlert(f"{name} of a source is a list of texts")
    return list(value)


_COLOURS = {"red": "red", "orange": "orange", "amber": "orange", "yellow": "yellow", "blue": "blue", "红色": "red", "橙色": "orange", "黄色": "yellow", "蓝色": "blue",
            "紅色": "red", "黃色": "yellow", "藍色": "blue"}  # fmt: skip
_CHINESE = re.compile(r"(红色|紅色|橙色|黄色|黃色|蓝色|藍色)[^。，,；;]{0,6}?(?:预警|預警|警报|警報|警示|警戒|响应)|(?:预警|預警)[^。，,；;]{0,6}?(红色|紅色|橙色|黄色|黃色|蓝色|藍色)")
_NAMES = re.compile(r"awareness_level|colou?r|颜色|顏色|等级|等級|severity_?level|alert_?level", re.IGNORECASE)


def level_of(info: Info, trust: Trust) -> str | None:
    """The level of a warning: the colour that its sender names (in a parameter, as severity, in a Chinese headline), else by the table of
    severity, urgency and certainty; None where it tells nothing."""
    for name, value in info.parameters:
        if _NAMES.search(name) and (found := _colour(value)):
            return found
    if found := _colour(info.severity):
        return found
    told = _CHINESE.search(info.headline) or _CHINESE.search(info.event)
    if told:
        return _COLOURS[told[1] or told[2]]
    given = (info.severity or "Unknown", info.urgency or "Unknown", info.certainty or "Unknown")
    for *wanted, level in trust.table:
        if all(want == "*" or want.lower() == have.lower() for want, have in zip(wanted, given, strict=True)):
            return level
    return None


def _colour(text: str) -> str | None:
    words = [_COLOURS[word] for word in re.findall(r"[a-z]+|[红紅橙黄黃蓝藍]色", text.lower()) if word in _COLOURS]
    return words[0] if words else None
