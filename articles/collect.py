"""One door in: pasted, from a file, in another language, or changed; whatever comes is plain text when it is inside."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from articles.errors import BrokenFile, Conflict, Empty, NotNow, Refused, TooLong, UnknownKind
from articles.files import read_file
from articles.language import WRITTEN, detect
from articles.models import KINDS, Article, Text, TextVersion
from station import audit
from station.models import Area, Person
from station.people import require

__all__ = [
    "ArticleError",
    "BrokenFile",
    "Conflict",
    "EditConflict",
    "Empty",
    "Refused",
    "TooLong",
    "UnknownKind",
    "add_text",
    "collect_file",
    "collect_paste",
    "edit",
]

# the names by which pages and doors know them
ArticleError = Refused
EditConflict = Conflict

TITLE_MAX = 300
BODY_MAX = 20_000
_UNSPEAKABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")


def clean(text: str) -> str:
    """Text without what nobody can see or say: control characters, lone surrogates, direction overrides; line ends are newlines."""
    text = _UNSPEAKABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n"))
    return "\n".join(line.strip() for line in unicodedata.normalize("NFC", text).split("\n")).strip()


def _words(title: str, body: str, lang: str | None) -> tuple[str, str, str]:
    """Title, body and language, checked."""
    title, body = " ".join(clean(title).split()), clean(body)
    if not title:
        first, _newline, rest = body.partition("\n")
        title, body = (first, rest.strip()) if rest.strip() and len(first) <= 100 else (first[:40], body)
    if not any(char.isalnum() for char in body):
        raise Empty("there is nothing to say in this text: write at least one sentence")
    if len(title) > TITLE_MAX:
        raise TooLong(f"the title has {len(title)} characters, more than {TITLE_MAX}: move the rest into the text")
    if len(body) > BODY_MAX:
        raise TooLong(f"the text has {len(body)} characters, more than {BODY_MAX}: cut it into several articles")
    lang = lang or detect(f"{title}\n{body}")
    if lang not in WRITTEN:
        raise UnknownKind(f"no written language is called {lang[:20]!r}: take one of {', '.join(WRITTEN)}")
    return title, body, lang


def _new(
    session: Session,
    person: Person | None,
    area: Area,
    kind: str,
    title: str,
    body: str,
    lang: str | None,
    source: str,
    name: str,
    now: datetime,
) -> Article:
    if person is not None:
        require(session, person, "write", area)
    if kind not in KINDS:
        raise UnknownKind(f"no kind is called {kind[:20]!r}: take one of {', '.join(KINDS)}")
    title, body, lang = _words(title, body, lang)
    if person is not None:
        require(session, person, "write", area, kind=kind, lang=lang)
    article = Article(
        area_id=area.id,
        author_id=person.id if person is not None else None,
        kind=kind,
        title=title,
        source=source,
        source_name=clean(name)[:300],
        created_at=now,
        updated_at=now,
    )
    article.texts.append(Text(lang=lang, title=title, body=body))
    session.add(article)
    session.flush()
    _keep(session, article, article.texts[0], person, now)
    audit.record(
        session,
        person=person,
        act="collect",
        subject="article",
        subject_id=article.id,
        area=area,
        now=now,
        title=title,
        source=source,
    )
    return article


def collect_paste(
    session: Session, person: Person, area: Area, *, kind: str, title: str, body: str, now: datetime, lang: str | None = None
) -> Article:
    """A draft from what somebody wrote or pasted. ``lang`` None: found by the script. Raises ArticleError, NotAllowed."""
    return _new(session, person, area, kind, title, body, lang, "paste", "", now)


def collect_file(
    session: Session, person: Person, area: Area, *, kind: str, name: str, data: bytes, now: datetime, lang: str | None = None
) -> Article:
    """A draft from a file (txt, md, docx, html). Raises ArticleError, NotAllowed."""
    found = read_file(name, data)
    return _new(session, person, area, kind, found.title, found.body, lang, "file", name, now)


def collect_sent(session: Session, area: Area, *, kind: str, title: str, body: str, name: str, now: datetime) -> Article:
    """A draft from somebody without an account; ``name`` says who and through which link. Raises ArticleError."""
    return _new(session, None, area, kind, title, body, None, "link", name, now)


def _keep(session: Session, article: Article, text: Text, person: Person | None, now: datetime) -> None:
    """The text as it stands, as a version."""
    session.add(
        TextVersion(article_id=article.id, revision=article.revision, lang=text.lang, title=text.title, body=text.body, person_id=person.id if person else None, at=now)
    )


def versions(session: Session, article: Article, lang: str) -> list[TextVersion]:
    """The versions of a text, the first one first."""
    return list(session.scalars(select(TextVersion).where(TextVersion.article_id == article.id, TextVersion.lang == lang).order_by(TextVersion.revision)))


def add_text(
    session: Session,
    person: Person,
    article: Article,
    *,
    lang: str | None,
    title: str,
    body: str,
    now: datetime,
    revision: int | None = None,
) -> Text:
    """The same article in another written language. An approved or submitted article becomes a draft again."""
    title, body, lang = _words(title, body, lang)
    if lang in {text.lang for text in article.texts}:
        raise Conflict(f"the article has a text in {lang} already: change that one")
    _reopen(session, person, article, revision, now, lang)
    text = Text(lang=lang, title=title, body=body)
    article.texts.append(text)
    session.flush()
    _keep(session, article, text, person, now)
    audit.record(
        session, person=person, act="add text", subject="article", subject_id=article.id, area=article.area, now=now, lang=lang
    )
    return text


def edit(
    session: Session,
    person: Person,
    article: Article,
    *,
    lang: str,
    title: str,
    body: str,
    now: datetime,
    revision: int | None = None,
) -> Text:
    """Change a text. ``revision`` is the one that was read: EditConflict when somebody was quicker."""
    title, body, lang = _words(title, body, lang)
    text = next((each for each in article.texts if each.lang == lang), None)
    if text is None:
        raise UnknownKind(f"the article has no text in {lang}: add one")
    former, since = article.revision, article.created_at
    _reopen(session, person, article, revision, now, lang)
    before = {"title": text.title, "body": text.body}
    if not versions(session, article, lang):  # written before versions were kept
        session.add(TextVersion(article_id=article.id, revision=former, lang=lang, **before, person_id=article.author_id, at=since))
    text.title, text.body = title, body
    if article.texts[0] is text:
        article.title = title
    session.flush()
    _keep(session, article, text, person, now)
    audit.record(
        session,
        person=person,
        act="edit",
        subject="article",
        subject_id=article.id,
        area=article.area,
        now=now,
        lang=lang,
        before=before,
    )
    return text


def reopen(session: Session, person: Person, article: Article, now: datetime, *, act: str, **detail: str) -> None:
    """Something beside the words changed that villages will hear (a recording): a new revision, to be approved. Raises NotNow, NotAllowed."""
    _reopen(session, person, article, None, now)
    session.flush()
    audit.record(session, person=person, act=act, subject="article", subject_id=article.id, area=article.area, now=now, **detail)


def _reopen(session: Session, person: Person, article: Article, revision: int | None, now: datetime, lang: str | None = None) -> None:
    """Every change makes a new revision, and what was approved has to be approved again."""
    require(session, person, "write", article.area, kind=article.kind, lang=lang)
    session.execute(select(Article.id).where(Article.id == article.id).with_for_update())
    session.refresh(article)
    if article.state == "withdrawn":
        raise NotNow(f"“{article.title}” was withdrawn: collect it again as a new article")
    if revision is not None and revision != article.revision:
        raise EditConflict(
            f"somebody changed this article meanwhile (you read version {revision}, it is {article.revision} now): compare, then save again"
        )
    article.revision += 1
    article.state, article.submitted_at, article.submitted_by_id, article.approved_at = "draft", None, None, None
    article.updated_at = now
