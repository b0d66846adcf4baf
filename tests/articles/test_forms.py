"""A template filled in is a notice: sentences without their field are left out, and nothing is announced after it is over."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from articles.errors import Refused
from articles.forms import FORMS, LANGS, day_in_words, fill

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def values(key: str, names: tuple[str, ...] | None = None) -> dict[str, str]:
    kinds = dict(FORMS[key].fields)
    filled = {"date": "2026-11-26", "time": "08:00", "text": "甲"}
    return {name: "12:00" if name == "until" else filled[kinds[name]] for name in (names or tuple(kinds))}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("key", FORMS)
def test_every_template_reads_as_sentences_with_all_fields_and_with_the_needed_ones_alone(key: str, lang: str) -> None:
    for given in (values(key), values(key, FORMS[key].needed)):
        made = fill(key, given, lang, NOW)
        assert made.title and made.body.endswith(("。", "."))
        assert not set("{}") & set(made.body) and "，，" not in made.body and "  " not in made.body and " ." not in made.body
        assert made.ends > NOW and made.repeats >= 1
        assert {name for name in FORMS[key].needed if FORMS[key].fields and name not in {each for each, _ in FORMS[key].fields}} == set()


def test_every_field_of_a_template_is_said_somewhere_in_both_languages() -> None:
    for form in FORMS.values():
        for lang in LANGS:
            said = "".join(form.says[lang][1])
            assert all(f"{{{name}}}" in said for name, _ in form.fields), (form.key, lang)


def test_a_water_cut_is_announced_until_the_water_is_back() -> None:
    made = fill("water", {"day": "2026-11-26", "since": "08:00", "until": "12:30", "place": "上坪村"}, "zh-Hans", NOW)
    assert made.body == "各位村民请注意。11月26日星期四08:00至12:30，上坪村暂停供水。请提前储水，关好水龙头。"
    assert made.ends == datetime(2026, 11, 26, 12, 30, tzinfo=NOW.tzinfo) and made.later == ("07:00", "18:00")


def test_the_day_is_never_called_tomorrow() -> None:
    assert day_in_words(date(2026, 11, 25), "zh-Hans") == "11月25日星期三" and day_in_words(date(2026, 11, 25), "en") == "Wednesday 25 November"


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"day": ""}, "day"), ({"day": "26.11."}, "day"), ({"since": "8 Uhr"}, "since"), ({"until": "07:00"}, "until"), ({"place": "长" * 201}, "place"), ({"day": "2036-01-01"}, "day")],
)
def test_a_refusal_names_the_field(changed: dict[str, str], field: str) -> None:
    with pytest.raises(Refused) as error:
        fill("water", {**values("water"), **changed}, "zh-Hans", NOW)
    assert error.value.field == field


def test_unknown_templates_and_languages_are_refused() -> None:
    for key, lang in (("flood", "zh-Hans"), ("water", "bo")):
        with pytest.raises(Refused):
            fill(key, values("water"), lang, NOW)
