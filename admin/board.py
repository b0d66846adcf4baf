"""The week on paper: one page for the notice board, in the village's language, with the code under which the last day is heard again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import segno
from flask import abort, render_template, request
from flask_babel import force_locale  # type: ignore[import-untyped,unused-ignore]

from admin.day_words import DayTold, day_told
from admin.desk import session
from admin.missed import address
from admin.playlists import pages
from admin.week import Day, Week, asked_week
from playlists.days import Days
from playlists.slots import Slot
from station.areas import dialect_of
from tts.dialects import DIALECTS

# The board's own words: its languages are those of villages, of which the pages know two.
WORDS: dict[str, dict[str, Any]] = {
    "zh": {
        "lang": "zh-Hans", "title": "本周广播", "every": "每天", "nothing": "无", "again": "没听到？扫码重听",
        "days": ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"),
    },
    "en": {
        "lang": "en", "title": "This week on the loudspeakers", "every": "Every day", "nothing": "nothing", "again": "Missed it? Scan to hear it again",
        "days": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    },
    "bo": {
        "lang": "bo", "title": "བདུན་ཕྲག་འདིའི་རྒྱང་བསྒྲགས།", "every": "ཉིན་ལྟར།", "nothing": "—", "again": "",
        "days": ("གཟའ་ཟླ་བ།", "གཟའ་མིག་དམར།", "གཟའ་ལྷག་པ།", "གཟའ་ཕུར་བུ།", "གཟའ་པ་སངས།", "གཟའ་སྤེན་པ།", "གཟའ་ཉི་མ།"),
    },
    "ug": {
        "lang": "ug", "title": "بۇ ھەپتىلىك ئاڭلىتىش", "every": "ھەر كۈنى", "nothing": "—", "again": "",
        "days": ("دۈشەنبە", "سەيشەنبە", "چارشەنبە", "پەيشەنبە", "جۈمە", "شەنبە", "يەكشەنبە"),
    },
}  # fmt: skip
# How large the letters may be: (name, lines that stand on one sheet of A4, full-width characters in one of them). What is still more goes on to a second sheet.
SIZES = (("huge", 40, 11), ("large", 50, 13), ("middle", 62, 17), ("small", 84, 24), ("tiny", 140, 36))
A_HEADING = 1.8  # what the name of a day takes, in lines, with the space before it


@dataclass(frozen=True, order=True)
class Line:
    """One line of the board."""

    time: str
    title: str


@dataclass(frozen=True)
class Board:
    """What is heard every day, then what only single days have, each once; and how large the letters are."""

    every: Sequence[Line]
    days: Sequence[tuple[DayTold, Sequence[Line]]]
    size: str


def lines_of(day: Day, week: Week) -> list[Line]:
    """What is heard on a day, in order: of one programme at one time once; nothing that is cancelled, off or falls into quiet hours, nothing that only
    places below hear."""
    heard = (slot for slot in day.slots if slot.occurrence.state == "planned" and week.area.path.startswith(slot.occurrence.area.path) and not _silent(slot))
    return sorted({Line(slot.starts_at.astimezone(week.zone).strftime("%H:%M"), slot.occurrence.playlist.title) for slot in heard})


def _silent(slot: Slot) -> bool:
    return any(each.what == "quiet" for each in slot.remarks)


def board_of(days: Sequence[tuple[DayTold, Sequence[Line]]]) -> Board:
    """The lines that are on every day stand apart; the fewer lines there are, the larger are the letters."""
    common = set.intersection(*(set(lines) for _told, lines in days)) if days else set()
    rest = [(told, [line for line in lines if line not in common]) for told, lines in days]
    parts = [*([common] if common else []), *(lines for _told, lines in rest)]

    def lines_at(wide: int) -> float:
        return sum(A_HEADING + max(1, sum(height(line, wide) for line in part)) for part in parts)

    return Board(sorted(common), rest, next((name for name, most, wide in SIZES if lines_at(wide) <= most), "long"))


def height(line: Line, wide: int) -> int:
    """How many lines its title takes where so many full-width characters stand in one."""
    taken = sum(2 if char > "\u2e7f" else 1 for char in line.title)
    return max(1, -(-taken // (2 * wide)))


def tongue_of(dialect: str) -> str:
    """Which of WORDS a village with this dialect reads."""
    written = DIALECTS[dialect].writings[0].split("-")[0] if dialect in DIALECTS else "zh"
    return written if written in WORDS else "zh"


@pages.get("/week/board")
def board() -> str:
    """Seven days of a place on one sheet; ``lang`` chooses another language than the village's own."""
    found = asked_week()
    if found is None:
        abort(404)
    asked = request.args.get("lang", "")
    tongue = asked if asked in WORDS else tongue_of(dialect_of(session(), found.area))
    known = Days(session(), found.days[0].date, found.days[-1].date, found.area)
    with force_locale("en" if tongue == "en" else "zh"):  # what a day is, is said in one of the two languages of the pages
        days = [(day_told(known, found.area, day.date), lines_of(day, found)) for day in found.days]
    to_hear = address(found.area)
    return render_template(
        "board.html", area=found.area, week=found, board=board_of(days), word=WORDS[tongue], tongue=tongue, tongues={name: str(each["lang"]) for name, each in WORDS.items()},
        to_hear=to_hear, drawn=segno.make(to_hear, error="m").svg_data_uri(scale=4, border=2, light="#fff"),
    )  # fmt: skip
