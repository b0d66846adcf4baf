"""What the book of what was heard says of a place: by day, programme, dialect and the places below, and which places miss most."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from broadcast.ledger import LATE_MS
from broadcast.models import FIGURES, HeardDay, HeardMonth
from playlists.models import Playlist
from station.areas import branch
from station.models import Area

# Where people live and speakers hang: the places that are asked for by name when hearings are missed.
LOWEST = ("village", "community", "campus")


@dataclass(frozen=True)
class Told:
    """Figures of ``broadcast.models.Figures``, added up."""

    expected: int = 0
    heard: int = 0
    partly: int = 0
    not_heard: int = 0
    not_yet: int = 0
    failed: int = 0
    in_50ms: int = 0
    in_200ms: int = 0
    in_1s: int = 0
    in_5s: int = 0
    in_60s: int = 0
    later: int = 0

    @property
    def late(self) -> tuple[int, ...]:
        """How many began at most 50 ms, 200 ms, 1 s, 5 s, a minute, and more than a minute late."""
        return self.in_50ms, self.in_200ms, self.in_1s, self.in_5s, self.in_60s, self.later

    @property
    def began(self) -> int:
        return sum(self.late)

    @property
    def share(self) -> float | None:
        """The part that heard it to the end, 0 to 1; None where nobody should."""
        return self.heard / self.expected if self.expected else None

    def late_ms(self, part: float) -> int | None:
        """This part (0 to 1) of what began was at most so many ms late; 0: more than the last of LATE_MS; None: nothing began."""
        if not self.began:
            return None
        counted = 0
        for most, number in zip(LATE_MS, self.late, strict=False):
            counted += number
            if counted >= part * self.began:
                return most
        return 0

    def as_dict(self) -> dict[str, int]:
        return {each.name: getattr(self, each.name) for each in fields(self)}


@dataclass(frozen=True)
class Asked:
    """What is asked for: a place with all below it, from a day to a day (both counted), of one programme (0: those made further below) or all,
    in one dialect or all."""

    place: Area
    since: date
    until: date
    playlist_id: int | None = None
    dialect: str = ""

    def where(self) -> list[Any]:
        found: list[Any] = [HeardDay.day >= self.since.isoformat(), HeardDay.day <= self.until.isoformat()]
        if self.playlist_id is not None:
            found.append(HeardDay.playlist_id == self.playlist_id)
        if self.dialect:
            found.append(HeardDay.dialect == self.dialect)
        return found

    @property
    def month(self) -> str:
        """The month of the last day."""
        return self.until.isoformat()[:7]


def _sums(of: Any) -> list[Any]:
    return [func.coalesce(func.sum(getattr(of, name)), 0) for name in FIGURES]


def _told(row: Any) -> Told:
    return Told(*(int(each) for each in row[-len(FIGURES) :]))


def total(session: Session, asked: Asked) -> Told:
    """Everything that is asked for in one sum."""
    return _told(session.execute(select(*_sums(HeardDay)).where(HeardDay.area_id == asked.place.id, *asked.where())).one())


def by_day(session: Session, asked: Asked) -> list[tuple[str, Told]]:
    """Day by day, the earliest first; days on which nothing was due are not there."""
    query = select(HeardDay.day, *_sums(HeardDay)).where(HeardDay.area_id == asked.place.id, *asked.where())
    return [(row[0], _told(row)) for row in session.execute(query.group_by(HeardDay.day).order_by(HeardDay.day))]


def by_programme(session: Session, asked: Asked, limit: int = 200) -> list[tuple[int, str, Told]]:
    """Programme by programme with its title, what was missed most first; number 0 with no title are those made further below."""
    missed = func.sum(HeardDay.not_heard + HeardDay.partly).label("missed")
    query = (
        select(HeardDay.playlist_id, Playlist.title, missed, *_sums(HeardDay)).outerjoin(Playlist, Playlist.id == HeardDay.playlist_id)
        .where(HeardDay.area_id == asked.place.id, *asked.where()).group_by(HeardDay.playlist_id, Playlist.title)
        .order_by(missed.desc(), HeardDay.playlist_id).limit(limit)
    )  # fmt: skip
    return [(row[0], row[1] or "", _told(row)) for row in session.execute(query)]


def by_dialect(session: Session, asked: Asked) -> list[tuple[str, Told]]:
    """Dialect by dialect; "" is what was planned in none."""
    query = select(HeardDay.dialect, *_sums(HeardDay)).where(HeardDay.area_id == asked.place.id, *asked.where())
    return [(row[0], _told(row)) for row in session.execute(query.group_by(HeardDay.dialect).order_by(HeardDay.dialect))]


def below(session: Session, asked: Asked, limit: int = 300) -> list[tuple[Area, Told]]:
    """The places right below, what was missed most first; one in which nothing was due is not there."""
    children = select(Area.id).where(Area.parent_id == asked.place.id)
    missed = func.sum(HeardDay.not_heard + HeardDay.partly).label("missed")
    query = (
        select(HeardDay.area_id, missed, *_sums(HeardDay)).where(HeardDay.area_id.in_(children), *asked.where()).group_by(HeardDay.area_id)
        .order_by(missed.desc(), HeardDay.area_id).limit(limit)
    )  # fmt: skip
    rows = session.execute(query).all()
    places = {each.id: each for each in session.scalars(select(Area).where(Area.id.in_([row[0] for row in rows])))}
    return [(places[row[0]], _told(row)) for row in rows]


def worst(session: Session, place: Area, month: str, limit: int = 10) -> list[tuple[Area, Told]]:
    """The villages of the branch that missed most in the month, those that missed nothing aside."""
    missed = HeardMonth.not_heard + HeardMonth.partly
    query = (
        select(Area, *(getattr(HeardMonth, name) for name in FIGURES)).join(HeardMonth, and_(HeardMonth.area_id == Area.id, HeardMonth.month == month))
        .where(branch(place), Area.level.in_(LOWEST), missed > 0).order_by(missed.desc(), Area.id).limit(limit)
    )  # fmt: skip
    return [(row[0], _told(row)) for row in session.execute(query)]


def months(session: Session, place: Area) -> list[str]:
    """The months of which the book tells of this place, the latest first."""
    query = select(HeardMonth.month).where(HeardMonth.area_id == place.id, HeardMonth.expected > 0).order_by(HeardMonth.month.desc())
    return list(session.scalars(query))


def every_place(session: Session, place: Area, month: str) -> Iterator[tuple[Area, Told]]:
    """Every place of the branch with its month, in the order of the tree, as they come from the database."""
    query: Select[Any] = (
        select(Area, *(getattr(HeardMonth, name) for name in FIGURES)).join(HeardMonth, and_(HeardMonth.area_id == Area.id, HeardMonth.month == month))
        .where(branch(place), HeardMonth.expected > 0).order_by(Area.path).execution_options(yield_per=2_000)
    )  # fmt: skip
    for row in session.execute(query):
        session.expunge(row[0])  # hundreds of thousands are never held at once
        yield row[0], _told(row)


def every_line(session: Session, place: Area, since: date, until: date) -> Iterator[tuple[Area, str, str, str, Told]]:
    """The whole book of the branch: place, day, title of the programme ("" for those made further below), dialect; as it comes."""
    query: Select[Any] = (
        select(Area, HeardDay.day, Playlist.title, HeardDay.dialect, *(getattr(HeardDay, name) for name in FIGURES))
        .join(Area, Area.id == HeardDay.area_id).outerjoin(Playlist, Playlist.id == HeardDay.playlist_id)
        .where(branch(place), HeardDay.day >= since.isoformat(), HeardDay.day <= until.isoformat(), HeardDay.expected > 0)
        .order_by(Area.path, HeardDay.day, HeardDay.playlist_id).execution_options(yield_per=2_000)
    )  # fmt: skip
    for row in session.execute(query):
        if row[0] in session:
            session.expunge(row[0])
        yield row[0], row[1], row[2] or "", row[3], _told(row)
