"""Files are read: txt, markdown, docx and html become a title and plain text."""

from __future__ import annotations

import codecs
import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

import docx
import lxml.html
import trafilatura
from charset_normalizer import from_bytes
from docx.opc.exceptions import OpcError
from lxml import etree
from markdown_it import MarkdownIt
from markdown_it.token import Token

from articles.errors import BrokenFile, Empty, NotText, TooLong, UnknownKind

MAX_BYTES = 8 * 1024 * 1024
MAX_UNPACKED = 40 * 1024 * 1024  # of a docx: pictures are not read, but a bomb would be
MAX_ENTRIES = 2000
MAX_LINE_TITLE = 60  # a longer first line is no title but the text itself; it is cut for the title and stays in the text

# A byte order mark decides; UTF-32 first, since its mark begins like that of UTF-16.
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
CHARSET = re.compile(rb"""(?:charset\s*=|encoding\s*=)\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE)
# What pages call GB2312 and GBK is written by today's Windows: its superset reads all three.
WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "big5": "big5hkscs"}


@dataclass(frozen=True)
class Found:
    """What a file says: its heading and the text below it."""

    title: str
    body: str


def plain_name(name: str) -> str:
    """The last part of a file's name, whichever system it comes from."""
    return PurePosixPath(name.replace("\\", "/")).name[-300:]


def read(name: str, data: bytes) -> Found:
    """Title and text of a file by the end of its name. Raises UnknownKind, Empty, TooLong, NotText, BrokenFile."""
    shown = plain_name(name)
    reader = READERS.get(PurePosixPath(shown).suffix.lower())
    if reader is None:
        raise UnknownKind(f"“{shown}” is none of {', '.join(READERS)}: save it as one of these, or paste its text", "file")
    if not data:
        raise Empty(f"“{shown}” is empty: choose another file", "file")
    if len(data) > MAX_BYTES:
        raise TooLong(f"“{shown}” has {len(data) >> 20} MiB, {MAX_BYTES >> 20} are the most: paste its text instead", "file")
    found = reader(shown, data)
    if not found.body.strip():
        raise Empty(f"“{shown}” holds no text that could be read: paste the text instead", "file")
    return found


def decode(name: str, data: bytes, declared: str = "") -> str:
    """Bytes as text: by mark, as strict UTF-8, by what the file declares, as GB18030, by a guess. Raises NotText."""
    marked = next((codec for mark, codec in MARKS if data.startswith(mark)), None)
    tries = [marked] if marked else ["utf-8", WIDER.get(declared.lower(), declared), "gb18030"]
    if not marked and b"\0" in data:
        raise NotText(f"“{name}” is no text file: it holds NUL bytes; save it as text and send it again", "file")
    for codec in filter(None, tries):
        try:
            return data.decode(codec)
        except (UnicodeDecodeError, LookupError):
            continue
    best = None if marked else from_bytes(data).best()
    if best is None:
        raise NotText(f"“{name}” is in no encoding that could be told: save it as UTF-8 and send it again", "file")
    return str(best)


def _first_line(text: str) -> Found:
    """The first line is the title, and leaves the text when it is short and something follows."""
    lines = [line.strip() for line in text.strip().splitlines()] or [""]
    rest = "\n".join(lines[1:]).strip()
    if rest and len(lines[0]) <= MAX_LINE_TITLE:
        return Found(lines[0], rest)
    return Found(lines[0][:MAX_LINE_TITLE], "\n".join(lines))


def _text(name: str, data: bytes) -> Found:
    return _first_line(decode(name, data))


def _markdown(name: str, data: bytes) -> Found:
    """The first heading is the title; links keep their words, code and markup go."""
    title, lines = "", []
    tokens = MarkdownIt("commonmark", {"html": False}).enable("table").parse(decode(name, data))
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.type != "inline":
            continue
        words = _inline(token).strip()
        if before is not None and before.type == "heading_open" and not title and not lines:
            title = " ".join(words.split())
        elif words:
            lines.append(words)
    body = "\n".join(lines)
    return Found(title, body) if title and body else _first_line(body or title)


def _inline(token: Token) -> str:
    said = {"softbreak": "\n", "hardbreak": "\n"}
    return "".join(
        said.get(child.type, child.content if child.type in ("text", "code_inline", "text_special") else "")
        for child in token.children or []
    )


def _docx(name: str, data: bytes) -> Found:
    """Paragraphs and tables in their order; the title is the first heading or the document's own."""
    _no_bomb(name, data)
    try:
        document = docx.Document(io.BytesIO(data))
        title, lines = "", []
        for block in document.iter_inner_content():
            if isinstance(block, docx.table.Table):
                lines += ["，".join(dict.fromkeys(cell.text.strip() for cell in row.cells)) for row in block.rows]
                continue
            style = (block.style.name or "") if block.style is not None else ""
            if not title and not lines and block.text.strip() and style.startswith(("Heading", "Title", "标题")):
                title = block.text.strip()
            elif block.text.strip():
                lines.append(block.text.strip())
        title = title or (document.core_properties.title or "").strip()
    except (OpcError, KeyError, ValueError, AttributeError, zipfile.BadZipFile, etree.XMLSyntaxError, OSError, NotImplementedError) as error:
        raise BrokenFile(f"“{name}” is no readable Word document: open it, save it as .docx again, or paste its text", "file") from error
    body = "\n".join(lines)
    return Found(title, body) if title and body else _first_line(body or title)


def _no_bomb(name: str, data: bytes) -> None:
    """Count what the archive really unpacks to, before anything parses it; what its index claims is not believed."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            total = 0
            for entry in entries[: MAX_ENTRIES + 1]:
                with archive.open(entry) as part:
                    while piece := part.read(1 << 16):
                        total += len(piece)
                        if total > MAX_UNPACKED:
                            raise BrokenFile(f"“{name}” unpacks to more than {MAX_UNPACKED >> 20} MiB: paste its text instead", "file")
                        if b"<!DOCTYPE" in piece and entry.filename.endswith((".xml", ".rels")):
                            raise BrokenFile(f"“{name}” declares its own XML entities: paste its text instead", "file")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        if isinstance(error, BrokenFile):
            raise
        raise BrokenFile(f"“{name}” is no readable Word document: open it, save it as .docx again, or paste its text", "file") from error
    if len(entries) > MAX_ENTRIES:
        raise BrokenFile(f"“{name}” has {len(entries)} parts, {MAX_ENTRIES} are the most: paste its text instead", "file")


def _html(name: str, data: bytes) -> Found:
    """The main text of a page without its menus; all of its text when no main text is found."""
    declared = CHARSET.search(data[:4096])
    return html_text(decode(name, data, declared[1].decode("ascii") if declared else ""))


def html_text(page: str) -> Found:
    """Title (h1 before title) and text of a page or of a piece of one; both may be empty."""
    try:
        tree = lxml.html.document_fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", page))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return Found("", "")
    heading = tree.find(".//h1")
    named = heading if heading is not None and heading.text_content().strip() else tree.find(".//title")
    title = " ".join(named.text_content().split()) if named is not None else ""
    body = (trafilatura.extract(page, include_comments=False, include_tables=True, output_format="txt") or "").strip()
    body = body or own_text(tree)
    lines = body.splitlines()
    if title and len(lines) > 1 and " ".join(lines[0].split()) == title:
        body = "\n".join(lines[1:]).strip()
    return Found(title, body) if title and body else _first_line(body or title)


BLOCKS = ("p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "blockquote", "pre", "dt", "dd")


def own_text(tree: lxml.html.HtmlElement) -> str:
    """Every word of the page's body, a line per block; scripts and styles are no words."""
    etree.strip_elements(tree, "script", "style", "noscript", "template", "head", etree.Comment, with_tail=False)
    for block in tree.iter(*BLOCKS):
        block.tail = "\n" + (block.tail or "")
        block.text = "\n" + (block.text or "")
    lines = (" ".join(line.split()) for line in tree.text_content().splitlines())
    return "\n".join(line for line in lines if line)


READERS: dict[str, Callable[[str, bytes], Found]] = {
    ".txt": _text, ".md": _markdown, ".docx": _docx, ".html": _html, ".htm": _html,
}  # fmt: skip
