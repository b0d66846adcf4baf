"""XML from strangers: no document type, no entities, no network, and bounds on size, depth and number."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from html.entities import html5
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from articles.alerts.errors import BadAlert

MAX_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 64
MAX_ELEMENTS = 60_000
MAX_ATTRIBUTES = 256
MAX_TAG = 256 * 1024
_CHUNK = 32 * 1024
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z][\w.:-]{0,40})["']""")
_DECLARATION = re.compile(r"<\?xml[^>]{0,200}\?>")
_READABLE = re.compile(r"utf[_-]?(8|16|32)([_-]?[lb]e)?|(us-?)?ascii|iso[_-]?8859[_-]?\d+|latin[_-]?\d|(windows|cp)[_-]?\d+|gbk?|gb[_-]?2312|gb[_-]?18030|big5\w*|euc[_-]\w+|shift[_-]?jis|koi8[_-]\w", re.IGNORECASE)
"""What a file may call its writing: Python knows codecs that are none."""
_BARE = re.compile(r"&(?!#?\w{1,31};)")
_NAMED = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z]\w{1,31});")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


class _Bounded(TreeBuilder):
    """Builds the tree while it is small enough."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = self.count = self.spaces = 0

    def start_ns(self, prefix: str, uri: str) -> None:
        self.spaces += 1
        if self.spaces > MAX_ELEMENTS:
            raise BadAlert(f"the XML declares more than {MAX_ELEMENTS} namespaces: this is no warning")

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self.depth += 1
        self.count += 1
        if self.depth > MAX_DEPTH:
            raise BadAlert(f"the XML is nested deeper than {MAX_DEPTH}: this is no warning")
        if self.count > MAX_ELEMENTS or len(attrs) > MAX_ATTRIBUTES:
            raise BadAlert(f"the XML has more than {MAX_ELEMENTS} elements, or one with more than {MAX_ATTRIBUTES} attributes: this is no warning")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self.depth -= 1
        return super().end(tag)


def decode(data: bytes) -> str:
    """The text of an XML file: by its byte order mark, as UTF-8 where it is that, else as it declares itself, else as GB 18030.

    A file in UTF-8 that calls itself gb2312 is read as what it is. Raises BadAlert.
    """
    for mark, codec in ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if data.startswith(mark):
            return _decoded(data[3:] if codec == "utf-8" else data, codec)
    if data[:2] in (b"<\0", b"\0<"):
        return _decoded(data, "utf-16-le" if data[0] else "utf-16-be")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    declared = _DECLARED.match(data)
    name = declared[1].decode() if declared else "gb18030"
    if not _READABLE.fullmatch(name):
        raise BadAlert(f"the file calls its writing {name!r}, which is none that is read here: ask for UTF-8")
    if re.fullmatch(r"gb[_-]?2312|gbk?", name, re.IGNORECASE):
        name = "gb18030"  # holds both, and what their users add to them
    return _decoded(data, "cp1252" if re.fullmatch(r"utf-?8|(us-?)?ascii", name, re.IGNORECASE) else name)


def _decoded(data: bytes, codec: str) -> str:
    try:
        return data.decode(codec)
    except (UnicodeError, LookupError) as error:
        raise BadAlert(f"the file is not in the writing it declares ({codec}): ask for UTF-8") from error


def parse(data: bytes) -> Element:
    """The root of an XML file; several roots one after another come in an element ``alerts``. Raises BadAlert.

    A bare ampersand, an entity of HTML and a control character, which real feeds contain, are mended; what is broken off is refused.
    """
    if len(data) > MAX_BYTES:
        raise BadAlert(f"{len(data)} bytes of XML, more than the {MAX_BYTES >> 20} MiB that a warning may have")
    bare = plain(data)
    if not bare.startswith("<"):
        raise BadAlert("this is not XML: CAP (bare, in Atom, RSS or EDXL-DE) and EBD packages are read")
    try:
        return _tree(bare)
    except ParseError as error:
        mended = _BARE.sub("&amp;", _NAMED.sub(_plain, _DECLARATION.sub("", bare)))
        several = f"<alerts>{mended}</alerts>" if "junk after document element" in str(error) else mended
        try:
            return _tree(several)
        except ParseError as still:
            raise BadAlert(f"the XML is broken ({still}): the file may have been cut off") from still


def plain(data: bytes) -> str:
    """The text of an XML file without its declaration. Raises BadAlert."""
    return _DECLARATION.sub("", _ILLEGAL.sub("", decode(data)).lstrip(), count=1).lstrip()


def _plain(found: re.Match[str]) -> str:
    known = html5.get(f"{found[1]};")
    return known if known is not None and known not in "<&>" else f"&amp;{found[1]};"


def _tree(text: str) -> Element:
    builder = _Bounded()
    parser = DefusedXMLParser(target=builder, encoding="utf-8", forbid_dtd=True, forbid_entities=True, forbid_external=True)
    try:
        data = text.encode("utf-8")
        for begin in range(0, len(data), _CHUNK):
            parser.feed(data[begin : begin + _CHUNK])
            # a tag is taken apart once it is whole: one of a hundred thousand attributes would cost its size forty times
            if begin + _CHUNK - parser.parser.CurrentByteIndex > MAX_TAG:
                raise BadAlert(f"the XML has a tag or a comment of more than {MAX_TAG >> 10} KiB: this is no warning")
        root = parser.close()
    except DefusedXmlException as error:
        raise BadAlert("the XML declares a document type or entities, which no warning needs and which may be a trap: refused") from error
    if not isinstance(root, Element):
        raise BadAlert("the XML is empty")
    return root


def name_of(element: Element) -> str:
    """The name without its namespace, in small letters: real feeds have the wrong one, or none."""
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def space_of(element: Element) -> str:
    """The namespace; empty without one."""
    return element.tag[1:].partition("}")[0] if isinstance(element.tag, str) and element.tag.startswith("{") else ""


def children(element: Element, *names: str) -> Iterator[Element]:
    """The children of these names."""
    return (each for each in element if name_of(each) in names)


def child(element: Element, *names: str) -> Element | None:
    """The first child of one of these names."""
    return next(children(element, *names), None)


def text_of(element: Element, *names: str) -> str:
    """The text of the first child of one of these names; empty without one."""
    found = child(element, *names)
    return "".join(found.itertext()).strip() if found is not None else ""


def texts_of(element: Element, *names: str) -> tuple[str, ...]:
    """The texts of all children of these names that have one."""
    return tuple(filter(None, ("".join(each.itertext()).strip() for each in children(element, *names))))
