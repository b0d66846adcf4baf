"""The month report: one tap for a workbook, a table or a page for the printer."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from typing import IO, cast

from flask import Blueprint, Response, render_template, request, stream_with_context

from admin import words
from admin.desk import Refused, desk, now, session, zone_of
from admin.heard import place_asked
from admin.tongue import _, _l, get_locale
from broadcast import report
from broadcast.heard import Asked, below, by_day, by_dialect, by_programme, months, total, worst
from station.models import Area
from tts.dialects import DIALECTS

pages = Blueprint("report", __name__)
_WORDS = {
    "place": _l("Place"), "level": _l("Level"), "code": _l("Code"), "day": _l("Day"), "programme": _l("Programme"), "dialect": _l("Dialect"),
    "below": _l("(programmes of the places below)"), "expected": _l("Planned"), "heard": _l("Heard"), "partly": _l("Partly heard"),
    "not_heard": _l("Not heard"), "not_yet": _l("Not yet told"), "failed": _l("With a failure"), "share": _l("Share heard"),
    "half_late": _l("Half began within (ms)"), "most_late": _l("95 % began within (ms)"), "more": _l("more than 60,000"), "summary": _l("Summary"),
    "days": _l("Days"), "programmes": _l("Programmes"), "dialects": _l("Dialects"), "places": _l("Places"), "faults": _l("Faults now"),
    "speaker": _l("Speaker"), "device": _l("Device"), "fault": _l("Fault"), "seen": _l("Last seen (UTC)"), "month": _l("Month"), "all": _l("All"),
    "counted": _l("Hearings: one programme at one speaker"),
}  # fmt: skip
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def spoken() -> dict[str, str]:
    """The headings in the language of this request."""
    return {name: str(word) for name, word in _WORDS.items()}


def month_asked(place: Area) -> str:
    """The month that the address names, else the present one where the place is. Raises Refused."""
    raw = request.args.get("month", "")
    month = raw or now().astimezone(zone_of(place)).date().isoformat()[:7]
    try:
        report.days_of(month)
    except ValueError as error:
        raise Refused(_("A month is written like 2026-11."), "month") from error
    return month


def workbook(place: Area, month: str) -> Response:
    """The month as a file for a spreadsheet."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  (the answer closes it)
    dialects = {code: words.dialect_name(code) for code in DIALECTS}
    levels = {name: str(word) for name, word in words.LEVEL_NAMES.items()}
    report.write_workbook(session(), place, month, cast(IO[bytes], file), spoken(), levels, dialects)
    size = file.seek(0, io.SEEK_END)
    file.seek(0)

    def pieces() -> Iterator[bytes]:
        with file:
            while piece := file.read(1 << 16):
                yield piece

    headers = {"Content-Disposition": f'attachment; filename="heard-{month}.xlsx"', "Content-Length": str(size), "Cache-Control": "no-store"}
    answer = Response(pieces(), mimetype=XLSX, headers=headers)
    answer.call_on_close(file.close)
    return answer


def table(place: Area, month: str, whole: bool) -> Response:
    """The month as lines of text, sent as they come."""
    number, said, db = place.id, spoken(), desk().db

    def lines() -> Iterator[str]:
        with db.reading() as reading:
            yield from report.table(reading, reading.get_one(Area, number), month, whole, said)

    name = f"heard-{month}{'-lines' if whole else ''}.csv"
    return Response(stream_with_context(lines()), mimetype="text/csv", headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"})


@pages.get("/heard/report")
def page() -> str:
    """The month on a page that prints on A4, with the files a tap away."""
    place = place_asked()
    month = month_asked(place)
    since, until = report.days_of(month)
    asked = Asked(place, since, until)
    return render_template(
        "report.html", place=place, month=month, total=total(session(), asked), days=by_day(session(), asked), programmes=by_programme(session(), asked, 60),
        dialects=by_dialect(session(), asked), below=below(session(), asked, 60), worst=worst(session(), place, month, 20), months=months(session(), place),
        words=spoken(), since=since, until=until, locale_of=get_locale(), faults=sum(1 for _each in report.faults(session(), place)),
    )  # fmt: skip


@pages.get("/heard/report.xlsx")
def xlsx() -> Response:
    """The month as a workbook."""
    place = place_asked()
    return workbook(place, month_asked(place))


@pages.get("/heard/report.csv")
def as_csv() -> Response:
    """The month as a table; ``lines=1``: a line for each place, day, programme and dialect."""
    place = place_asked()
    return table(place, month_asked(place), request.args.get("lines") == "1")
