"""Live talks by machine: which there are and were, what each speaker tells of one, and stopping it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from admin.api.door import Out, auth, doors
from admin.desk import find_area, id_of, now, person, session
from admin.talking import find_talk
from broadcast import live_talks
from broadcast.models import LiveTalk
from station import audit


class TalkOut(Out):
    """``why``: spoken, longest, stopped, handed over, howling, lost, left, failed; "" while it is on. ``audio_url``: what was said, while it is kept."""

    id: str
    area_id: int
    person_id: int | None
    title: str
    source: str
    since: datetime
    until: datetime
    ended_at: datetime | None
    why: str
    ended_by: str
    seconds: float
    audio_url: str | None


class TalkLine(Out):
    terminal_id: int
    name: str
    started: datetime | None
    seconds: float
    result: str
    detail: str


class TalkReport(TalkOut):
    terminals: int
    started: int
    finished: int
    broken: int
    lines: list[TalkLine]


def _seen(row: LiveTalk) -> dict[str, Any]:
    names = ("id", "area_id", "person_id", "title", "source", "since", "until", "ended_at", "why", "ended_by")
    return {
        **{name: getattr(row, name) for name in names}, "seconds": row.frames * 0.02, "audio_url": f"/audio/{row.audio_sha256}.mp3" if row.audio_sha256 else None,
    }  # fmt: skip


class TalksOut(Out):
    talks: list[TalkOut]


@doors.get("/talks")
@doors.auth_required(auth)
@doors.output(TalksOut)
def list_talks() -> Any:
    """The latest fifty, of one place with everything below it (``area``) or of all that is visible."""
    number = id_of("area")
    return {"talks": [_seen(each) for each in live_talks.talks_of(session(), person(), find_area(number) if number is not None else None)]}


@doors.get("/talks/<talk_id>")
@doors.auth_required(auth)
@doors.output(TalkReport)
def read_talk(talk_id: str) -> Any:
    """One talk, and what each speaker tells of it."""
    row = find_talk(talk_id)
    told = live_talks.report(session(), row)
    lines = [
        {"terminal_id": each.terminal.id, "name": each.terminal.name, "started": each.started, "seconds": each.seconds, "result": each.result, "detail": each.detail}
        for each in told.lines
    ]
    return {**_seen(row), "terminals": told.total, "started": told.started, "finished": told.finished, "broken": told.broken, "lines": lines}


@doors.post("/talks/<talk_id>/stop")
@doors.auth_required(auth)
@doors.output(TalkOut)
def stop_talk(talk_id: str) -> Any:
    """Nobody hears it any more, and it is over."""
    row = find_talk(talk_id, "play")
    live_talks.stop_talk(session(), person(), row, now())
    audit.record(session(), person=person(), act="stop", subject="talk", subject_id=row.id, area=row.area, now=now())
    return _seen(row)
