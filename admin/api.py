"""The same acts for machines: REST under /api with bearer tokens, described by /api/openapi.json."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from typing import Annotated, Any, Literal, TypeVar

from apiflask import APIBlueprint, APIFlask, HTTPTokenAuth, abort
from flask import g, request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictInt
from sqlalchemy import select

from admin import articles as article_pages
from admin import devices as device_pages
from admin import home, playlists, voices
from admin.desk import LARGEST_ID, Refused, areas_for, desk, find, find_area, now, one_act, person, session
from articles import collect, review
from articles import feeds as feeding
from articles.errors import Conflict
from articles.models import Article, Feed
from broadcast.commands import send_command
from broadcast.coverage import Coverage, coverage
from devices import enrol
from devices.models import Terminal
from playlists import calendar, playlist
from playlists.errors import VersionConflict
from playlists.models import Occurrence, Playlist, Schedule
from playlists.playlist import Item
from station.access import person_of_token
from station.models import Area, AuditEntry
from station.people import visible
from tts.audio import AudioRefused, import_upload
from tts.dialects import DIALECTS
from tts.models import Clip

doors = APIBlueprint("api", __name__, url_prefix="/api", tag="station")
auth = HTTPTokenAuth(scheme="Bearer", description="A token made on the page “My account”; it may do what its person may do.")
ROOM_ERRORS: tuple[type[Exception], ...] = (
    *article_pages.REFUSALS, *playlists.REFUSALS, *device_pages.REFUSALS, AudioRefused,
)  # fmt: skip
V = TypeVar("V", bound=Callable[..., Any])


def _plain(value: str) -> str:
    if any(ord(letter) < 32 and letter not in "\t\r\n" for letter in value):
        raise ValueError("control characters cannot be stored")
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        raise ValueError("half a character cannot be stored")
    if value and not value.strip():
        raise ValueError("only blanks: write something")
    return value


Words = Annotated[str, AfterValidator(_plain)]
RowNumber = Annotated[StrictInt, Field(ge=1, le=LARGEST_ID)]


class In(BaseModel):
    """What comes in: unknown fields are refused, so that a misspelt one is not silently ignored."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class Out(BaseModel):
    """What goes out; times are ISO 8601 in UTC, lengths milliseconds."""

    model_config = ConfigDict(from_attributes=True)


class Page(In):
    """Which part of a list: at most ``limit`` rows with a number below ``before``."""

    limit: Annotated[int, Field(ge=1, le=200)] = 50
    before: Annotated[int, Field(ge=1, le=LARGEST_ID)] | None = None


class AreaOut(Out):
    id: int
    parent_id: int | None
    level: str
    name: str
    code: str | None
    tz: str | None
    dialect: str | None


class Areas(Out):
    areas: list[AreaOut]


class TextOut(Out):
    lang: str
    title: str
    body: str


class ArticleOut(Out):
    id: int
    area_id: int
    kind: str
    title: str
    state: str
    revision: int
    source: str
    source_name: str
    created_at: datetime
    updated_at: datetime
    approved_at: datetime | None
    texts: list[TextOut]


class Articles(Out):
    articles: list[ArticleOut]


class ArticleIn(In):
    area_id: RowNumber
    kind: Literal["notice", "programme"]
    lang: Annotated[Words, Field(min_length=2, max_length=16)] | None = None
    title: Annotated[Words, Field(min_length=1, max_length=300)]
    body: Annotated[Words, Field(min_length=1, max_length=400_000)]


class TextIn(In):
    revision: RowNumber
    title: Annotated[Words, Field(min_length=1, max_length=300)]
    body: Annotated[Words, Field(min_length=1, max_length=400_000)]


class ArticleQuery(Page):
    state: Literal["draft", "submitted", "approved", "withdrawn"] | None = None


class RevisionIn(In):
    revision: RowNumber | None = None


class BackIn(In):
    reason: Annotated[Words, Field(min_length=1, max_length=1000)]


class FeedIn(In):
    area_id: RowNumber
    url: Annotated[Words, Field(min_length=8, max_length=1000)]
    lang: Annotated[Words, Field(min_length=2, max_length=16)] = "zh-Hans"


class FeedOut(Out):
    id: int
    area_id: int
    url: str
    title: str
    lang: str
    active: bool
    read_at: datetime | None
    error: str


class Feeds(Out):
    feeds: list[FeedOut]


class RenditionOut(Out):
    dialect: str
    state: str
    progress: float
    error: str
    lang: str
    voice: str
    audio_sha256: str
    audio_bytes: int
    ms: int
    lufs: float | None
    revision: int


class Renditions(Out):
    renditions: list[RenditionOut]


class ClipOut(Out):
    id: int
    area_id: int
    kind: str
    title: str
    audio_sha256: str
    audio_bytes: int
    ms: int
    lufs: float | None


class Clips(Out):
    clips: list[ClipOut]


class ItemIn(In):
    kind: Literal["article", "clip", "chime", "pause"]
    article_id: RowNumber | None = None
    clip_id: RowNumber | None = None
    pause_ms: Annotated[StrictInt, Field(ge=0, le=600_000)] = 0
    gain_db: Annotated[float, Field(ge=-30, le=12)] = 0.0


class ItemOut(Out):
    kind: str
    article_id: int | None
    clip_id: int | None
    pause_ms: int
    gain_db: float


class PlaylistIn(In):
    area_id: RowNumber
    title: Annotated[Words, Field(min_length=1, max_length=200)]
    items: Annotated[list[ItemIn], Field(max_length=200)] = []


class ItemsIn(In):
    version: RowNumber
    items: Annotated[list[ItemIn], Field(max_length=200)]


class PlaylistOut(Out):
    id: int
    area_id: int
    title: str
    version: int
    items: list[ItemOut]


class Playlists(Out):
    playlists: list[PlaylistOut]


class ScheduleIn(In):
    playlist_id: RowNumber
    area_id: RowNumber
    kind: Literal["once", "daily", "weekly"]
    times: Annotated[list[Annotated[str, Field(max_length=8)]], Field(min_length=1, max_length=48)]
    weekdays: Annotated[list[Annotated[StrictInt, Field(ge=0, le=6)]], Field(max_length=7)] = []
    since: date
    until: date | None = None
    start: Literal["hard", "after", "free"] = "hard"


class ScheduleOut(Out):
    id: int
    playlist_id: int
    area_id: int
    kind: str
    tz: str
    times: list[str]
    weekdays: list[int]
    since: date
    until: date | None
    start: str
    active: bool


class Schedules(Out):
    schedules: list[ScheduleOut]


class OccurrenceOut(Out):
    id: int
    schedule_id: int
    playlist_id: int
    area_id: int
    starts_at: datetime
    state: str
    note: str


class Occurrences(Out):
    occurrences: list[OccurrenceOut]


class Span(In):
    since: datetime | None = None
    until: datetime | None = None


class TerminalOut(Out):
    id: int
    did: str
    area_id: int
    name: str
    kind: str
    dialect: str | None
    volume: int
    state: str
    presence: str
    last_seen_at: datetime | None
    clock_error_ms: float | None


class Terminals(Out):
    terminals: list[TerminalOut]


class PairIn(In):
    code: Annotated[str, Field(min_length=8, max_length=12)]
    area_id: RowNumber
    name: Annotated[Words, Field(min_length=1, max_length=100)]
    dialect: Annotated[str, Field(max_length=8)] | None = None


class VolumeIn(In):
    volume: Annotated[StrictInt, Field(ge=0, le=100)]


class CommandOut(Out):
    id: str
    op: str
    expires_at: datetime


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
    terminals: list[HeardOut]


class AuditOut(Out):
    id: int
    at: datetime
    person_id: int | None
    act: str
    subject: str
    subject_id: str
    area_id: int | None
    detail: dict[str, Any]


class AuditLog(Out):
    entries: list[AuditOut]


@auth.verify_token  # type: ignore[untyped-decorator]
def _who(token: str) -> Any:
    if not token or not token.isascii():
        return None
    with desk().db.reading() as looking:
        g.person = person_of_token(looking, token, now())
    return g.person


@auth.error_processor
def _no_token(error: Any) -> Any:
    return {"message": "send a valid token: Authorization: Bearer xy_…", "detail": {}}, 401, {"WWW-Authenticate": "Bearer"}


def refusals(view: V) -> V:
    """What a room refuses is the caller's mistake: 409 when somebody was faster, else 422, in the room's own words."""

    @wraps(view)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return view(*args, **kwargs)
        except ROOM_ERRORS as error:
            status = 409 if isinstance(error, Conflict | VersionConflict) else 422
            field = getattr(error, "field", "")
            abort(status, message=str(error), detail={"json": {field: [str(error)]}} if field else {})

    return wrapped  # type: ignore[return-value]


def _rows(kind: Any, page: Page, *conditions: Any) -> list[Any]:
    query = select(kind).join(Area, kind.area_id == Area.id).where(visible(session(), person()), *conditions)
    if page.before is not None:
        query = query.where(kind.id < page.before)
    return list(session().scalars(query.order_by(kind.id.desc()).limit(page.limit)))


@doors.get("/areas")
@doors.auth_required(auth)
@doors.output(Areas)
def areas() -> Any:
    """The places where the token may look."""
    return {"areas": areas_for("see")}


@doors.get("/articles")
@doors.auth_required(auth)
@doors.input(ArticleQuery, location="query")
@doors.output(Articles)
def list_articles(query_data: ArticleQuery) -> Any:
    """Articles, newest first."""
    return {"articles": _rows(Article, query_data, *([Article.state == query_data.state] if query_data.state else []))}


@doors.post("/articles")
@doors.auth_required(auth)
@doors.input(ArticleIn)
@doors.output(ArticleOut, status_code=201)
@refusals
def write_article(json_data: ArticleIn) -> Any:
    """A draft from text."""
    area = find_area(json_data.area_id, "write")
    with one_act():
        return collect.collect_paste(
            session(), person(), area, kind=json_data.kind, lang=json_data.lang, title=json_data.title, body=json_data.body,
            now=now(),
        )  # fmt: skip


class UploadForm(In):
    """The fields beside the uploaded ``file``."""

    area_id: Annotated[int, Field(ge=1, le=LARGEST_ID)]
    kind: Annotated[str, Field(max_length=16)]
    lang: Annotated[Words, Field(max_length=16)] = "zh-Hans"
    title: Annotated[Words, Field(max_length=300)] = ""


def _uploaded() -> tuple[str, bytes]:
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise Refused("file: send a file with a name as multipart/form-data", "file")
    return sent.filename, sent.read()


def _file_body(schema: str) -> dict[str, Any]:
    """The request body of an upload, for the description."""
    parts = {"allOf": [{"$ref": f"#/components/schemas/{schema}"}, {"type": "object", "required": ["file"], "properties": {"file": {"type": "string", "contentMediaType": "application/octet-stream"}}}]}
    return {"multipart/form-data": {"schema": parts}}


@doors.post("/articles/file")
@doors.auth_required(auth)
@doors.input(UploadForm, location="form")
@doors.output(ArticleOut, status_code=201)
@refusals
def bring_article(form_data: UploadForm) -> Any:
    """A draft from a file (txt, md, docx, html)."""
    name, data = _uploaded()
    area = find_area(form_data.area_id, "write")
    with one_act():
        return collect.collect_file(
            session(), person(), area, kind=form_data.kind, lang=form_data.lang, name=name, data=data, now=now()
        )


@doors.get("/articles/<row:article_id>")
@doors.auth_required(auth)
@doors.output(ArticleOut)
def read_article(article_id: int) -> Any:
    """One article with its texts."""
    return find(Article, article_id)


@doors.put("/articles/<row:article_id>/texts/<lang>")
@doors.auth_required(auth)
@doors.input(TextIn)
@doors.output(ArticleOut)
@refusals
def write_text(article_id: int, lang: str, json_data: TextIn) -> Any:
    """Change a text, or add one in another written language.

    ``revision`` is the one that was read; 409 when it is not the present one."""
    article = find(Article, article_id, "write")
    act = collect.edit if lang in {text.lang for text in article.texts} else collect.add_text
    with one_act():
        act(
            session(), person(), article, lang=lang, title=json_data.title, body=json_data.body, revision=json_data.revision,
            now=now(),
        )  # fmt: skip
    session().refresh(article)
    return article


@doors.post("/articles/<row:article_id>/submit")
@doors.auth_required(auth)
@doors.output(ArticleOut)
@refusals
def submit(article_id: int) -> Any:
    """Send to review."""
    article = find(Article, article_id, "write")
    with one_act():
        review.submit(session(), article, person(), now())
    return article


@doors.post("/articles/<row:article_id>/approve")
@doors.auth_required(auth)
@doors.input(RevisionIn)
@doors.output(ArticleOut)
@refusals
def approve(article_id: int, json_data: RevisionIn) -> Any:
    """Approve the revision that was read (without one: the present)."""
    article = find(Article, article_id, "review")
    with one_act():
        review.approve(session(), article, person(), now(), revision=json_data.revision or article.revision)
    return article


@doors.post("/articles/<row:article_id>/send-back")
@doors.auth_required(auth)
@doors.input(BackIn)
@doors.output(ArticleOut)
@refusals
def send_back(article_id: int, json_data: BackIn) -> Any:
    """Back to the author, with the reason."""
    article = find(Article, article_id, "review")
    with one_act():
        review.send_back(session(), article, person(), json_data.reason, now())
    return article


@doors.post("/articles/<row:article_id>/withdraw")
@doors.auth_required(auth)
@doors.output(ArticleOut)
@refusals
def withdraw(article_id: int) -> Any:
    """Nobody hears it any more."""
    article = find(Article, article_id, "write")
    with one_act():
        review.withdraw(session(), article, person(), now())
    return article


@doors.get("/articles/<row:article_id>/renditions")
@doors.auth_required(auth)
@doors.output(Renditions)
def renditions(article_id: int) -> Any:
    """How the present revision sounds, per dialect."""
    found = article_pages.renditions_of(session(), find(Article, article_id))
    return {"renditions": list(found.values())}


@doors.post("/articles/<row:article_id>/renditions/<dialect>/retry")
@doors.auth_required(auth)
@doors.output(Renditions)
@refusals
def retry(article_id: int, dialect: str) -> Any:
    """Speak a failed rendition again."""
    article = find(Article, article_id, "write")
    if dialect not in DIALECTS or not article_pages.retry_rendition(session(), person(), article, dialect):
        raise Refused("there is no failed rendition in this dialect")
    return {"renditions": list(article_pages.renditions_of(session(), article).values())}


@doors.get("/feeds")
@doors.auth_required(auth)
@doors.input(Page, location="query")
@doors.output(Feeds)
def list_feeds(query_data: Page) -> Any:
    """The feeds that are read, and why one could not be."""
    return {"feeds": _rows(Feed, query_data)}


@doors.post("/feeds")
@doors.auth_required(auth)
@doors.input(FeedIn)
@doors.output(FeedOut, status_code=201)
@refusals
def add_feed(json_data: FeedIn) -> Any:
    """Read a feed from now on."""
    area = find_area(json_data.area_id, "write")
    with one_act():
        return feeding.add_feed(session(), person(), area, url=json_data.url, lang=json_data.lang, now=now())


@doors.get("/clips")
@doors.auth_required(auth)
@doors.input(Page, location="query")
@doors.output(Clips)
def list_clips(query_data: Page) -> Any:
    """The library of sounds."""
    return {"clips": _rows(Clip, query_data)}


@doors.post("/clips")
@doors.auth_required(auth)
@doors.input(UploadForm, location="form")
@doors.output(ClipOut, status_code=201)
@refusals
def add_clip(form_data: UploadForm) -> Any:
    """A sound for the library, checked by decoding it."""
    name, data = _uploaded()
    area = find_area(form_data.area_id, "write")
    sound = import_upload(data, name)
    return voices.keep_clip(session(), desk().files, sound, by=person(), area=area, kind=form_data.kind, title=form_data.title)


def _items(rows: list[ItemIn]) -> list[Item]:
    """Items whose articles and clips the person may see; 404 for others."""
    for row in rows:
        if row.kind == "article":
            find(Article, row.article_id or 0)
        if row.kind == "clip":
            find(Clip, row.clip_id or 0)
    return [
        Item(
            kind=row.kind, article_id=row.article_id if row.kind == "article" else None,
            clip_id=row.clip_id if row.kind == "clip" else None, pause_ms=row.pause_ms, gain_db=row.gain_db,
        )
        for row in rows
    ]  # fmt: skip


@doors.get("/playlists")
@doors.auth_required(auth)
@doors.input(Page, location="query")
@doors.output(Playlists)
def list_playlists(query_data: Page) -> Any:
    """The programmes."""
    return {"playlists": _rows(Playlist, query_data, Playlist.archived.is_(False))}


@doors.post("/playlists")
@doors.auth_required(auth)
@doors.input(PlaylistIn)
@doors.output(PlaylistOut, status_code=201)
@refusals
def make_playlist(json_data: PlaylistIn) -> Any:
    """A programme, with its items at once if you like."""
    area = find_area(json_data.area_id, "schedule")
    items = _items(json_data.items)
    with one_act():
        made = playlist.make_playlist(session(), person(), area, json_data.title, now())
        if items:
            playlist.set_items(session(), person(), made, items, made.version, now())
    session().refresh(made)
    return made


@doors.get("/playlists/<row:playlist_id>")
@doors.auth_required(auth)
@doors.output(PlaylistOut)
def read_playlist(playlist_id: int) -> Any:
    """One programme."""
    return find(Playlist, playlist_id)


@doors.put("/playlists/<row:playlist_id>/items")
@doors.auth_required(auth)
@doors.input(ItemsIn)
@doors.output(PlaylistOut)
@refusals
def set_items(playlist_id: int, json_data: ItemsIn) -> Any:
    """All items, in order; ``version`` is the one that was read (409 when somebody changed it)."""
    found = find(Playlist, playlist_id, "schedule")
    items = _items(json_data.items)
    with one_act():
        playlist.set_items(session(), person(), found, items, json_data.version, now())
    session().refresh(found)
    return found


@doors.get("/schedules")
@doors.auth_required(auth)
@doors.input(Page, location="query")
@doors.output(Schedules)
def list_schedules(query_data: Page) -> Any:
    """The rules of the calendar."""
    return {"schedules": _rows(Schedule, query_data)}


@doors.post("/schedules")
@doors.auth_required(auth)
@doors.input(ScheduleIn)
@doors.output(ScheduleOut, status_code=201)
@refusals
def make_schedule(json_data: ScheduleIn) -> Any:
    """Say when and where a programme is heard; times are local to the area."""
    found, area = find(Playlist, json_data.playlist_id), find_area(json_data.area_id, "schedule")
    with one_act():
        return calendar.make_schedule(
            session(), person(), found, area, now=now(), kind=json_data.kind, times=json_data.times, weekdays=json_data.weekdays,
            since=json_data.since, until=json_data.until, start=json_data.start,
        )  # fmt: skip


@doors.post("/schedules/<row:schedule_id>/stop")
@doors.auth_required(auth)
@doors.output(ScheduleOut)
@refusals
def stop_schedule(schedule_id: int) -> Any:
    """This and all that follow."""
    found = find(Schedule, schedule_id, "schedule")
    with one_act():
        calendar.stop_schedule(session(), person(), found, now())
    return found


@doors.get("/occurrences")
@doors.auth_required(auth)
@doors.input(Span, location="query")
@doors.output(Occurrences)
def list_occurrences(query_data: Span) -> Any:
    """What is heard between two moments (without them: from now on), in order of time, at most 1,000."""
    for name, moment in (("since", query_data.since), ("until", query_data.until)):
        if moment is not None and moment.tzinfo is None:
            hint = "a time zone is needed, e.g. 2026-11-24T06:30:00+08:00"
            abort(422, message="some fields are not right", detail={"query": {name: [hint]}})
    query = (
        select(Occurrence).join(Area, Occurrence.area_id == Area.id)
        .where(visible(session(), person()), Occurrence.starts_at >= (query_data.since or now()))
        .order_by(Occurrence.starts_at).limit(1000)
    )  # fmt: skip
    if query_data.until is not None:
        query = query.where(Occurrence.starts_at < query_data.until)
    return {"occurrences": list(session().scalars(query))}


@doors.post("/occurrences/<row:occurrence_id>/cancel")
@doors.auth_required(auth)
@doors.output(OccurrenceOut)
@refusals
def cancel_occurrence(occurrence_id: int) -> Any:
    """This one time only."""
    found = find(Occurrence, occurrence_id, "schedule")
    with one_act():
        calendar.cancel_occurrence(session(), person(), found, now())
    return found


@doors.get("/occurrences/<row:occurrence_id>/coverage")
@doors.auth_required(auth)
@doors.output(CoverageOut)
def read_coverage(occurrence_id: int) -> Any:
    """Who heard it, who did not, and why."""
    return _coverage(coverage(session(), find(Occurrence, occurrence_id), now()))


def _coverage(cover: Coverage) -> dict[str, Any]:
    return {
        "occurrence_id": cover.occurrence.id, "over": cover.over, "expected": cover.expected, "counts": dict(cover.counts),
        "terminals": [
            {
                "terminal_id": each.terminal.id, "name": each.terminal.name, "state": each.state, "reason": each.why,
                "late_ms": each.late_ms,
            }
            for each in cover.hearers
        ],
    }  # fmt: skip


@doors.get("/terminals")
@doors.auth_required(auth)
@doors.input(Page, location="query")
@doors.output(Terminals)
def list_terminals(query_data: Page) -> Any:
    """The speakers and how they are."""
    return {"terminals": _rows(Terminal, query_data)}


@doors.get("/terminals/ready")
@doors.auth_required(auth)
@doors.doc(responses={200: "how many speakers are ready, of how many"})
def ready() -> Any:
    """How many speakers are ready, of how many in service."""
    alive, total = home.speakers(session(), person())
    return {"ready": alive, "total": total}


@doors.get("/terminals/<row:terminal_id>")
@doors.auth_required(auth)
@doors.output(TerminalOut)
def read_terminal(terminal_id: int) -> Any:
    """One speaker."""
    return find(Terminal, terminal_id)


@doors.post("/terminals/pair")
@doors.auth_required(auth)
@doors.input(PairIn)
@doors.output(TerminalOut, status_code=201)
@refusals
def pair(json_data: PairIn) -> Any:
    """Let the terminal in that shows this code."""
    area = find_area(json_data.area_id, "devices")
    return device_pages.let_in(area, json_data.code, json_data.name, json_data.dialect)


@doors.post("/terminals/<row:terminal_id>/revoke")
@doors.auth_required(auth)
@doors.output(TerminalOut)
@refusals
def revoke(terminal_id: int) -> Any:
    """Its papers count no more; it is thrown off the line."""
    found = find(Terminal, terminal_id, "devices")
    enrol.revoke(session(), person=person(), terminal=found, now=now())
    return found


@doors.put("/terminals/<row:terminal_id>/volume")
@doors.auth_required(auth)
@doors.input(VolumeIn)
@doors.output(TerminalOut)
@refusals
def volume(terminal_id: int, json_data: VolumeIn) -> Any:
    """How loud it is, 0 to 100."""
    found = find(Terminal, terminal_id, "devices")
    enrol.change(session(), person=person(), terminal=found, now=now(), volume=json_data.volume)
    return found


@doors.post("/terminals/<row:terminal_id>/chime")
@doors.auth_required(auth)
@doors.output(CommandOut, status_code=202)
@refusals
def chime(terminal_id: int) -> Any:
    """A test chime, now."""
    return send_command(session(), person=person(), terminal=find(Terminal, terminal_id, "devices"), op="chime", now=now())


@doors.get("/audit")
@doors.auth_required(auth)
@doors.input(Page, location="query")
@doors.output(AuditLog)
def audit(query_data: Page) -> Any:
    """Who did what, newest first, in the branches where the token may read the log."""
    query = select(AuditEntry).join(Area, AuditEntry.area_id == Area.id).where(visible(session(), person(), "audit"))
    if query_data.before is not None:
        query = query.where(AuditEntry.id < query_data.before)
    return {"entries": list(session().scalars(query.order_by(AuditEntry.id.desc()).limit(query_data.limit)))}


def describe(app: APIFlask) -> None:
    """What the description says beside the paths: who we are, and that uploads carry a file."""
    app.config["DESCRIPTION"] = "Village loudspeaker broadcast: articles, programmes, speakers and what was heard."
    app.config["SERVERS"] = [{"url": "/"}]

    @app.spec_processor
    def _with_files(spec: Any) -> Any:
        for path in ("/api/articles/file", "/api/clips"):
            spec["paths"][path]["post"]["requestBody"]["content"] = _file_body("UploadForm")
        return spec
