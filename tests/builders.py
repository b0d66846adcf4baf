"""Rows that tests start from, with the people of the village."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from articles.models import Article, Text
from station.models import Area, Person


def an_article(
    session: Session, author: Person, area: Area, now: datetime, *, kind: str = "notice", title: str = "停水通知",
    body: str = "明天上午停水，请提前储水。", lang: str = "zh-Hans", approved: bool = False,
) -> Article:  # fmt: skip
    """An article with one text, a draft or already approved."""
    article = Article(
        area_id=area.id, author_id=author.id, kind=kind, title=title, source="paste", created_at=now, updated_at=now,
        state="approved" if approved else "draft", approved_at=now if approved else None,
    )  # fmt: skip
    article.texts.append(Text(lang=lang, title=title, body=body))
    session.add(article)
    session.flush()
    return article
