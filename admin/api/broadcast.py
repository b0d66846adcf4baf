"""Who heard an occurrence, who did not, and why."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from admin.api.door import Out, auth, doors
from admin.desk import find, now, session
from broadcast.coverage import Coverage, coverage
from playlists.models import Occurrence


class HeardOut(Out):
    terminal_id: int
    name: str
    state: str
    reason: str
    late_ms: float | None


class CoverageOut(Out):
    occurrence_id: int
    over: bool
    expected: int
    counts: dict[str, int]
    whole: bool  # False: of thousands, those who did not hear it come first and no others; counts are as of counted_at
    counted_at: datetime | None
    terminals: list[HeardOut]


@doors.get("/occurrences/<row:occurrence_id>/coverage")
@doors.auth_required(auth)
@doors.output(CoverageOut)
def read_coverage(occurrence_id: int) -> Any:
    """Who heard it, who did not, and why."""
    return _coverage(coverage(session(), find(Occurrence, occurrence_id), now()))


def _coverage(cover: Coverage) -> dict[str, Any]:
    return {
        "occurrence_id": cover.occurrence.id, "over": cover.over, "expected": cover.expected, "counts": dict(cover.counts), "whole": cover.whole, "counted_at": cover.counted_at,
        "terminals": [
            {
                "terminal_id": each.terminal.id, "name": each.terminal.name, "state": each.state, "reason": each.why,
                "late_ms": each.late_ms,
            }
            for each in cover.hearers
        ],
    }  # fmt: skip
