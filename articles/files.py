"""A file becomes plain text with a title: txt, md, docx, html; broken, huge and hostile ones are refused in words."""

from __future__ import annotations

import codecs
import io
import logging
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath

import docx
import lxml.html
import trafilatura
from charset_normalizer import from_bytes
from lxml import etree
from markdown_it import MarkdownIt
from markdown_it.token import Token

from articles.errors import BrokenFile, Empty, TooLong, UnknownKind

log = logging.getLogger(__name__)

LARGEST = 8 * 1024 * 1024
# A .docx is a ZIP: what it unpacks to, and how many parts it has, is bounded before anything is unpacked.
UNPACKED_MAX = 64 * 1024 * 1024
PARTS_MAX = 2000


@dataclass(frozen=True)
class Found:
    """What a file holds: a title (may be empty) and plain text, paragraphs separated by newlines."""

    title: str
    body: str


def read_file(name: str, data: bytes) -> Found:
    """The text of a file, by the ending of its name. Raises ArticleError."""
    short = PurePath(name.replace("\\", "/")).name[:200] or "file"
    reader = READERS.get(PurePath(short).suffix.lower())
    if reader is None:
        raise UnknownKind(f"{short}: only {', '.join(READERS)} are read; save it as one of these, or paste the text")
    if len(data) > LARGEST:
        raise TooLong(
            f"{short} has {len(data) // 2**20} MB, more than {LARGEST // 2**20}: take the pictures out, or paste the text"
        )
    if not data.strip():
        raise Empty(f"{short} is empty: choose another file")
    found = reader(short, data)
    if not found.body.strip():
        raise Empty(f"{short} holds no text that could be read: paste the text instead")
    return found


def decode(name: str, data: bytes, declared: str = "") -> str:
    """Text from bytes: a byte order mark counts, then strict UTF-8, then what is declared, then GB18030, then the best guess."""
    for mark, encoding in ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if data.startswith(mark):
            return _strict(name, data, encoding)
    for encoding in ("utf-8", declared, "gb18030"):
        try:
            text = data.decode(encoding or "utf-8")
        except (UnicodeError, LookupError):  # not only UnicodeDecodeError: a page may declare idna or undefined
            continue
        if "\x00" not in text:
            return text
    guess = from_bytes(data[:200_000]).best()
    if guess is None or "\x00" in str(guess):
        raise BrokenFile(f"{name} is not text: save it as UTF-8 text, or paste the text")
    return _strict(name, data, guess.encoding)


def _strict(name: str, data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise BrokenFile(f"{name} is damaged at byte {error.start}: save it again as UTF-8 text") from error


def _plain(name: str, data: bytes) -> Found:
    first, _newline, rest = decode(name, data).strip().partition("\n")
    if not rest.strip() or len(first.strip()) > 100:
        return Found("", f"{first}\n{rest}".strip())
    return Found(first.strip(), rest.strip())


def _markdown(name: str, data: bytes) -> Found:
    title, lines, heading = "", [], False
    for token in MarkdownIt("commonmark").enable("table").parse(decode(name, data)):
        if token.type == "heading_open":
            heading = True
        elif token.type in ("inline", "fence", "code_block"):
            text = _inline(token) if token.type == "inline" else token.content
            if heading and not title:
                title = text
            elif text.strip():
                lines.append(text.strip())
            heading = False
    return Found(title, "\n".join(lines))


def _inline(token: Token) -> str:
    kept: dict[str, Callable[[Token], str]] = {
        "text": lambda each: each.content,
        "code_inline": lambda each: each.content,
        "softbreak": lambda _: "\n",
        "hardbreak": lambda _: "\n",
    }
    return "".join(kept[each.type](each) for each in token.children or [] if each.type in kept)


def _word(name: str, data: bytes) -> Found:
    broken = BrokenFile(f"{name} is not a whole Word file: open it in a word processor, save it as .docx again, or paste the text")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
            if len(parts) > PARTS_MAX or sum(part.file_size for part in parts) > UNPACKED_MAX:
                raise BrokenFile(f"{name} unpacks to more than {UNPACKED_MAX // 2**20} MB: paste the text instead")
        document = docx.Document(io.BytesIO(data))
        lines = [line for block in document.iter_inner_content() for line in _block(block)]
        titled = next(
            (
                each.text
                for each in document.paragraphs
                if each.style is not None and str(each.style.name).lower() in ("title", "heading 1")
            ),
            "",
        )
    except BrokenFile:
        raise
    except Exception as error:  # the border to a foreign reader: a damaged file breaks it in ways nobody can list (zlib, XML, its own)
        log.info("%s cannot be read as a Word file: %s: %s", name, type(error).__name__, error)
        raise broken from error
    lines = [line.strip() for line in lines if line.strip()]
    if not titled and len(lines) > 1 and len(lines[0]) <= 100:
        titled = lines[0]
    return Found(titled.strip(), "\n".join(line for index, line in enumerate(lines) if not (line == titled.strip() and index < 3)))


def _block(block: object) -> list[str]:
    """The lines of a paragraph or a table; a row of a table is one line."""
    rows = getattr(block, "rows", None)
    if rows is None:
        return [str(getattr(block, "text", ""))]
    lines = []
    for row in rows:
        cells: list[str] = []
        for cell in row.cells:  # a merged cell comes several times
            if not cells or cells[-1] != cell.text.strip():
                cells.append(cell.text.strip())
        lines.append("，".join(cell for cell in cells if cell))
    return lines


def _page(name: str, data: bytes) -> Found:
    declared = re.search(rb"<meta[^>]{0,200}charset=[\"']?([A-Za-z0-9_-]+)", data[:4096])
    text = decode(name, data, declared.group(1).decode() if declared else "")
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    try:
        tree = lxml.html.fromstring(text)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError) as error:
        raise BrokenFile(f"{name} is no web page: paste the text instead") from error
    title = " ".join((tree.findtext(".//h1") or tree.findtext(".//title") or "").split())
    main = trafilatura.extract(text, include_comments=False, include_tables=True, favor_recall=True) or ""
    for unread in tree.xpath("//script|//style|//noscript|//template|//head|//svg"):
        unread.drop_tree() if unread.getparent() is not None else None
    whole = "\n".join(line for line in (" ".join(each.split()) for each in tree.itertext()) if line)
    # a short notice or a table is what the extractor takes for decoration
    body = main if len(main) * 4 > len(whole) or len(main) > 400 else whole
    lines = [line for line in body.splitlines() if line.strip() and line.strip() != title]
    return Found(title, "\n".join(lines))


READERS: dict[str, Callable[[str, bytes], Found]] = {
    ".txt": _plain, ".md": _markdown, ".markdown": _markdown, ".docx": _word, ".html": _page, ".htm": _page,
}  # fmt: skip
