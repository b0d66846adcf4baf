"""Tables of readings: as offices write them, every bad line named, and nothing that goes out runs as a formula."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests.people import Village
from tts.lexicon import Row
from tts.lexicon_file import BYTES_MAX, BadFile, parse, to_csv
from tts.models import LexiconEntry

TABLE = "词语,拼音,方言,备注\n单家庄,shàn jiā zhuāng,普通话,村名\n单家庄,sin6 gaa1 zong1,yue,\n"
ROWS = [Row("cmn", "单家庄", "shan4 jia1 zhuang1", "村名"), Row("yue", "单家庄", "sin6 gaa1 zong1")]


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("change", [str, lambda t: t.replace("\n", "\r\n"), lambda t: t.replace(",", "\t"), lambda t: t.replace(",", ";")])
def test_a_table_in_every_usual_spelling(coding: str, change: object) -> None:
    found = parse(change(TABLE).encode(coding))  # type: ignore[operator]
    assert (found.rows, found.bad) == (ROWS, [])


def test_headings_may_be_missing_and_columns_may_change_places() -> None:
    assert parse("单家庄,shan4 jia1 zhuang1\n".encode(), "cmn").rows == [Row("cmn", "单家庄", "shan4 jia1 zhuang1")]
    assert parse("Reading,x,Word\nshan4,?,单\n".encode(), "cmn").rows == [Row("cmn", "单", "shan4")]
    assert parse("sep=;\nword;reading\n单;shan4\n".encode(), "cmn").rows == [Row("cmn", "单", "shan4")]


def test_every_bad_line_is_named_with_its_reason() -> None:
    table = "word,reading,dialect\n单,shan4,cmn\n\n单家庄,shan4,cmn\n李,li3,klingon\n,li3,cmn\n王,,cmn\n单,dan1,cmn\n单,shan4,cmn\n\"多\n行\",duo1 hang2,cmn\n"
    found = parse(table.encode())
    assert found.rows == [Row("cmn", "单", "shan4")]
    reasons = {each.line: each.reason for each in found.bad}
    assert set(reasons) == {4, 5, 6, 7, 8, 11}
    for line, part in ((4, "one syllable a character"), (5, "unknown dialect 'klingon'"), (6, "write the word"), (7, "give a reading"), (8, "line 2 (shan4)")):
        assert part in reasons[line]


def test_a_line_without_a_dialect_asks_for_one() -> None:
    assert "names no dialect" in parse("单,shan4\n".encode()).bad[0].reason


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\xff\xfe\x00\xd8", "no text"), (b"PK\x03\x04\0\0", "zero bytes"), (b"a" * (BYTES_MAX + 1), "cut it into parts"),
        (b"\n" * 200_001, "lines"), (b'a,"' + b"x" * 200_000, "not closed"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(BadFile, match=says):
        parse(data, "cmn")


def test_an_empty_file_gives_nothing() -> None:
    assert parse(b"").rows == parse(b"word,reading\n").rows == []


@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
@settings(max_examples=150, deadline=None)
def test_no_file_breaks_the_reader(data: bytes) -> None:
    try:
        found = parse(data, "cmn")
    except BadFile:
        return
    assert all(each.reason and each.line >= 1 for each in found.bad)


@pytest.mark.parametrize("word", ["=字", "+字", "-字", "@字", "＝字"])
def test_what_goes_out_is_no_formula_and_comes_back_the_same(session: Session, village: Village, now: datetime, tmp_path: Path, word: str) -> None:
    entry = LexiconEntry(
        area_id=village.town.id, dialect="cmn", word=word, reading="zi4", note="=HYPERLINK(\"x\"),\"y\"", created_at=now, updated_at=now
    )
    session.add(entry)
    session.flush()
    sent = to_csv([entry])
    assert sent.startswith(b"\xef\xbb\xbf")
    cells = sent.decode("utf-8-sig").splitlines()[1].split(",")
    assert not any(cell.strip('"').startswith(("=", "+", "-", "@", "＝")) for cell in cells)
    (row,) = parse(sent).rows
    assert (row.word, row.note) == (entry.word, entry.note)
