"""What every page does first: who is asking, one database session per request, what they may see and do there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

from flask import Response, abort, current_app, flash, g, request
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session
from werkzeug.routing import IntegerConverter

from admin.tongue import _
from devices.keys import StationKeys
from station.areas import branch, tz_of
from station.bell import ring
from station.clock import Clock
from station.database import Database
from station.files import Files
from station.models import Area, Person
from station.people import may, require, roots, visible
from station.shelf import Shelf
from station.vault import Vault
from tts.engines.options import EngineOptions

Row = TypeVar("Row")
COOKIE = "xiangyin"
LARGEST_ID = 2**31 - 1


class Refused(ValueError):
    """What a form said cannot be done; ``field`` is the name of the input at fault, or empty."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class RowId(IntegerConverter):
    """A row's number in an address; one that no database could hold is simply not found."""

    def __init__(self, map: Any) -> None:
        super().__init__(map, max=LARGEST_ID)


@dataclass(frozen=True)
class WebSettings:
    """What the pages need to know of the station.

    ``base`` are the addresses under which terminals fetch audio, ``ws_url`` or else ``ws_port`` (0: nowhere) where set-top boxes reach the broker; ``setup_token`` opens the first-run wizard ("" keeps it
    shut); ``max_upload`` is in bytes; ``live_seconds`` is how long one stream of updates lasts before the browser asks again,
    ``live_streams`` how many there may be at once; ``engines`` and ``speech_seconds`` (for one sentence) are for texts that a machine has read
    or spoken. ``two_persons`` is from which level on an emergency takes a second person; in ``data_dir`` hangs the station's bell.
    ``private_peers``: platforms above may lie in private networks. ``second_step_roles``: who has one of these signs in with a second step.
    ``https_port`` (0: none) is the pages' second door, ``own_certificate`` says whose ``certificate`` it shows; ``loopback_only``: other machines reach neither.
    ``shelf``: where the station's backups lie. ``webhook_networks``: private networks that webhooks may reach.
    """

    secret_key: str
    domain: str = "xy"
    mqtt_host: str = "127.0.0.1"
    mqtt_port: int = 1883
    mqtt_tls: bool = False
    ws_url: str = ""
    ws_port: int = 0
    base: tuple[str, ...] = ()
    setup_token: str = ""
    max_upload: int = 64 * 1024 * 1024
    secure_cookies: bool = False
    live_seconds: float = 55.0
    live_streams: int = 32
    rate_limits: bool = True
    version: str = "0"
    engines: EngineOptions = field(default_factory=EngineOptions)
    speech_seconds: float = 60.0
    two_persons: str = "county"
    data_dir: Path | None = None
    private_peers: bool = False
    second_step_roles: tuple[str, ...] = ()
    https_port: int = 0
    http_port: int = 0
    own_certificate: bool = False
    loopback_only: bool = False
    certificate: Path | None = None
    shelf: Shelf | None = None
    webhook_networks: str = ""


@dataclass(frozen=True)
class Desk:
    """The station as the pages know it. ``hash_password`` makes of a terminal's password what the broker stores of it."""

    settings: WebSettings
    db: Database
    files: Files
    clock: Clock
    keys: StationKeys
    hash_password: Callable[[str], str]
    vault: Vault


def desk() -> Desk:
    return cast(Desk, current_app.extensions["xiangyin"])


def cookie_name(base: str = COOKIE) -> str:
    """What the cookie is called at the door of this request.

    A browser keeps cookies by host and not by port, sends a secure one to no http page and lets no http page replace it: under one name, who
    had signed in over HTTPS could never sign in over http again. ``__Host-``: only this host, over HTTPS, has set it (RFC 6265bis).
    """
    return f"__Host-{base}" if request.is_secure else base


def only_secure() -> bool:
    """Whether the cookies of this request are for encrypted connections only."""
    return desk().settings.secure_cookies or request.is_secure


def now() -> datetime:
    """The moment of this request: the same wherever it is asked for."""
    if "now" not in g:
        g.now = desk().clock()
    return cast(datetime, g.now)


def session() -> Session:
    """The session of this request, opened when first asked for: GET only reads, everything else is one transaction."""
    if "session" not in g:
        db = desk().db
        reads = request.method in ("GET", "HEAD", "OPTIONS")
        opened: AbstractContextManager[Session] = db.reading() if reads else db.session()
        g.session_manager = opened
        g.session = opened.__enter__()
        if g.get("person") is not None:
            g.session.add(g.person)
    return cast(Session, g.session)


def let_go() -> Database:
    """What the request did so far is kept and the database let go of, for work in transactions of its own; ``session()`` opens anew."""
    if "session" in g:
        g.session.commit()
        close()
    return desk().db


def finish(response: Response) -> Response:
    """Commit what the request did, before the answer leaves; a request that broke leaves nothing behind."""
    if "session" in g and response.status_code < 500:
        g.session.commit()
        if g.pop("rings", False) and (folder := desk().settings.data_dir) is not None:
            ring(folder)
    return response


def ring_bell() -> None:
    """What this request writes down cannot wait: the station looks as soon as it is committed."""
    g.rings = True


def close(error: BaseException | None = None) -> None:
    """Give the connection back; what was not committed is undone."""
    if "session" in g:
        g.session.rollback()
        g.pop("session").close()
        g.pop("session_manager", None)


@contextmanager
def one_act() -> Iterator[Session]:
    """One act inside the request: when it is refused halfway, nothing of it stays."""
    with session().begin_nested():
        yield session()


def maybe_person() -> Person | None:
    return cast("Person | None", g.get("person"))


def person() -> Person:
    """Who is asking; 401 when nobody signed in (pages never come here without a person)."""
    found = maybe_person()
    if found is None:
        abort(401)
    return found


def can(act: str, area: Area | None = None) -> bool:
    """Whether the person may do the act in the area, or anywhere when no area is given."""
    if maybe_person() is None:
        return False
    if area is None:
        return bool(tops(act))
    return may(session(), person(), act, area)


def tops(act: str = "see") -> list[Area]:
    """The tops of the branches where the person may do the act (read once per request)."""
    kept: dict[str, list[Area]] = g.setdefault("tops", {})
    if act not in kept:
        kept[act] = roots(session(), person(), act)
    return kept[act]


# So many places fit into a list that a person still reads; of more only the upper levels are shown, or the branch that was opened.
PLACES_MOST = 400


@dataclass(frozen=True)
class MorePlaces:
    """Below these places lie some that the lists of the page leave out; ``found`` are those that bear the name looked for."""

    open_in: list[Area]
    opened: Area | None
    looked_for: str
    found: list[Area]


def areas_for(act: str = "see") -> list[Area]:
    """The places where the person may do the act, in the order of the tree. Of a large tree the upper levels, or those of the branch that
    ``?place=`` names; ``more_places`` then says how to reach the others."""
    mine = visible(session(), person(), act)
    opened = _opened(mine)
    if opened is not None:
        mine = and_(mine, branch(opened))
    depth = func.length(Area.path) - func.length(func.replace(Area.path, "/", ""))
    per_level = session().execute(select(depth, func.count()).where(mine).group_by(depth).order_by(depth)).all()
    shown, deepest = 0, 0
    for level, count in per_level:
        if deepest and shown + count > PLACES_MOST:
            break
        shown, deepest = shown + count, level
    hidden = sum(count for _, count in per_level) > shown
    within = and_(mine, depth <= deepest) if hidden else mine
    areas = list(session().scalars(select(Area).where(within).order_by(Area.path).limit(PLACES_MOST * 10)))
    if hidden or opened is not None:
        g.more_places = MorePlaces([each for each in areas if hidden and _depth(each) == deepest], opened, *_found(act))
    return areas


def _depth(area: Area) -> int:
    return area.path.count("/")


def _opened(mine: ColumnElement[bool]) -> Area | None:
    """The branch that the address of the page names, when it is one of mine."""
    named = request.args.get("place", "")
    if not (named.isascii() and named.isdecimal() and len(named) < 10):
        return None
    return session().scalar(select(Area).where(Area.id == int(named), mine))


def _found(act: str) -> tuple[str, list[Area]]:
    """Up to twenty places whose name or code was looked for."""
    name = request.args.get("find", "").strip()[:100]
    if not name:
        return "", []
    like = or_(Area.name.contains(name, autoescape=True), Area.code == name)
    return name, list(session().scalars(select(Area).where(visible(session(), person(), act), like).order_by(Area.path).limit(20)))


def demand(act: str, area: Area) -> None:
    """Nothing when allowed; NotAllowed (403) otherwise."""
    require(session(), person(), act, area)


def demand_anywhere(act: str) -> None:
    """403 when the person may do the act nowhere at all."""
    if not tops(act):
        abort(403)


def find(kind: type[Row], row_id: int, act: str = "see") -> Row:
    """The row, when its area lies in the person's branch; 404 otherwise, 403 when the person may look but not act."""
    model = cast(Any, kind)
    query = select(model).join(Area, model.area_id == Area.id).where(model.id == row_id, visible(session(), person()))
    row = session().scalar(query)
    if row is None:
        abort(404)
    if act != "see":
        demand(act, row.area)
    return cast(Row, row)


def find_area(area_id: int | None, act: str = "see") -> Area:
    """The place, when the person may see it; 404 otherwise, 403 when the person may not act there."""
    if area_id is None:
        raise Refused("choose a place", "area")
    area = session().scalar(select(Area).where(Area.id == area_id, visible(session(), person())))
    if area is None:
        abort(404)
    if act != "see":
        demand(act, area)
    return area


def text_of(name: str, limit: int = 300, required: bool = True) -> str:
    """A field of the form, trimmed. Raises Refused naming the field."""
    value = request.form.get(name, "").strip()
    if required and not value:
        raise Refused(f"{name}: this field is needed", name)
    if len(value) > limit:
        raise Refused(f"{name}: at most {limit} characters, not {len(value)}", name)
    if any(ord(letter) < 32 and letter not in "\t\r\n" for letter in value):
        raise Refused(f"{name}: control characters cannot be stored; paste plain text", name)
    return value


def number_of(name: str, low: int, high: int, default: int | None = None) -> int:
    """A whole number of the form. Raises Refused naming the field and its limits."""
    raw = request.form.get(name, "").strip()
    if not raw and default is not None:
        return default
    if not (raw.lstrip("-").isascii() and raw.lstrip("-").isdecimal() and len(raw) < 12 and low <= int(raw) <= high):
        raise Refused(f"{name}: a whole number from {low} to {high} is needed", name)
    return int(raw)


def id_of(name: str) -> int | None:
    """A row's number from the form or the query, None when there is none."""
    raw = request.values.get(name, "")
    return int(raw) if raw.isascii() and raw.isdecimal() and len(raw) < 10 else None


def arrived(*drafts: str) -> None:
    """What was typed into these forms has come in: the next page tells the browser to forget its copies (their names begin so)."""
    for name in drafts:
        flash(name, "arrived")


def moment_of(name: str, area: Area) -> datetime | None:
    """A local date and time of the form or the query; None when the field is empty. Raises Refused naming the field."""
    raw = request.values.get(name, "").strip()[:25]
    if not raw:
        return None
    try:
        return datetime.fromisoformat(raw).replace(tzinfo=zone_of(area))
    except ValueError as error:
        raise Refused(_("Choose a day and a time."), name) from error


def zone_name(area: Area | None) -> str:
    """The time zone of a place (read once per request); of the person's first branch when no place is given."""
    if area is None:
        mine = tops() if maybe_person() else []
        area = mine[0] if mine else None
    if area is None:
        return "Asia/Shanghai"
    kept: dict[int, str] = g.setdefault("zones", {})
    if area.id not in kept:
        kept[area.id] = tz_of(session(), area)
    return kept[area.id]


def zone_of(area: Area | None) -> ZoneInfo:
    return ZoneInfo(zone_name(area))


View = Callable[..., Any]
