"""REST for readings: list, add, remove, tables in and out; a bad line is named and the next county changes nothing."""

from __future__ import annotations

import io
from typing import Any

import pytest

from tests.admin.conftest import Pages
from tests.builders import an_article


def entry(pages: Pages, **changes: Any) -> dict[str, Any]:
    return {"area_id": pages.village.county.id, "dialect": "cmn", "word": "单家庄", "reading": "shàn jiā zhuāng", **changes}


def table(pages: Pages, text: str, **changes: str) -> dict[str, Any]:
    return {"area_id": str(pages.village.county.id), "dialect": "cmn", "file": (io.BytesIO(text.encode()), "村名.csv"), **changes}


def test_a_reading_is_added_replaced_listed_and_removed(pages: Pages) -> None:
    call = pages.machine(pages.village.operator)
    made = call("POST", "/api/lexicon", json=entry(pages))
    assert made.status_code == 201 and made.json and made.json["reading"] == "shan4 jia1 zhuang1"
    again = call("POST", "/api/lexicon", json=entry(pages, reading="shan4 jia5 zhuang5"))
    assert again.json and again.json["id"] == made.json["id"]
    listed = call("GET", "/api/lexicon?dialect=cmn&word=家").json
    assert listed and [each["reading"] for each in listed["entries"]] == ["shan4 jia5 zhuang5"]
    assert call("GET", "/api/lexicon?dialect=yue").json == {"entries": []}
    number = made.json["id"]
    assert call("DELETE", f"/api/lexicon/{number}").json["word"] == "单家庄"  # type: ignore[index]
    assert call("DELETE", f"/api/lexicon/{number}").status_code == 404


def test_a_reading_for_one_text(pages: Pages) -> None:
    call, village = pages.machine(pages.village.operator), pages.village
    with pages.db.session() as session:
        number = an_article(session, village.operator, village.village_a, pages.now).id
    made = call("POST", "/api/lexicon", json=entry(pages, area_id=village.village_a.id, article_id=number))
    assert made.status_code == 201 and made.json and made.json["article_id"] == number
    assert call("POST", "/api/lexicon", json=entry(pages, article_id=number)).status_code == 422
    assert call("GET", "/api/lexicon").json == {"entries": []}


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"reading": "shan9"}, "reading"), ({"word": "{x}"}, "word"), ({"dialect": "wuu"}, "dialect"), ({"word": "字" * 41}, "word"), ({"area_id": 0}, "area_id")],
)
def test_the_field_at_fault_is_named(pages: Pages, changes: dict[str, Any], field: str) -> None:
    answer = pages.machine(pages.village.operator)("POST", "/api/lexicon", json=entry(pages, **changes))
    assert answer.status_code == 422 and answer.json and field in answer.json["detail"]["json"], answer.text


def test_tables_go_in_and_out(pages: Pages) -> None:
    call = pages.machine(pages.village.operator)
    refused = call("POST", "/api/lexicon/import", data=table(pages, "单,shan4\n家庄,jia1\n"))
    assert refused.status_code == 422 and refused.json and refused.json["detail"]["form"]["file"][0].startswith("2: ")
    taken = call("POST", "/api/lexicon/import", data=table(pages, "单,shan4\n家庄,jia1\n", mode="good"))
    assert taken.status_code == 200 and taken.json and (taken.json["added"], [each["line"] for each in taken.json["bad"]]) == (1, [2])
    sent = call("GET", "/api/lexicon/export?dialect=cmn")
    assert sent.mimetype == "text/csv" and "单,shan4,cmn" in sent.get_data(as_text=True)
    assert call("POST", "/api/lexicon/import", data=table(pages, "PK\0")).status_code == 422
    assert call("POST", "/api/lexicon/import", data={"area_id": "1"}).status_code == 422


def test_the_next_county_changes_nothing_here(pages: Pages) -> None:
    made = pages.machine(pages.village.operator)("POST", "/api/lexicon", json=entry(pages)).json
    call = pages.machine(pages.village.stranger)
    assert made and call("DELETE", f"/api/lexicon/{made['id']}").status_code == 404
    assert call("POST", "/api/lexicon", json=entry(pages)).status_code == 404
    assert call("POST", "/api/lexicon/import", data=table(pages, "单,shan4\n")).status_code == 404
    assert call("GET", "/api/lexicon").json == {"entries": []} and "单家庄" not in call("GET", "/api/lexicon/export").get_data(as_text=True)
