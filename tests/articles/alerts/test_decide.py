"""What becomes of a warning."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.alerts.decide import ACTIONS, Known, decide
from articles.alerts.model import Alert, Info, Reference, Region, Signed
from articles.alerts.places import Map
from articles.alerts.trust import Trust
from tests.articles.alerts.builders import NOON, PLACES, SPEAKERS, SQUARE, actions, alerts, area, cap, decided, info, ref

LATER = "2026-11-24T11:55:00+08:00"


def test_a_real_public_warning_in_force_for_one_of_our_places_plays_there_and_nowhere_else() -> None:
    (found,) = decided(cap(info()))
    assert (found.action, found.level, found.areas) == ("play", "orange", ("a",))
    assert found.key == "weather@example.org,A1,2026-11-24T11:50:00+08:00"
    assert found.starts == datetime(2026, 11, 24, 3, 50, tzinfo=UTC) and found.ends == datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    assert found.languages["zh-Hans"].text == "请沿河住户立即到高处去。" and found.languages["zh-Hans"].dialects == ("cmn", "yue", "hak")


@pytest.mark.parametrize(("text", "action", "why"), (
    (cap(info(), status="Exercise"), "drill", "Exercise"),
    (cap(info(), status="Test"), "drill", "Test"),
    (cap(info(), status="Draft"), "ignore", "not for the public"),
    (cap(info(), status="System"), "ignore", "not for the public"),
    (cap(info(), status="Actually"), "inbox", "status"),
    (cap(info(), status=""), "inbox", "no status"),
    (cap(info(), kind="Ack"), "ignore", "machines"),
    (cap(info(), kind="Shout"), "inbox", "msgType"),
    (cap(info(), scope="Restricted"), "inbox", "scope"),
    (cap(info(), scope="Private"), "inbox", "scope"),
    (cap(info(), scope=""), "inbox", "no scope"),
    (cap(info(), scope="", space='xmlns="http://www.incident.com/cap/1.0"'), "play", "orange"),
    (cap(), "inbox", "nothing to say"),
    (cap(info(headline="", text="", event="")), "inbox", "nothing to say"),
    (cap(info(severity="Unknown")), "inbox", "grave"),
    (cap(info(certainty="Unlikely")), "inbox", "unlikely"),
    (cap(info(expires="2026-11-24T11:59:59+08:00")), "ignore", "expired"),
    (cap(info(expires="2026-11-24T12:00:00+08:00")), "ignore", "expired"),
    (cap(info(expires="2026-11-24T12:00:01+08:00")), "play", "in force"),
    (cap(info(expires="")), "play", "in force"),
    (cap(info(expires=""), sent="2026-11-23T11:00:00+08:00"), "ignore", "older"),
    (cap(info(expires="soon")), "inbox", "expires"),
    (cap(info(onset="2026-11-24T18:00:00+08:00")), "play", "begins at 2026-11-24T18:00"),
    (cap(info(urgency="Past")), "all_clear", "Past"),
    (cap(info(response="AllClear", urgency="Expected")), "all_clear", "AllClear"),
    (cap(info(), sent="2026-11-24T12:30:00+08:00"), "inbox", "still to come"),
    (cap(info(), name=""), "inbox", "identifier is missing"),
    (cap(info(), sender=""), "inbox", "sender is missing"),
    (cap(info(where="")), "inbox", "names no area"),
    (cap(info(where=area(desc="上坪村"))), "inbox", "neither a code nor an outline"),
    (cap(info(where=area(code="330109000000"))), "play", "in force"),
    (cap(info(where=area(code="440100000000"))), "ignore", "none of our places"),
    (cap(info(where=area(code="330102001209"))), "inbox", "in a part of county, town"),
    (cap(info(where=area(code="006037", scheme="SAME"))), "inbox", "kind that none"),
    (cap(info(where=area(polygon=SQUARE))), "play", "in force"),
    (cap(info(where=area(polygon="0,0 0,1 1,1"))), "ignore", "none of our places"),
    (cap(info(where=area(polygon="30,120 x"))), "inbox", "broken"),
    (cap(info(where=area(circle="30.5,120.5 5"))), "play", "in force"),
    (cap(info(where=area(circle="30.5,120.5 -5"))), "inbox", "broken"),
    (cap(kind="Cancel", refs=ref()), "cancel", "A1"),
    (cap(kind="Cancel"), "inbox", "names no message"),
    (cap(info(lang="fr", text="Montez sur les hauteurs.", headline="Crue")), "inbox", "nobody here can speak fr"),
))  # fmt: skip
def test_each_case_has_its_action_and_its_reason(text: str, action: str, why: str) -> None:
    (found,) = decided(text)
    assert (found.action, why in found.why) == (action, True), found.why


@pytest.mark.parametrize(("code", "ids"), (
    ("330102000000", ("county", "town", "a", "b")), ("330102", ("county", "town", "a", "b")), ("330000000000", ("county", "town", "a", "b", "far")),
    ("330102001000", ("town", "a", "b")), ("330102001", ("town", "a", "b")), ("330102001202", ("b",)), ("33010200120200", ("b",)),
    ("330102001201,330109000000", ("a", "far")),
))  # fmt: skip
def test_a_code_means_its_whole_branch_and_nothing_beside_it(code: str, ids: tuple[str, ...]) -> None:
    (found,) = decided(cap(info(where=area(code=code))))
    assert set(found.areas) == set(ids)


def test_polygons_circles_and_codes_are_united() -> None:
    (found,) = decided(cap(info(where=area(code="330102001202") + area(polygon=SQUARE) + area(circle="29,120.5 1"))))
    assert set(found.areas) == {"a", "b", "far"}


def test_a_broken_polygon_beside_a_code_of_ours_does_not_hold_the_warning_up() -> None:
    (found,) = decided(cap(info(where=area(code="330102001201", polygon="30,120"))))
    assert (found.action, found.areas) == ("play", ("a",))


@pytest.mark.parametrize(("severity", "more", "headline", "level"), (
    ("Extreme", "", "", "red"), ("Severe", "", "", "orange"), ("Moderate", "", "", "yellow"), ("Minor", "", "", "blue"), ("Red", "", "", "red"),
    ("Moderate", "", "气象台发布暴雨红色预警信号", "red"), ("Unknown", "", "发布台风蓝色预警", "blue"), ("Unknown", "", "红色旅游公路封闭，发布大雾黄色预警", "yellow"),
    ("Moderate", "<parameter><valueName>awareness_level</valueName><value>3; orange; Severe</value></parameter>", "", "orange"),
    ("Unknown", "<parameter><valueName>note</valueName><value>red</value></parameter>", "", None), ("Minor", "", "AMBER ALERT", "blue"),
))  # fmt: skip
def test_the_level_is_the_colour_that_is_told_else_from_the_table(severity: str, more: str, headline: str, level: str | None) -> None:
    (found,) = decided(cap(info(severity=severity, more=more, headline=headline or "水情")))
    assert found.level == level


def test_each_language_reaches_its_places_and_the_words_of_two_areas_do_not_mix() -> None:
    text = cap(
        info(text="上坪村停电。", where=area(code="330102001201")), info(lang="en", headline="Power", text="Power is cut in A.", where=area(code="330102001201")),
        info(text="下涌村停水。", where=area(code="330102001202"), severity="Minor"),
    )  # fmt: skip
    (found,) = decided(text)
    assert found.level == "orange" and set(found.areas) == {"a", "b"}
    told = {part.areas: (part.level, {lang: words.text for lang, words in part.languages.items()}) for part in found.parts}
    assert told == {("a",): ("orange", {"zh-Hans": "上坪村停电。", "en": "Power is cut in A."}), ("b",): ("blue", {"zh-Hans": "下涌村停水。"})}


@pytest.mark.parametrize(("declared", "text", "lang"), (
    ("en-US", "请沿河住户立即到高处去。", "zh-Hans"), ("", "请沿河住户立即到高处去。", "zh-Hans"), ("zh-TW", "請沿河住戶立即到高處去。", "zh-Hant"),
    ("", "Go up the hill.", "en"), ("bo-CN", "ཆུ་ལོག་ཡོང་གི་འདུག", "bo"), ("ug", "كەلكۈن كېلىدۇ", "ug"), ("zh", "Go up the hill at once, the river rises.", "zh-Hans"),
))  # fmt: skip
def test_the_language_is_the_declared_one_unless_the_letters_say_otherwise(declared: str, text: str, lang: str) -> None:
    (found,) = decided(cap(info(lang=declared, headline=text, text=text)))
    assert list(found.languages) == [lang] or (declared == "zh" and list(found.languages) == ["zh-Hans"])


def test_twice_is_once_and_the_zone_a_moment_is_written_in_does_not_matter() -> None:
    again = cap(info(), sent="2026-11-24T03:50:00Z")
    assert actions(cap(info()), cap(info())) == ["play", "ignore"] and actions(cap(info()), again) == ["play", "ignore"]
    first = decided(cap(info()))[0]
    assert decided(again, known=[Known(first.alert.identity, "play")])[0].why == "it was received before"


STORY = {
    "alert": cap(info()), "update": cap(info(severity="Extreme"), name="A2", kind="Update", sent=LATER, refs=ref()),
    "cancel": cap(name="A3", kind="Cancel", sent="2026-11-24T11:58:00+08:00", refs=ref("A2", sent="2026-11-24T03:55:00Z")),
}  # fmt: skip


@pytest.mark.parametrize(("names", "wanted"), (
    (("alert",), ["play"]), (("alert", "update"), ["ignore", "play"]), (("update", "cancel"), ["ignore", "cancel"]),
    (("alert", "update", "cancel"), ["ignore", "ignore", "cancel"]), (("alert", "cancel"), ["play", "cancel"]),
))  # fmt: skip
def test_updates_and_cancels_act_in_whichever_order_they_come(names: tuple[str, ...], wanted: list[str]) -> None:
    outcome = dict(zip(names, wanted, strict=True))
    for order in permutations(names):
        assert actions(*(STORY[name] for name in order)) == [outcome[name] for name in order]
        known: list[Known] = []
        last: dict[str, str] = {}
        for name in order:  # one by one, as a feed brings them
            (found,) = decided(STORY[name], known=known)
            known.append(Known(found.alert.identity, found.action, found.drill, found.stops))
            last[name] = found.action
            ended = {other.identifier for each in known for other in each.stops}
            last |= {each: "ignore" for each, number in (("alert", "A1"), ("update", "A2")) if each in last and number in ended}
        assert last == outcome


def test_an_all_clear_ends_what_it_names_and_never_sounds_like_a_warning() -> None:
    clear = cap(info(response="AllClear", urgency="Past"), name="A2", kind="Update", sent=LATER, refs=ref())
    found = decided(cap(info()), clear)
    assert [each.action for each in found] == ["ignore", "all_clear"] and "all-clear" in found[0].why
    assert found[1].stops == (Reference("weather@example.org", "A1", datetime(2026, 11, 24, 11, 50, tzinfo=alerts(clear)[0].references[0].sent.tzinfo)),)  # type: ignore[union-attr]


def test_an_update_that_is_over_for_one_place_still_warns_the_other() -> None:
    (found,) = decided(cap(info(urgency="Past", where=area(code="330102001201")), info(where=area(code="330102001202"))))
    assert (found.action, found.areas) == ("play", ("b",))


def test_a_drill_never_ends_a_real_warning_nor_a_real_message_a_drill() -> None:
    assert actions(cap(info()), cap(name="T", kind="Cancel", status="Test", sent=LATER, refs=ref())) == ["play", "cancel"]
    assert actions(cap(info(), status="Test"), cap(name="T", kind="Cancel", sent=LATER, refs=ref())) == ["drill", "cancel"]
    assert actions(cap(info(), status="Test"), cap(name="T", kind="Cancel", status="Test", sent=LATER, refs=ref())) == ["ignore", "cancel"]


def test_what_is_unclear_or_not_trusted_ends_nothing() -> None:
    for doubtful in (cap(info(where=""), name="A2", kind="Update", sent=LATER, refs=ref()), cap(name="A2", kind="Cancel", sender="", sent=LATER, refs=ref())):
        assert actions(cap(info()), doubtful) == ["play", "inbox"]
    stranger = cap(name="A2", kind="Cancel", sender="stranger@example.net", sent=LATER, refs=ref())
    assert [each.action for each in decided(cap(info()), stranger, trust=Trust(senders=("weather@example.org",)))] == ["play", "inbox"]


def test_an_older_message_ends_no_younger_one_and_two_that_name_each_other_do_not_both_vanish() -> None:
    before = cap(info(), name="A0", kind="Update", sent="2026-11-24T11:00:00+08:00", refs=ref())
    assert actions(cap(info()), before) == ["play", "play"]
    one, two = cap(info(), kind="Update", refs=ref("A2")), cap(info(), name="A2", kind="Update", refs=ref("A1"))
    assert actions(one, two) == ["play", "play"]


@pytest.mark.parametrize(("trust", "signed", "action"), (
    (Trust(), "none", "play"), (Trust(), "unknown", "play"), (Trust(), "broken", "inbox"), (Trust(), "weak", "play"),
    (Trust(signature="required"), "none", "inbox"), (Trust(signature="required"), "unknown", "inbox"), (Trust(signature="required"), "weak", "inbox"),
    (Trust(signature="required"), "unchecked", "inbox"), (Trust(signature="required"), "broken", "inbox"), (Trust(signature="required"), "known", "play"),
    (Trust(signature="ignore"), "broken", "play"),
))  # fmt: skip
def test_the_signature_counts_as_the_source_is_trusted(trust: Trust, signed: str, action: str) -> None:
    from dataclasses import replace

    (alert,) = alerts(cap(info()))
    (found,) = decide([replace(alert, signed=Signed(signed))], now=NOON, trust=trust, places=Map(PLACES), speakers=SPEAKERS)
    assert found.action == action


@pytest.mark.parametrize(("trust", "severity", "action"), (
    (Trust(highest="yellow"), "Extreme", "inbox"), (Trust(highest="yellow"), "Moderate", "play"), (Trust(lowest="red"), "Extreme", "play"),
    (Trust(lowest="red"), "Severe", "inbox"), (Trust(highest=""), "Extreme", "inbox"), (Trust(max_age_s=60), "Severe", "inbox"),
    (Trust(max_age_s=600), "Severe", "play"), (Trust(rate=0), "Extreme", "inbox"),
    (Trust(table=(("Minor", "Immediate", "*", "red"), ("*", "*", "*", "blue"))), "Minor", "play"),
))  # fmt: skip
def test_what_plays_by_itself_is_the_matter_of_the_trust(trust: Trust, severity: str, action: str) -> None:
    assert decided(cap(info(severity=severity)), trust=trust)[0].action == action


def test_a_flood_of_warnings_is_for_a_person() -> None:
    many = [cap(info(), name=f"N{n}") for n in range(5)]
    assert [each.action for each in decided(*many, trust=Trust(rate=3))] == ["play"] * 3 + ["inbox"] * 2
    heard = [Known((f"K{n}", "x", None), "play", played=NOON - timedelta(minutes=30 + 40 * n)) for n in range(2)]
    assert [each.action for each in decided(*many, trust=Trust(rate=3), known=heard)] == ["play"] * 2 + ["inbox"] * 3


def test_midnight_and_the_last_day_of_the_year_are_ordinary_moments() -> None:
    text = cap(info(expires="2027-01-01T24:00:00+08:00"), sent="2026-12-31T23:59:60+08:00")
    (found,) = decided(text, now=datetime(2027, 1, 1, 15, 59, 59, tzinfo=UTC))
    assert found.action == "play" and found.ends == datetime(2027, 1, 1, 16, 0, tzinfo=UTC)
    assert decided(text, now=datetime(2027, 1, 1, 16, 0, tzinfo=UTC))[0].action == "ignore"


def test_without_a_map_of_ours_an_area_with_a_code_is_taken_for_ours_and_a_bare_name_is_not() -> None:
    assert decided(cap(info(where=area(desc="X", code="1"))), places=None)[0].areas == ("X",)
    assert decided(cap(info(where=area(desc="X"))), places=None)[0].action == "inbox"
    both = cap(info(where=area(desc="河边", code="1")), info(lang="en", text="Go up.", headline="Flood", where=area(desc="The river", code="1")))
    (found,) = decided(both, places=None)
    assert found.areas == ("河边",) and len(found.parts) == 1 and set(found.languages) == {"zh-Hans", "en"}


MOMENTS = st.sampled_from([None, *(NOON + timedelta(minutes=each) for each in (-3000, -90, -10, 0, 10, 700))])
INFOS = st.builds(
    Info, language=st.sampled_from(["zh-CN", "en", "", "x"]), event=st.sampled_from(["", "雨"]), responses=st.sampled_from([(), ("AllClear",), ("Shelter",)]),
    urgency=st.sampled_from(["Immediate", "Past", "", "now"]), severity=st.sampled_from(["Extreme", "Minor", "Unknown", ""]),
    certainty=st.sampled_from(["Likely", "Unlikely", ""]), onset=MOMENTS, effective=MOMENTS, expires=MOMENTS,
    regions=st.sampled_from([(), (Region("a", geocodes=(("code", "330102001201"),)),), (Region("far off", geocodes=(("code", "990000000000"),)),), (Region("?"),)]),
)  # fmt: skip
ALERTS = st.builds(
    Alert, form=st.just("CAP 1.2"), identifier=st.sampled_from(["", "A", "B", "C"]), sender=st.sampled_from(["", "s", "t"]), sent=MOMENTS,
    status=st.sampled_from(["Actual", "Test", "Draft", "?"]), msg_type=st.sampled_from(["Alert", "Update", "Cancel", "Ack", "?"]),
    scope=st.sampled_from(["Public", "Private", ""]), whole=st.booleans(), infos=st.lists(INFOS, max_size=2).map(tuple),
    references=st.lists(st.builds(Reference, st.sampled_from(["", "s"]), st.sampled_from(["A", "B", "C"]), MOMENTS), max_size=2).map(tuple),
    doubts=st.sampled_from([(), ("sent is missing",)]), signed=st.sampled_from([Signed(), Signed("broken", "x"), Signed("known")]),
)  # fmt: skip
TRUSTS = st.builds(Trust, senders=st.sampled_from([(), ("s",)]), signature=st.sampled_from(["ignore", "if_present", "required"]), highest=st.sampled_from(["red", "blue", ""]))


@settings(max_examples=300, deadline=None)
@given(st.lists(ALERTS, max_size=5), TRUSTS)
def test_nothing_plays_that_must_not_whatever_comes(given_alerts: list[Alert], trust: Trust) -> None:
    found = decide(given_alerts, now=NOON, trust=trust, places=Map(PLACES), speakers=SPEAKERS)
    assert [each.alert for each in found] == given_alerts
    for each in found:
        alert = each.alert
        assert each.action in ACTIONS and each.why
        if each.action in ("play", "drill"):
            assert alert.scope == "Public" and alert.whole and not alert.doubts and each.level and each.areas == ("a",)
            assert (each.ends is not None and each.ends > NOON and not trust.senders) or alert.sender in trust.senders
            assert any(words.dialects for words in each.languages.values())
            assert trust.signature != "required" or alert.signed.state == "known"
            assert trust.signature == "ignore" or alert.signed.state != "broken"
        if each.action == "play":
            assert alert.status == "Actual" and alert.msg_type in ("Alert", "Update") and trust.plays(each.level or "")
        if each.action == "drill":
            assert alert.status == "Test"
        if each.action in ("cancel", "all_clear"):
            assert not alert.doubts and alert.msg_type != "Ack"
        if each.action == "inbox":
            assert each.stops == ()


@settings(max_examples=200, deadline=None)
@given(st.lists(ALERTS, max_size=4, unique_by=lambda each: each.identity), st.randoms())
def test_the_order_in_which_different_messages_come_changes_nothing(given_alerts: list[Alert], chance: object) -> None:
    def outcome(some: list[Alert]) -> dict[object, str]:
        return {each.alert: each.action for each in decide(some, now=NOON, trust=Trust(rate=100), places=Map(PLACES), speakers=SPEAKERS)}

    mixed = list(given_alerts)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert outcome(given_alerts) == outcome(mixed)
