"""Letters on the screen: which font draws which letter, how wide a line comes out once it is shaped, and where it must break."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import uharfbuzz as hb

from tts.lines import breaks, is_arabic, is_han, is_tibetan

FONTS = Path(__file__).parent / "fonts"


class Face:
    """One font of the folder, measured by HarfBuzz, the shaper that also draws it."""

    def __init__(self, family: str, file: str, leading: float, scale: float) -> None:
        self.family = family
        self.scale = scale
        """How much larger than Han it is drawn, so that its letters look as large."""
        self.leading = leading * scale
        """From one baseline to the next, in times the letter size."""
        face = hb.Face(hb.Blob.from_file_path(str(FONTS / file)))
        self._font = hb.Font(face)
        self._em = face.upem
        above, below = struct.unpack_from(">HH", bytes(face.reference_table("OS/2").data), 74)
        self.ascent, self.descent = scale * above / self._em, scale * below / self._em
        """usWinAscent and usWinDescent in times the letter size: libass makes their sum the size it is asked for."""

    def has(self, letter: str) -> bool:
        return self._font.get_nominal_glyph(ord(letter)) is not None

    def glyphs(self, text: str, shaped: bool = True) -> list[tuple[int, int]]:
        """(glyph, advance in font units) in the order of the screen; unshaped: one per letter, as a naive program would draw it."""
        if not shaped:
            named = [self._font.get_nominal_glyph(ord(letter)) or 0 for letter in text]
            return [(glyph, self._font.get_glyph_h_advance(glyph)) for glyph in named]
        buffer = hb.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        hb.shape(self._font, buffer)
        return [(info.codepoint, place.x_advance) for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)]

    def advance(self, text: str) -> float:
        """The width of the shaped text in times the letter size."""
        return float(self.scale * sum(advance for _, advance in self.glyphs(text)) / self._em)


@cache
def faces() -> tuple[Face, Face, Face]:
    """Han (with Latin), Tibetan, Arabic."""
    return (
        Face("Xiangyin Han", "XiangyinHan-Regular.otf", 1.5, 1.0),
        Face("Noto Serif Tibetan", "NotoSerifTibetan-Regular.ttf", 1.8, 1.15),
        Face("Noto Naskh Arabic", "NotoNaskhArabic-Regular.ttf", 1.6, 1.2),
    )


_NO_WIDTH = frozenset("\u200b\u200c\u200d\u200e\u200f\u2060\ufeff")


@dataclass(frozen=True)
class Run:
    """A piece of a line in one font."""

    face: Face
    text: str


_STRAIGHT = str.maketrans("‘’“”", "''\"\"")
_QUOTE = re.compile("[‘’“”]")


def narrow(text: str) -> str:
    """Quotes and apostrophes at a letter that is not Han made straight: the Han font has the curved ones as wide as a character."""

    def straight(found: re.Match[str]) -> str:
        beside = text[max(0, found.start() - 1) : found.start()] + text[found.end() : found.end() + 1]
        return found.group().translate(_STRAIGHT) if any(each.isalnum() and not is_han(each) for each in beside) else found.group()

    return _QUOTE.sub(straight, text)


def runs(text: str) -> Iterator[Run]:
    """The text in pieces of one font: letters choose their own, spaces and marks stay with what is before them where that font has them."""
    han, tibetan, arabic = faces()
    present, piece = han, ""
    for letter in narrow(text):
        if is_tibetan(letter):
            wanted = tibetan
        elif is_arabic(letter):
            wanted = arabic
        elif letter in _NO_WIDTH or (not letter.isalnum() and present.has(letter)):
            wanted = present
        else:
            wanted = han
        if wanted is not present and piece:
            yield Run(present, piece)
            piece = ""
        present, piece = wanted, piece + letter
    if piece:
        yield Run(present, piece)


def measured(text: str) -> float:
    """The width of a line in times the letter size."""
    return sum(run.face.advance(run.text) for run in runs(text))


def undrawn(text: str) -> list[str]:
    """The letters none of our fonts has, each once: they come out as empty boxes."""
    missing = {c for run in runs(text) for c in run.text if not c.isspace() and c not in _NO_WIDTH and not run.face.has(c)}
    return sorted(missing)


@dataclass(frozen=True)
class Line:
    """One line of a block of text: the letters from ``start`` to ``end``."""

    start: int
    end: int


def wrapped(text: str, room: float) -> list[Line]:
    """The text in lines no wider than ``room`` (in times the letter size); breaks after lines.breaks, a long word where it must.

    Widths are summed from break to break, which is exact up to the kerning across a break.
    """
    found: list[Line] = []
    start = last = 0
    used = 0.0
    for at in [*(at for at, _ in breaks(text)), len(text)]:
        piece = measured(text[last:at])
        ink = measured(text[last:at].rstrip())
        if used + ink > room and last > start:
            found.append(Line(start, last))
            start, used = last, 0.0
        while measured(text[start:at].rstrip()) > room and start == last and at - start > 1:
            fits = _fitting(text, start, at, room)
            found.append(Line(start, fits))
            start = last = fits
            piece = measured(text[start:at])
        used, last = used + piece, at
    if last > start:
        found.append(Line(start, last))
    return found


def _fitting(text: str, start: int, end: int, room: float) -> int:
    """How far a word that is too long for a line goes on it; at least one letter."""
    low, high = start + 1, end
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if measured(text[start:middle]) <= room else (low, middle - 1)
    return low
