"""The audit log: who did what to which thing, where and when. Rows are only ever added."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from station.models import Area, AuditEntry, Person


def record(
    session: Session, *, person: Person | None, act: str, subject: str, subject_id: object, area: Area | None, now: datetime,
    **detail: Any,
) -> None:  # fmt: skip
    """Write an act down, in the same transaction as the act. ``detail`` holds plain JSON values, e.g. before and after."""
    session.add(
        AuditEntry(
            at=now, person_id=person.id if person else None, act=act, subject=subject, subject_id=str(subject_id),
            area_id=area.id if area else None, detail=detail,
        )  # fmt: skip
    )
