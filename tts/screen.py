"""What stands on the television screen and when: title, text page by page or captions under a picture, written as ASS for libass."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tts.captions import Cue, readable
from tts.lettering import Line, measured, runs, wrapped
from tts.lines import is_han, runs_right_to_left, width

WIDE, HIGH = 1280, 720
EDGE = 72
"""Pixels kept free at the sides: old sets show 95 % of the picture."""
FOOT = 676
TITLE, BODY, SMALL = 46.0, 42.0, 26.0
"""Letter sizes in pixels: 42 of 720 lines is read from four metres on a set of 80 cm."""
SIGN_WIDE, SIGN_HIGH = 320, 400
"""The corner at the lower right for a sign-language video."""
GROUND, BAND, GOLD, WHITE, FAINT = "0F2238", "16304F", "E8B04A", "FFFFFF", "A9BCD0"
_HEAD = """[Script Info]
ScriptType: v4.00+
PlayResX: {wide}
PlayResY: {high}
WrapStyle: 2
ScaledBorderAndShadow: yes
YCbCr Matrix: TV.709

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: left,Xiangyin Han,40,&H00FFFFFF,&H00FFFFFF,&H00000000,&H00000000,0,0,0,0,100,100,0,0,1,0,0,7,0,0,0,1
Style: right,Noto Naskh Arabic,40,&H00FFFFFF,&H00FFFFFF,&H00000000,&H00000000,0,0,0,0,100,100,0,0,1,0,0,9,0,0,0,-1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""  # Encoding -1: the base direction comes from the text, which a right-to-left mark in front decides


@dataclass(frozen=True)
class Script:
    """What a TV rendition shows: who speaks, the title, the sentences in time, where paragraphs begin (indices of ``cues``), how long.

    ``cues`` holds the sentences of the title first, ``title_cues`` of them.
    """

    place: str
    title: str
    cues: tuple[Cue, ...]
    title_cues: int
    paragraphs: frozenset[int]
    ms: int


def script_of(place: str, title: str, body: str, cues: tuple[Cue, ...], ms: int) -> Script:
    """Which of the spoken sentences are the title's and which begin a paragraph, found again in the text."""
    rest, first = _bare(title), 0
    while first < len(cues) and (said := _bare(cues[first].text)) and rest.startswith(said):
        rest, first = rest[len(said) :], first + 1
    if rest:  # the title was not spoken as it is written
        first = 0
    begins, at = set(), 0
    for index in range(first, len(cues)):
        found = body.find(cues[index].text, at)
        if found < 0:
            continue
        if "\n" in body[at:found]:
            begins.add(index)
        at = found + len(cues[index].text)
    return Script(place, title, cues, first, frozenset(begins), ms)


def _bare(text: str) -> str:
    return "".join(text.split())


@dataclass(frozen=True)
class Placed:
    """One line on the screen: its letters and which sentence each piece belongs to; ``top`` and ``pitch`` in pixels."""

    pieces: tuple[tuple[int, str], ...]
    baseline: float

    @property
    def text(self) -> str:
        return "".join(piece for _, piece in self.pieces)


@dataclass(frozen=True)
class Page:
    """A screenful: shown from ``start_ms`` until the next one."""

    start_ms: int
    lines: tuple[Placed, ...]


def pages(script: Script, top: float, room: float, size: float = BODY) -> list[Page]:
    """The body in screenfuls. A page turns when its first letter is spoken, which inside a sentence is a matter of proportion."""
    found: list[Page] = []
    held: list[Placed] = []
    turn = script.cues[script.title_cues].start_ms if script.title_cues < len(script.cues) else 0
    down = top
    for paragraph in _paragraphs(script):
        text = "".join(piece for _, piece in paragraph)
        lines = wrapped(text, room / size)
        if held:
            down += 0.35 * size
            high = sum(_heights(text[line.start : line.end], size)[1] for line in lines)
            if down + high > FOOT - SMALL and down > (top + FOOT) / 2 and top + high <= FOOT - SMALL:  # better whole on the next page
                down = FOOT
        for line in lines:
            ascent, pitch = _heights(text[line.start : line.end], size)
            if held and down + pitch > FOOT - SMALL:
                found.append(Page(turn, tuple(held)))
                held, down = [], top
                turn = _spoken_at(script, paragraph, line.start)
            held.append(Placed(_cut(paragraph, line), down + ascent))
            down += pitch
    return [*found, Page(turn, tuple(held))] if held else found


def _paragraphs(script: Script) -> Iterator[list[tuple[int, str]]]:
    """The sentences of each paragraph, with the space that parts two of them."""
    held: list[tuple[int, str]] = []
    for index in range(script.title_cues, len(script.cues)):
        text = " ".join(script.cues[index].text.split())
        if held and index in script.paragraphs:
            yield held
            held = []
        if held and not is_han(held[-1][1][-1]):
            held[-1] = (held[-1][0], held[-1][1] + " ")
        if text:
            held.append((index, text))
    if held:
        yield held


def _heights(text: str, size: float) -> tuple[float, float]:
    """From the top of a line to its baseline, and to the top of the next: the tallest writing in it decides."""
    leading = max((run.face.leading for run in runs(text)), default=1.5)
    return size * (0.55 * leading + 0.3), size * leading


def _cut(paragraph: list[tuple[int, str]], line: Line) -> tuple[tuple[int, str], ...]:
    """The pieces of the paragraph's sentences that stand on the line."""
    found, at = [], 0
    for index, text in paragraph:
        piece = text[max(0, line.start - at) : max(0, line.end - at)]
        if piece:
            found.append((index, piece))
        at += len(text)
    return tuple(found)


def _spoken_at(script: Script, paragraph: list[tuple[int, str]], offset: int) -> int:
    at = 0
    for index, text in paragraph:
        if offset < at + len(text):
            cue = script.cues[index]
            share = width(text[: offset - at]) / (width(text) or 1.0)
            return round(cue.start_ms + share * (cue.end_ms - cue.start_ms))
        at += len(text)
    return script.ms


# writing it down for libass


def _clock(ms: float) -> str:
    hundredths = max(0, round(ms / 10))
    return f"{hundredths // 360000}:{hundredths // 6000 % 60:02}:{hundredths // 100 % 60:02}.{hundredths % 100:02}"


def _bgr(colour: str) -> str:
    return f"&H{colour[4:]}{colour[2:4]}{colour[:2]}&"


def _literal(text: str) -> str:
    """Letters only: braces and backslashes are libass's own."""
    return text.replace("\\", "\\\u2060").replace("{", "\\{").replace("}", "\\}")


def _lettered(text: str, size: float) -> str:
    """The text with the font and the size of each run."""
    return "".join(
        f"{{\\fn{run.face.family}\\fs{size * (run.face.ascent + run.face.descent):.2f}}}{_literal(run.text)}" for run in runs(text)
    )


def _event(start_ms: float, end_ms: float, text: str, layer: int = 1, style: str = "left") -> str:
    return f"Dialogue: {layer},{_clock(start_ms)},{_clock(end_ms)},{style},,0,0,0,,{text}\n" if end_ms > start_ms else ""


def _line(
    start_ms: float, end_ms: float, pieces: list[tuple[str, str]], size: float, baseline: float, left: float, right: float, rtl: bool
) -> str:
    """(colour, text) pieces on a baseline, from the left edge or, right to left, from the right one."""
    whole = "".join(text for _, text in pieces)
    if not whole.strip():
        return ""
    pieces = [*pieces[:-1], (pieces[-1][0], pieces[-1][1].rstrip())]
    ascent = max(run.face.ascent for run in runs(whole)) * size
    written = "".join(f"{{\\1c{_bgr(colour)}}}{_lettered(text, size)}" for colour, text in pieces)
    x = right if rtl else left
    mark = "\u200f" if rtl else ""
    return _event(start_ms, end_ms, f"{{\\pos({x:.0f},{baseline - ascent:.1f})}}{mark}{written}", 2, "right" if rtl else "left")


def _box(start_ms: float, end_ms: float, x: float, y: float, wide: float, high: float, colour: str, veil: str = "00", layer: int = 0) -> str:
    shape = f"m 0 0 l {wide:.0f} 0 l {wide:.0f} {high:.0f} l 0 {high:.0f}"
    return _event(start_ms, end_ms, f"{{\\pos({x:.0f},{y:.0f})\\1c{_bgr(colour)}\\1a&H{veil}&\\p1}}{shape}{{\\p0}}", layer)


def _header(script: Script, text_right: float, veil: str) -> tuple[str, float]:
    """Place and title on a band; and where it ends."""
    size = TITLE
    lines = wrapped(script.title, (WIDE - 2 * EDGE) / size)
    while len(lines) > 2 and size > 28:
        size -= 4
        lines = wrapped(script.title, (WIDE - 2 * EDGE) / size)
    rtl = runs_right_to_left(script.title)
    out, down = "", 40.0
    if script.place:
        ascent, pitch = _heights(script.place, SMALL)
        out += _line(0, script.ms, [(GOLD, script.place)], SMALL, down + ascent - 8, EDGE, WIDE - EDGE, rtl)
        down += pitch
    for line in lines[:3]:
        text = script.title[line.start : line.end]
        ascent, pitch = _heights(text, size)
        out += _line(0, script.ms, [(WHITE, text)], size, down + ascent - 8, EDGE, WIDE - EDGE, rtl)
        down += pitch
    down += 4
    return _box(0, script.ms, 0, 0, WIDE, down, BAND, veil) + _box(0, script.ms, 0, down, WIDE, 4, GOLD) + out, down + 4


def ass(script: Script, *, picture: bool = False, sign: bool = False, burnt: bool = True) -> str:
    """The whole screen as an ASS file.

    Without a picture the text stands page by page with the sentence that is being spoken in white; with one, captions stand below
    it if they are to be burnt in.
    """
    right = WIDE - EDGE - (SIGN_WIDE + 24 if sign else 0)
    head, down = _header(script, right, "30" if picture else "00")
    if picture:
        events = _captions(script, right) if burnt else ""
    else:
        events = _paged(script, down + 18, right)
    return _HEAD.format(wide=WIDE, high=HIGH) + head + events


def _paged(script: Script, top: float, right: float) -> str:
    screens = pages(script, top, right - EDGE)
    turns = [0, *(page.start_ms for page in screens[1:]), script.ms]
    out = ""
    for number, page in enumerate(screens):
        begin, end = turns[number], turns[number + 1]
        for start, stop, current in _speaking(script, begin, end):
            for placed in page.lines:
                pieces = [(WHITE if index == current else FAINT, text) for index, text in placed.pieces]
                rtl = runs_right_to_left(placed.text)
                out += _line(start, stop, pieces, BODY, placed.baseline, EDGE, right, rtl)
        if len(screens) > 1:
            out += _line(begin, end, [(FAINT, f"{number + 1} / {len(screens)}")], SMALL, FOOT + 14, EDGE, right, False)
    return out


def _speaking(script: Script, begin: int, end: int) -> Iterator[tuple[int, int, int]]:
    """The stretches of a page and the sentence that is spoken in each; -1 before the first."""
    at, current = begin, -1
    for index, cue in enumerate(script.cues):
        if index < script.title_cues:
            continue
        if cue.start_ms <= begin:
            current = index
        elif cue.start_ms < end:
            yield at, cue.start_ms, current
            at, current = cue.start_ms, index
    yield at, end, current


def _captions(script: Script, right: float) -> str:
    out = ""
    for cue in readable(script.cues[script.title_cues :]):
        lines = wrapped(cue.text, (right - EDGE) / BODY)
        heights = [_heights(cue.text[line.start : line.end], BODY) for line in lines]
        rtl = runs_right_to_left(cue.text)
        down = FOOT - sum(pitch for _, pitch in heights)
        start, stop = cue.start_ms, cue.end_ms
        broad = max(measured(cue.text[line.start : line.end].rstrip()) for line in lines) * BODY + 48
        x = (right - broad + 24) if rtl else EDGE - 24
        out += _box(start, stop, x, down - 10, broad, FOOT - down + 16, GROUND, "40")
        for line, (ascent, pitch) in zip(lines, heights, strict=True):
            out += _line(start, stop, [(WHITE, cue.text[line.start : line.end])], BODY, down + ascent, EDGE, right, rtl)
            down += pitch
    return out


_DIALOGUE = re.compile(r"^(Dialogue: \d+),(\d+):(\d\d):(\d\d)\.(\d\d),(\d+):(\d\d):(\d\d)\.(\d\d),", re.MULTILINE)


def stills(drawn: str, ms: int) -> tuple[str, list[int]]:
    """The same screens one a second, each once, and the millisecond at which each is shown: libass draws thirty pictures for three
    minutes instead of hundreds. The last one is shown at the end."""

    def moments(found: re.Match[str]) -> tuple[int, int]:
        h1, m1, s1, c1, h2, m2, s2, c2 = map(int, found.groups()[1:])
        return 10 * (360_000 * h1 + 6000 * m1 + 100 * s1 + c1), 10 * (360_000 * h2 + 6000 * m2 + 100 * s2 + c2)

    turns = sorted({0} | {at for found in _DIALOGUE.finditer(drawn) for at in moments(found) if at < ms})
    place = {at: n for n, at in enumerate(turns)}

    def moved(found: re.Match[str]) -> str:
        start, end = moments(found)
        return f"{found[1]},{_clock(1000 * place.get(start, len(turns)))},{_clock(1000 * place.get(end, len(turns) + 1))},"

    return _DIALOGUE.sub(moved, drawn), [*turns, ms]
