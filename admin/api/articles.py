"""Articles, their texts, reviews and voices, and the feeds they come from."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field
from sqlalchemy import select

from admin import articles as article_pages
from admin.api.door import In, Out, Page, RowNumber, UploadForm, Words, auth, doors, refusals, rows, uploaded
from admin.desk import Refused, desk, find, find_area, let_go, now, one_act, person, session
from articles import collect, review
from articles import feeds as feeding
from articles.models import Article, Feed
from tts import recordings
from tts.dialects import DIALECTS
from tts.models import Recording
from tts.uploads import import_upload


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


class RecordingForm(In):
    """The fields beside the uploaded ``file``: which sentence, as it is listed; empty for the whole text."""

    dialect: Annotated[str, Field(max_length=8)]
    sentence: Annotated[str, Field(max_length=2_000)] = ""


class RecordingOut(Out):
    id: int
    dialect: str
    whole: bool
    sentence: str
    audio_sha256: str
    ms: int
    created_at: datetime


class Recordings(Out):
    """``sentences`` are those that may be recorded in the dialect, title first."""

    recordings: list[RecordingOut]
    sentences: list[str]


class RecordingQuery(In):
    dialect: Annotated[str, Field(max_length=8)]


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


@doors.get("/articles")
@doors.auth_required(auth)
@doors.input(ArticleQuery, location="query")
@doors.output(Articles)
def list_articles(query_data: ArticleQuery) -> Any:
    """Articles, newest first."""
    return {"articles": rows(Article, query_data, *([Article.state == query_data.state] if query_data.state else []))}


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


@doors.post("/articles/file")
@doors.auth_required(auth)
@doors.input(UploadForm, location="form")
@doors.output(ArticleOut, status_code=201)
@refusals
def bring_article(form_data: UploadForm) -> Any:
    """A draft from a file (txt, md, docx, html)."""
    name, data = uploaded()
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
    return {"feeds": rows(Feed, query_data)}


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


@doors.get("/articles/<row:article_id>/recordings")
@doors.auth_required(auth)
@doors.input(RecordingQuery, location="query")
@doors.output(Recordings)
@refusals
def list_recordings(article_id: int, query_data: RecordingQuery) -> Any:
    """What people have read of an article in a dialect, and the sentences that can be read."""
    article = find(Article, article_id)
    rows = session().scalars(select(Recording).where(Recording.article_id == article.id, Recording.dialect == query_data.dialect).order_by(Recording.id))
    return {"recordings": list(rows), "sentences": recordings.lines_of(recordings.text_of(article, query_data.dialect))}


@doors.post("/articles/<row:article_id>/recordings")
@doors.auth_required(auth)
@doors.input(RecordingForm, location="form")
@doors.output(RecordingOut, status_code=201)
@refusals
def add_recording(article_id: int, form_data: RecordingForm) -> Any:
    """A person reads a sentence, or the whole text: heard in place of the voice once the article is approved again."""
    name, data = uploaded()
    recordings.text_of(find(Article, article_id, "write"), form_data.dialect)
    let_go()  # a long recording is decoded and levelled for seconds: nobody waits for the database meanwhile
    sound = import_upload(data, name)
    article = find(Article, article_id, "write")
    return recordings.keep_recording(
        session(), desk().files, sound, by=person(), article=article, code=form_data.dialect, sentence=form_data.sentence.strip(), now=now()
    )


@doors.delete("/articles/<row:article_id>/recordings/<row:recording_id>")
@doors.auth_required(auth)
@doors.output({}, status_code=204)
@refusals
def remove_recording(article_id: int, recording_id: int) -> Any:
    """The voice speaks these words again, once the article is approved again."""
    article = find(Article, article_id, "write")
    row = session().scalar(select(Recording).where(Recording.id == recording_id, Recording.article_id == article.id))
    if row is None:
        raise Refused("the article has no such recording")
    recordings.remove_recording(session(), row, person(), now())
    return "", 204
