"""The desk's work: who does it until when, remarks, what changed, the end, another audience, letters, what comes only once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from articles import adapt, collect, desk, links, review
from articles.errors import Conflict, Empty, NotNow, Refused, TooLong, UnknownKind
from articles.models import Article
from station.database import Database
from station.people import NotAllowed
from tests.builders import an_article
from tests.people import Village

pytestmark = pytest.mark.both_databases


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_comparison_holds_both_texts_whole(before: str, after: str) -> None:
    changes = desk.compare(before, after)
    assert "".join(each.text for each in changes if each.what != "new") == before
    assert "".join(each.text for each in changes if each.what != "gone") == after


def test_only_what_changed_is_marked() -> None:
    changes = desk.compare("明天上午八点停水。", "明天下午两点停水。")
    assert [(each.what, each.text) for each in changes] == [
        ("same", "明天"), ("gone", "上"), ("new", "下"), ("same", "午"), ("gone", "八"), ("new", "两"), ("same", "点停水。"),
    ]  # fmt: skip
    assert [each.text for each in desk.compare("water is off", "water was off") if each.what != "same"] == ["is", "was"]


def test_every_version_is_kept_with_who_wrote_it(session: Session, village: Village, now: datetime) -> None:
    made = collect.collect_paste(session, village.operator, village.village_a, kind="notice", title="停水", body="明天停水。", now=now)
    collect.edit(session, village.reviewer, made, lang="zh-Hans", title="停水", body="后天停水。", now=now, revision=1)
    found = collect.versions(session, made, "zh-Hans")
    assert [(each.revision, each.body, each.person_id) for each in found] == [(1, "明天停水。", village.operator.id), (2, "后天停水。", village.reviewer.id)]
    with pytest.raises(Conflict):
        collect.edit(session, village.operator, made, lang="zh-Hans", title="停水", body="大后天停水。", now=now, revision=1)
    assert len(collect.versions(session, made, "zh-Hans")) == 2 and made.texts[0].body == "后天停水。"


def test_what_was_written_before_versions_were_kept_is_not_lost(session: Session, village: Village, now: datetime) -> None:
    made = an_article(session, village.operator, village.village_a, now, body="旧的。")
    collect.edit(session, village.operator, made, lang="zh-Hans", title="停水", body="新的。", now=now + timedelta(hours=1))
    assert [(each.revision, each.body) for each in collect.versions(session, made, "zh-Hans")] == [(1, "旧的。"), (2, "新的。")]


def test_who_looks_after_it_sees_it_with_the_nearest_deadline_first(session: Session, village: Village, now: datetime) -> None:
    later, sooner, undated = (an_article(session, village.operator, village.village_a, now, title=title) for title in ("later", "sooner", "undated"))
    for made, due in ((undated, None), (later, now + timedelta(days=2)), (sooner, now + timedelta(days=1))):
        desk.assign(session, village.operator, made, village.reviewer, due, now)
    assert [each.title for each in desk.to_do(session, village.reviewer)] == ["sooner", "later", "undated"]
    review.withdraw(session, sooner, village.operator, now)
    assert [each.title for each in desk.to_do(session, village.reviewer)] == ["later", "undated"]
    with pytest.raises(Refused, match="no role"):
        desk.assign(session, village.operator, later, village.stranger, None, now)
    with pytest.raises(Refused, match="deadline"):
        desk.assign(session, village.operator, later, None, now - timedelta(days=1), now)
    with pytest.raises(NotAllowed):
        desk.assign(session, village.stranger, later, None, None, now)
    assert {each.login for each in desk.candidates(session, later)} == {"lan", "shen", "qian", "guan"}


def test_remarks_are_short_and_say_something(session: Session, village: Village, now: datetime) -> None:
    made = an_article(session, village.operator, village.village_a, now)
    desk.remark(session, village.reviewer, made, " 时间对吗？ ", now)
    assert [(each.person.name, each.body) for each in desk.remarks(session, made)] == [("沈审", "时间对吗？")]
    for body, error in (("\u202e ", Empty), ("x" * 1001, TooLong)):
        with pytest.raises(error):
            desk.remark(session, village.reviewer, made, body, now)


def test_after_its_end_it_is_heard_no_more(db: Database, now: datetime) -> None:
    from tests.people import settle

    with db.session() as session:
        village = settle(session, now)
        made = an_article(session, village.operator, village.village_a, now, approved=True)
        other = an_article(session, village.operator, village.village_a, now, approved=True)
        desk.ends(session, village.operator, made, now + timedelta(hours=1), now)
        with pytest.raises(Refused):
            desk.ends(session, village.operator, other, now, now)
        number, kept = made.id, other.id
    assert not desk.expire_one(db, now + timedelta(minutes=59))
    assert desk.expire_one(db, now + timedelta(hours=1)) and not desk.expire_one(db, now + timedelta(hours=1))
    with db.reading() as session:
        assert (session.get_one(Article, number).state, session.get_one(Article, kept).state) == ("withdrawn", "approved")


def test_for_another_place_it_is_a_draft_of_its_own(session: Session, village: Village, now: datetime) -> None:
    made = an_article(session, village.operator, village.village_a, now, approved=True)
    copy = desk.adapt_for(session, village.operator, made, village.village_b, "elderly", now)
    assert (copy.state, copy.area_id, copy.audience, copy.adapted_from_id, copy.texts[0].body) == ("draft", village.village_b.id, "elderly", made.id, made.texts[0].body)
    assert [each.id for each in desk.adapted(session, made)] == [copy.id] and made.state == "approved"
    with pytest.raises(NotAllowed):
        desk.adapt_for(session, village.operator, made, village.other_county, "", now)
    with pytest.raises(UnknownKind):
        desk.adapt_for(session, village.operator, made, village.village_b, "martians", now)


def test_a_letter_lands_as_a_draft_that_says_where_it_is_from(session: Session, village: Village, now: datetime) -> None:
    link, token = links.make(session, village.operator, village.village_a, "上坪村村民", 7, now)
    assert token not in link.token_hash and links.find(session, "x" + token, now) is None
    found = links.find(session, token, now)
    assert found is link
    made = links.contribute(session, link, sender="王五 139", title="", body="桥头的路灯坏了。", now=now)
    assert (made.state, made.source, made.source_name, made.author_id) == ("draft", "link", "王五 139 · 上坪村村民", None)
    for field, words in (("sender", {"sender": " ", "body": "x"}), ("body", {"sender": "a", "body": "x" * 5001})):
        with pytest.raises(Refused) as refused:
            links.contribute(session, link, title="", now=now, **words)
        assert refused.value.field == field
    assert links.find(session, token, now + timedelta(days=7)) is None
    with pytest.raises(NotAllowed):
        links.close(session, village.stranger, link, now)
    links.close(session, village.operator, link, now)
    assert links.find(session, token, now) is None


def test_a_desk_takes_only_so_many_letters_a_day(session: Session, village: Village, now: datetime) -> None:
    link, _token = links.make(session, village.operator, village.village_a, "x", 7, now)
    for number in range(links.DAILY):
        links.contribute(session, link, sender="a", title="", body=f"来信{number}。", now=now)
    with pytest.raises(NotNow, match="tomorrow"):
        links.contribute(session, link, sender="a", title="", body="又一封。", now=now)
    assert links.contribute(session, link, sender="a", title="", body="又一封。", now=now + timedelta(days=1, seconds=1))


@pytest.mark.parametrize(("written", "spoken"), [
    ("我们今天没有停水，但是明天下午会停水。", "我哋今日冇停水，但係聽日下晝會停水。"), ("目的是找到他的孩子", "目的係搵到佢嘅細路"), ("{单|shan4}家庄的路", "{单|shan4}家莊嘅路"),
])  # fmt: skip
def test_spoken_cantonese_is_suggested_word_by_word(written: str, spoken: str) -> None:
    found = adapt.suggest("通知", written, "yue")
    assert found.lang == "zh-Hant" and found.body == spoken.replace("单", "單" if "單" in found.body else "单")
    for swap in found.swaps:
        assert found.body[swap.at : swap.at + len(swap.after)] == swap.after and swap.before != swap.after


def test_the_script_alone_is_converted_for_the_other_writing() -> None:
    assert adapt.suggest("通知", "请注意，的。", "zh-Hant").body == "請注意，的。" and adapt.suggest("通知", "請注意", "zh-Hans").body == "请注意"
    with pytest.raises(UnknownKind):
        adapt.suggest("a", "b", "tlh")
