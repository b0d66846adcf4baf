"""Readings as a table on disk: CSV as every office program writes it comes in, every bad line is named, and what goes out cannot run."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tts.dialects import DIALECTS, UnknownDialect, dialect
from tts.engines import EngineError
from tts.lexicon import NOTE_MAX, Row
from tts.models import LexiconEntry
from tts.spelling import LexiconRefused, tidy_reading, tidy_word

BYTES_MAX = 4_000_000
LINES_MAX = 50_000
COLUMNS = ("word", "reading", "dialect", "note")
_NAMES = {
    "word": "word", "text": "word", "name": "word", "词": "word", "词语": "word", "詞": "word", "詞語": "word", "文字": "word", "字": "word",
    "名称": "word", "名稱": "word", "地名": "word", "姓名": "word",
    "reading": "reading", "pinyin": "reading", "jyutping": "reading", "ipa": "reading", "读音": "reading", "讀音": "reading", "拼音": "reading",
    "粤拼": "reading", "粵拼": "reading", "注音": "reading", "读法": "reading", "讀法": "reading",
    "dialect": "dialect", "方言": "dialect", "语言": "dialect", "語言": "dialect",
    "note": "note", "remark": "note", "备注": "note", "備註": "note", "说明": "note", "說明": "note",
}  # fmt: skip
"""What the first line may call a column."""
_RUNS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""A cell that begins so is taken for a formula by office programs."""
_CODINGS = ("utf-8-sig", "gb18030")


class BadFile(ValueError):
    """A file that is no table of readings; the text says what is asked for."""


@dataclass(frozen=True)
class BadLine:
    """A line that is not taken: its number in the file, what stands in it, and why."""

    line: int
    text: str
    reason: str


@dataclass
class Parsed:
    """The good rows of a file, and the bad lines."""

    rows: list[Row] = field(default_factory=list)
    bad: list[BadLine] = field(default_factory=list)


def parse(data: bytes, code: str | None = None) -> Parsed:
    """A table of readings: word, reading, and perhaps dialect and note, with or without a line of headings.

    UTF-8, UTF-16 with its mark, or GB18030; commas, semicolons or tabs. ``code`` is the dialect of lines that name none. Raises BadFile.
    """
    text = _decoded(data)
    found = Parsed()
    seen: dict[tuple[str, str], tuple[int, str]] = {}
    columns: tuple[str, ...] = COLUMNS
    first = True
    for number, cells in _lines(text):
        if not any(cell.strip() for cell in cells):
            continue
        if first:
            first = False
            named = _headings(cells)
            if named is not None:
                columns = named
                continue
        try:
            row = _row(dict(zip(columns, cells, strict=False)), code)
            before = seen.setdefault((row.dialect, row.word), (number, row.reading))
            if before[1] != row.reading:
                raise LexiconRefused(f"“{row.word}” has another reading in line {before[0]} ({before[1]}): keep one of them")
        except (LexiconRefused, UnknownDialect, EngineError) as error:
            found.bad.append(BadLine(number, ", ".join(cells)[:120], str(error)))
        else:
            if before[0] == number:
                found.rows.append(row)
    return found


def _decoded(data: bytes) -> str:
    if len(data) > BYTES_MAX:
        raise BadFile(f"the file has {len(data)} bytes, more than {BYTES_MAX}: cut it into parts")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        codings: tuple[str, ...] = ("utf-16",)
    else:
        codings = _CODINGS
    for coding in codings:
        try:
            text = data.decode(coding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise BadFile("the file is no text in UTF-8 or GB18030: save it as “CSV UTF-8” and send it again")
    if "\0" in text:
        raise BadFile("the file is no CSV (it holds zero bytes): in the office program, save the sheet as “CSV UTF-8”")
    if text.count("\n") + text.count("\r") > 2 * LINES_MAX:
        raise BadFile(f"the file has more than {LINES_MAX} lines: cut it into parts")
    return text


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """(number of the line where the row ends, its cells)."""
    lines = text.splitlines()
    if lines and lines[0].lower().startswith("sep="):  # Excel's own first line
        text = "\n" + text.partition("\n")[2]
    top = "\n".join(lines[:20])
    comma = max(",;\t", key=top.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=comma if top.count(comma) else ",", strict=False)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise BadFile(f"line {reader.line_num} cannot be taken apart ({error}): look for a quotation mark that is not closed") from error


def _headings(cells: list[str]) -> tuple[str, ...] | None:
    """The columns that the first line names, unknown ones as ""; None when it is a row like the others."""
    named = tuple(_NAMES.get(cell.strip().lower(), "") for cell in cells)
    if "word" in named and "reading" in named:
        return named
    return None


def _row(cells: dict[str, str], code: str | None) -> Row:
    word = tidy_word(_plain(cells.get("word", "")))
    spoken = _dialect(_plain(cells.get("dialect", "")), code)
    return Row(spoken, word, tidy_reading(spoken, word, _plain(cells.get("reading", ""))), " ".join(_plain(cells.get("note", "")).split())[:NOTE_MAX])


def _plain(cell: str) -> str:
    """Without the apostrophe that keeps a cell from being a formula."""
    cell = cell.strip()
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_RUNS) else cell


def _dialect(named: str, code: str | None) -> str:
    if not named:
        if code is None:
            raise LexiconRefused("the line names no dialect: add a column “dialect” or choose one for the whole file", "dialect")
        return dialect(code).code
    folded = unicodedata.normalize("NFC", named).casefold()
    for each in DIALECTS.values():
        if folded in (each.code, each.own_name.casefold(), each.english.casefold(), each.chinese):
            return each.code
    return dialect(named).code


def to_csv(entries: Iterable[LexiconEntry]) -> bytes:
    """The entries as CSV in UTF-8 with its mark, so that office programs read it right; no cell begins like a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow((*COLUMNS, "place"))
    for entry in entries:
        writer.writerow([_safe(cell) for cell in (entry.word, entry.reading, entry.dialect, entry.note, entry.area.name)])
    return out.getvalue().encode("utf-8-sig")


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_RUNS) else cell
