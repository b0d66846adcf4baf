"""The desk's work for machines: versions, remarks, who does it until when, the end, adapting, what feeds brought, links for letters."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from flask import url_for
from pydantic import Field
from sqlalchemy import select

from admin import editing
from admin.api.articles import ArticleOut, Articles
from admin.api.door import In, Out, Page, RowNumber, Words, auth, doors, refusals, rows
from admin.desk import Refused, find, find_area, now, one_act, person, session
from articles import adapt, collect, desk, links
from articles.models import Article, ContributionLink
from station.models import Area
from station.people import visible


class VersionOut(Out):
    revision: int
    lang: str
    title: str
    body: str
    by: str | None
    at: datetime


class Versions(Out):
    versions: list[VersionOut]


class RemarkIn(In):
    body: Annotated[Words, Field(min_length=1, max_length=1000)]


class RemarkOut(Out):
    id: int
    revision: int
    by: str
    body: str
    at: datetime


class Remarks(Out):
    remarks: list[RemarkOut]


class AssignIn(In):
    """``person_id`` None: nobody. ``due_at`` carries its offset."""

    person_id: RowNumber | None = None
    due_at: datetime | None = None


class EndsIn(In):
    """None: it does not end by itself."""

    expires_at: datetime | None = None


class DeskOut(Out):
    """Who looks after an article, until when, when it ends, in which programmes it is heard."""

    id: int
    assignee_id: int | None
    due_at: datetime | None
    expires_at: datetime | None
    adapted_from_id: int | None
    audience: str
    playlists: list[int]


class AdaptIn(In):
    area_id: RowNumber
    audience: Literal["", "elderly", "children", "village"] = ""


class SuggestQuery(In):
    to: Literal["zh-Hans", "zh-Hant", "yue"]


class SwapOut(Out):
    at: int
    before: str
    after: str


class SuggestionOut(Out):
    """``swaps`` are the words that were put in; every one is a suggestion that a person checks."""

    lang: str
    title: str
    body: str
    swaps: list[SwapOut]


class LinkIn(In):
    area_id: RowNumber
    name: Annotated[Words, Field(min_length=1, max_length=100)]
    days: Literal[1, 7, 30, 365] = 30


class LinkOut(Out):
    id: int
    area_id: int
    name: str
    created_at: datetime
    expires_at: datetime
    closed_at: datetime | None
    count: int


class NewLinkOut(LinkOut):
    """``address`` is shown this once."""

    address: str


class Links(Out):
    links: list[LinkOut]


def _aware(name: str, moment: datetime | None) -> datetime | None:
    if moment is not None and (moment.tzinfo is None or not 2000 < moment.year < 3000):
        raise Refused(f"{name}: a moment with its offset is needed, like 2026-11-24T18:00:00+08:00", name)
    return moment


def _desk(article_id: int) -> dict[str, Any]:
    article = find(Article, article_id)
    used = [each.playlist.id for each in editing.uses(session(), article, now())]
    return {
        "id": article.id, "assignee_id": article.assignee_id, "due_at": article.due_at, "expires_at": article.expires_at,
        "adapted_from_id": article.adapted_from_id, "audience": article.audience, "playlists": used,
    }  # fmt: skip


@doors.get("/articles/<row:article_id>/texts/<lang>/versions")
@doors.auth_required(auth)
@doors.output(Versions)
def list_versions(article_id: int, lang: str) -> Any:
    """Every version of a text, the first one first."""
    found = collect.versions(session(), find(Article, article_id), lang[:16])
    return {"versions": [
        {"revision": each.revision, "lang": each.lang, "title": each.title, "body": each.body, "by": each.person.name if each.person else None, "at": each.at} for each in found
    ]}  # fmt: skip


@doors.get("/articles/<row:article_id>/remarks")
@doors.auth_required(auth)
@doors.output(Remarks)
def list_remarks(article_id: int) -> Any:
    """What the desk said about it."""
    return {"remarks": [_remark(each) for each in desk.remarks(session(), find(Article, article_id))]}


def _remark(row: Any) -> dict[str, Any]:
    return {"id": row.id, "revision": row.revision, "by": row.person.name, "body": row.body, "at": row.at}


@doors.post("/articles/<row:article_id>/remarks")
@doors.auth_required(auth)
@doors.input(RemarkIn)
@doors.output(RemarkOut, status_code=201)
@refusals
def add_remark(article_id: int, json_data: RemarkIn) -> Any:
    """A word to the others."""
    article = find(Article, article_id)
    with one_act():
        return _remark(desk.remark(session(), person(), article, json_data.body, now()))


@doors.get("/articles/<row:article_id>/desk")
@doors.auth_required(auth)
@doors.output(DeskOut)
def read_desk(article_id: int) -> Any:
    """Who does it, when it ends, where it is used."""
    return _desk(article_id)


@doors.post("/articles/<row:article_id>/assign")
@doors.auth_required(auth)
@doors.input(AssignIn)
@doors.output(DeskOut)
@refusals
def assign(article_id: int, json_data: AssignIn) -> Any:
    """Who looks after it, until when."""
    article = find(Article, article_id, "write")
    to = next((each for each in desk.candidates(session(), article) if each.id == json_data.person_id), None)
    if json_data.person_id is not None and to is None:
        raise Refused("choose somebody who has a role there", "person_id")
    with one_act():
        desk.assign(session(), person(), article, to, _aware("due_at", json_data.due_at), now())
    return _desk(article_id)


@doors.post("/articles/<row:article_id>/ends")
@doors.auth_required(auth)
@doors.input(EndsIn)
@doors.output(DeskOut)
@refusals
def ends(article_id: int, json_data: EndsIn) -> Any:
    """From when on nobody hears it."""
    article = find(Article, article_id, "write")
    with one_act():
        desk.ends(session(), person(), article, _aware("expires_at", json_data.expires_at), now())
    return _desk(article_id)


@doors.get("/articles/<row:article_id>/suggestion")
@doors.auth_required(auth)
@doors.input(SuggestQuery, location="query")
@doors.output(SuggestionOut)
@refusals
def suggestion(article_id: int, query_data: SuggestQuery) -> Any:
    """Another way to write it; nothing is kept."""
    article = find(Article, article_id)
    source = next((each for each in article.texts if each.lang.startswith("zh")), None)
    if source is None:
        raise Refused("the article has no Chinese text to adapt", "to")
    return adapt.suggest(source.title, source.body, query_data.to)


@doors.post("/articles/<row:article_id>/adapt")
@doors.auth_required(auth)
@doors.input(AdaptIn)
@doors.output(ArticleOut, status_code=201)
@refusals
def adapt_for(article_id: int, json_data: AdaptIn) -> Any:
    """The same for another place or audience: a draft of its own."""
    article = find(Article, article_id)
    area = find_area(json_data.area_id, "write")
    with one_act():
        return desk.adapt_for(session(), person(), article, area, json_data.audience, now())


@doors.get("/feeds/offered")
@doors.auth_required(auth)
@doors.output(Articles)
def offered() -> Any:
    """What the feeds brought and nobody has taken or turned down (take it with assign, turn it down with withdraw)."""
    return {"articles": editing.offered(session(), person())}


@doors.get("/contributions")
@doors.auth_required(auth)
@doors.input(Page, location="query")
@doors.output(Links)
def list_links(query_data: Page) -> Any:
    """The links through which people without an account write to the desk."""
    return {"links": rows(ContributionLink, query_data, ContributionLink.area_id.in_(select(Area.id).where(visible(session(), person(), "write"))))}


@doors.post("/contributions")
@doors.auth_required(auth)
@doors.input(LinkIn)
@doors.output(NewLinkOut, status_code=201)
@refusals
def make_link(json_data: LinkIn) -> Any:
    """A new link; its address is shown this once."""
    area = find_area(json_data.area_id, "write")
    with one_act():
        row, token = links.make(session(), person(), area, json_data.name, json_data.days, now())
    return {**{name: getattr(row, name) for name in LinkOut.model_fields}, "address": url_for("editing.letter", token=token, _external=True)}


@doors.post("/contributions/<row:link_id>/close")
@doors.auth_required(auth)
@doors.output(LinkOut)
@refusals
def close_link(link_id: int) -> Any:
    """Nothing comes in through it any more."""
    link = find(ContributionLink, link_id, "write")
    links.close(session(), person(), link, now())
    return link
