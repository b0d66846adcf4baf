"""Notices, what is on now, and the first page: the acts of the operator's day for machines."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any

from apiflask import abort
from pydantic import Field, StrictBool, StrictInt
from sqlalchemy import select

from admin import home
from admin.api.door import In, Out, Page, RowNumber, Words, auth, doors, refusals, rows
from admin.api.playlists import Occurrences
from admin.desk import demand_anywhere, find, find_area, now, one_act, person, session, zone_of
from admin.notices import lasts, who_hears
from articles import forms, review
from articles.models import Article
from broadcast import notices, on_air
from broadcast.models import Notice
from broadcast.stopping import stop_occurrence as stop_one
from playlists.models import Occurrence


class SaidIn(In):
    """A ``key`` of one's own makes it safe to send twice: the same key is the same notice."""

    key: Annotated[str, Field(min_length=16, max_length=64, pattern="^[0-9A-Za-z]+$")]
    area_id: RowNumber
    title: Annotated[Words, Field(max_length=300)] = ""
    body: Annotated[Words, Field(max_length=notices.BODY_MAX)] = ""
    lang: Annotated[str, Field(max_length=16)] | None = None
    form: Annotated[str, Field(max_length=16)] = ""
    fields: Annotated[dict[str, Annotated[Words, Field(max_length=forms.FIELD_MAX)]], Field(max_length=20)] = {}


class SendIn(In):
    """Without ``play_at``: as soon as it is spoken. ``later`` are hours local to the place, each day until ``ends_at``."""

    play_at: datetime | None = None
    repeats: Annotated[StrictInt, Field(ge=1, le=notices.REPEATS_MAX)] | None = None
    later: Annotated[list[Annotated[str, Field(max_length=8)]], Field(max_length=notices.LATER_MAX)] | None = None
    ends_at: datetime | None = None


class AgainIn(In):
    """``missed_only``: only the speakers that did not hear all of it."""

    missed_only: StrictBool = False


class ReviewsIn(In):
    """None: as the place above it."""

    kind: Annotated[str, Field(max_length=16)]
    needed: Annotated[StrictInt, Field(ge=0, le=review.REVIEWS_MOST)] | None = None


class ReviewsOut(Out):
    notice: int
    programme: int


class NoticeOut(Out):
    id: int
    article_id: int
    area_id: int
    made_by_id: int
    again_of_id: int | None
    state: str
    play_at: datetime | None
    repeats: int
    later: list[str]
    ends_at: datetime | None
    only: list[int] | None
    sent_at: datetime | None
    undo_until: datetime | None
    aired_at: datetime | None
    error: str


class Notices(Out):
    notices: list[NoticeOut]


class NoticeVoiceOut(Out):
    dialect: str
    speaks: str
    speakers: int
    ms: int
    spoken: bool


class MissingOut(Out):
    terminal_id: int
    name: str
    reason: str


class AudienceOut(Out):
    ready: int
    away: int
    quiet: int
    places: int
    starts_at: datetime
    ends_at: datetime
    night: bool
    reviews_needed: int
    missing: list[MissingOut]
    interrupts: list[int]
    waits_for: list[int]
    voices: list[NoticeVoiceOut]


class OnNowOut(Out):
    occurrence_id: int
    title: str
    area_id: int
    until: datetime


class HomeOut(Out):
    ready: int
    total: int
    on_now: list[OnNowOut]
    to_review: list[int]
    to_look_at: list[int]
    not_ready: list[MissingOut]


class StoppedOut(Out):
    stopped: int


def _aware(name: str, moment: datetime | None) -> None:
    if moment is not None and moment.tzinfo is None:
        abort(422, message="some fields are not right", detail={"json": {name: ["a time zone is needed, e.g. 2026-11-24T06:30:00+08:00"]}})


@doors.get("/home")
@doors.auth_required(auth)
@doors.output(HomeOut)
def read_home() -> Any:
    """The day at a glance: speakers, what is on, what waits for me."""
    demand_anywhere("see")
    ready, total = home.speakers(session(), person())
    return {
        "ready": ready, "total": total,
        "on_now": [
            {"occurrence_id": each.occurrence.id, "title": each.occurrence.playlist.title, "area_id": each.occurrence.area_id, "until": each.until}
            for each in on_air.on_now(session(), person(), now())
        ],
        "to_review": [each.id for each in home.waiting_for_me(session(), person())],
        "to_look_at": [each.id for each in review.unseen(session(), person(), now())],
        "not_ready": [{"terminal_id": each.id, "name": each.name, "reason": each.fault or each.presence} for each in home.not_ready(session(), person())],
    }  # fmt: skip


@doors.get("/notices")
@doors.auth_required(auth)
@doors.input(Page, location="query")
@doors.output(Notices)
def list_notices(query_data: Page) -> Any:
    """The notices, newest first."""
    return {"notices": rows(Notice, query_data)}


@doors.post("/notices")
@doors.auth_required(auth)
@doors.input(SaidIn)
@doors.output(NoticeOut, status_code=201)
@refusals
def write_notice(json_data: SaidIn) -> Any:
    """Write one, or fill in a template (``form`` and its ``fields``). Nothing is sent before /send."""
    area = find_area(json_data.area_id, "schedule")
    said: dict[str, Any] = {"title": json_data.title, "body": json_data.body, "lang": json_data.lang}
    if json_data.form:
        filled = forms.fill(json_data.form, json_data.fields, json_data.lang or "zh-Hans", now().astimezone(zone_of(area)))
        said = {
            "title": filled.title, "body": filled.body, "lang": filled.lang, "repeats": filled.repeats, "later": filled.later, "ends_at": filled.ends,
        }  # fmt: skip
    with one_act():
        return notices.draft(session(), person(), area, key=json_data.key, now=now(), **said)


@doors.get("/notices/<row:notice_id>")
@doors.auth_required(auth)
@doors.output(NoticeOut)
def read_notice(notice_id: int) -> Any:
    """One notice. Who heard it is said by /coverage of its occurrences."""
    return find(Notice, notice_id)


@doors.get("/notices/<row:notice_id>/audience")
@doors.auth_required(auth)
@doors.output(AudienceOut)
def read_audience(notice_id: int) -> Any:
    """Who hears it if it is sent now, who does not, and what it interrupts."""
    notice = find(Notice, notice_id)
    who, voices = who_hears(session(), notice, now())
    return {
        "ready": who.ready, "away": who.away, "quiet": who.quiet, "places": who.places, "starts_at": who.starts_at, "ends_at": who.ends_at, "night": who.night,
        "reviews_needed": 0 if notice.article.state == "approved" else review.reviews_needed(session(), notice.area, "notice"),
        "missing": [{"terminal_id": each.id, "name": each.name, "reason": why} for each, why in who.missing],
        "interrupts": [each.id for each in who.interrupts], "waits_for": [each.id for each in who.waits_for],
        "voices": [
            {
                "dialect": each.code, "speaks": each.speaks, "speakers": who.dialects[each.code], "spoken": each.sure,
                "ms": int(lasts(notice, [each], notice.repeats) / timedelta(milliseconds=1)) if each.speaks else 0,
            }
            for each in voices
        ],
    }  # fmt: skip


@doors.get("/notices/<row:notice_id>/occurrences")
@doors.auth_required(auth)
@doors.output(Occurrences)
def list_times(notice_id: int) -> Any:
    """The times at which it was and will be heard; /coverage of each says by whom."""
    notice = find(Notice, notice_id)
    mine = select(Occurrence).where(Occurrence.schedule_id == notice.schedule_id).order_by(Occurrence.starts_at)
    return {"occurrences": list(session().scalars(mine)) if notice.schedule_id is not None else []}


@doors.post("/notices/<row:notice_id>/send")
@doors.auth_required(auth)
@doors.input(SendIn)
@doors.output(NoticeOut)
@refusals
def send_notice(notice_id: int, json_data: SendIn) -> Any:
    """Say it. Sent twice it is said once: the second answer shows what becomes of it."""
    notice = find(Notice, notice_id, "schedule")
    _aware("play_at", json_data.play_at)
    _aware("ends_at", json_data.ends_at)
    with one_act():
        notices.send(
            session(), person(), notice, now(), play_at=json_data.play_at, repeats=json_data.repeats, later=json_data.later, ends_at=json_data.ends_at
        )
    session().refresh(notice)
    return notice


@doors.post("/notices/<row:notice_id>/undo")
@doors.auth_required(auth)
@doors.output(NoticeOut)
@refusals
def undo_notice(notice_id: int) -> Any:
    """Nobody hears it: as long as nothing has left the station (ten seconds at least)."""
    notice = find(Notice, notice_id, "schedule")
    with one_act():
        notices.undo(session(), person(), notice, now())
    return notice


@doors.post("/notices/<row:notice_id>/stop")
@doors.auth_required(auth)
@doors.output(NoticeOut)
@refusals
def stop_notice(notice_id: int) -> Any:
    """Break it off, now and for later."""
    notice = find(Notice, notice_id, "play")
    with one_act():
        notices.stop_notice(session(), person(), notice, now())
    return notice


@doors.post("/notices/<row:notice_id>/again")
@doors.auth_required(auth)
@doors.input(AgainIn)
@doors.output(NoticeOut, status_code=201)
@refusals
def say_again(notice_id: int, json_data: AgainIn) -> Any:
    """The same words as a new draft, for everybody or only for those who did not hear them; /send says it."""
    notice = find(Notice, notice_id, "schedule")
    with one_act():
        return notices.again(session(), person(), notice, now(), missed_only=json_data.missed_only)


@doors.post("/occurrences/<row:occurrence_id>/stop")
@doors.auth_required(auth)
@doors.output(StoppedOut)
def stop_occurrence(occurrence_id: int) -> Any:
    """Break off what is on; ``stopped`` counts the zones that were told."""
    return {"stopped": stop_one(session(), person(), find(Occurrence, occurrence_id, "play"), now()).zones}


@doors.post("/articles/<row:article_id>/seen")
@doors.auth_required(auth)
@doors.output({}, status_code=204)
@refusals
def see_article(article_id: int) -> Any:
    """A reviewer has looked at what went out without a review."""
    with one_act():
        review.see(session(), find(Article, article_id, "review"), person(), now())
    return ""


@doors.get("/areas/<row:area_id>/reviews")
@doors.auth_required(auth)
@doors.output(ReviewsOut)
def read_reviews(area_id: int) -> Any:
    """How many reviews each kind needs in a place."""
    area = find_area(area_id)
    return {kind: review.reviews_needed(session(), area, kind) for kind in review.REVIEWS_NEEDED}


@doors.put("/areas/<row:area_id>/reviews")
@doors.auth_required(auth)
@doors.input(ReviewsIn)
@doors.output(ReviewsOut)
@refusals
def set_reviews(area_id: int, json_data: ReviewsIn) -> Any:
    """So many reviews a kind needs there and below; administrators only."""
    area = find_area(area_id, "people")
    with one_act():
        review.set_reviews(session(), person(), area, json_data.kind, json_data.needed, now())
    return {kind: review.reviews_needed(session(), area, kind) for kind in review.REVIEWS_NEEDED}
