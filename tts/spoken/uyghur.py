"""Uyghur: what is written becomes what is said (the house rules: docs/spoken-form.md)."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from tts.spoken.folding import ENCLOSED, LOWERED, RAISED, ROMAN, fold
from tts.spoken.piece import Piece
from tts.spoken.rules import Rule, Rules, rewrite, rule
from tts.spoken.shapes import TO, VULGAR, Spelled, measured, one_of
from tts.spoken.uyghur_numbers import POINT, cardinal, number, one_by_one, ordinal, out_of, raised, to, until

_LETTER = r"[\u0620-\u065f\u066e-\u06d3\u06d5-\u06dc\u06ee\u06ef\u06fa-\u06ff]"
_NUM = r"(?:\d{1,3}(?:[,٬]\d{3})+(?!\d)|\d+)(?:[.٫]\d+)?"
_ENDINGS = (
    "دىن|تىن|دا|دە|تا|تە|غا|گە|قا|كە|نى|نىڭ|غىچە|گىچە|قىچە|كىچە|دىكى|تىكى|دىمۇ|تىمۇ|چە|مۇ|لاردا|لەردە|لار|لەر|لىق|لىك|لۇق|لۈك|"
    "سى|نىمۇ|دىنمۇ|تىنمۇ|نىڭكى|دۇر|تۇر"
)
_ENDING = rf"(?:{_ENDINGS})(?!{_LETTER})"
_END = rf"(?:\s?-?\s?(?={_ENDING}))?"
"""An ending stands behind a number, close or apart; it is said together with it."""
MONTHS = ("يانۋار", "فېۋرال", "مارت", "ئاپرېل", "ماي", "ئىيۇن", "ئىيۇل", "ئاۋغۇست", "سېنتەبىر", "ئۆكتەبىر", "نويابىر", "دېكابىر")
UNITS = {
    "km": "كىلومېتىر", "m": "مېتىر", "cm": "سانتىمېتىر", "mm": "مىللىمېتىر", "kg": "كىلوگرام", "KG": "كىلوگرام", "g": "گرام",
    "mg": "مىللىگرام", "t": "توننا",
    "m²": "كۋادرات مېتىر", "㎡": "كۋادرات مېتىر", "m2": "كۋادرات مېتىر", "km²": "كۋادرات كىلومېتىر", "km2": "كۋادرات كىلومېتىر",
    "m³": "كۇب مېتىر", "m3": "كۇب مېتىر",
    "ha": "گېكتار", "L": "لىتىر", "ml": "مىللىلىتىر", "mL": "مىللىلىتىر", "h": "سائەت", "min": "مىنۇت", "s": "سېكۇنت",
    "kW": "كىلوۋات", "kWh": "كىلوۋات سائەت", "kV": "كىلوۋولت",
    "V": "ۋولت", "℃": "سېلسىيە گرادۇس", "°C": "سېلسىيە گرادۇس", "° C": "سېلسىيە گرادۇس", "℉": "فارېنھېيت گرادۇس",
    "°F": "فارېنھېيت گرادۇس", "°": "گرادۇس",
}  # fmt: skip
_PER = {"h": "سائىتىگە", "s": "سېكۇنتىغا", "min": "مىنۇتىغا", "d": "كۈنىگە"}
MONEY = {
    "$": "دوللار",
    "US$": "ئامېرىكا دوللىرى",
    "HK$": "شياڭگاڭ دوللىرى",
    "£": "فوند سىتېرلىڭ",
    "€": "ياۋرو",
    "¥": "يۈەن",
    "₽": "رۇبلى",
    "₹": "رۇپىيە",
    "₸": "تەڭگە",
    "₺": "لىرا",
}
_WEB = {
    ".": "چېكىت", "/": "يانتۇ سىزىق", "-": "سىزىقچە", "_": "ئاستى سىزىق", ":": "قوش چېكىت", "@": "ئېت", "?": "سوئال بەلگىسى",
    "=": "تەڭ", "&": "ۋە", "#": "نومۇر", "%": "پىرسەنت",
    "+": "پىليۇس", "~": "دولقۇن",
}  # fmt: skip
_SPELLED = Spelled(_WEB, one_by_one, cardinal)
_SUPER = RAISED | LOWERED
_LABELS = "تېلېفون|تېلېفونى|تېلېفون نومۇرى|يانفون|قول تېلېفونى|نومۇرى|نومۇر|كىملىك|Tel|QQ"
_BELOW = "نۆلدىن تۆۋەن"
_START = re.compile(rf"[0-9]|[-+±$¥£€₽₹₸₺%‰℃℉°=×÷*№&#@/{ENCLOSED}{ROMAN}¼-¾⅐-⅞{''.join(_SUPER)}]|[A-Za-z]+")
_MONEY = one_of(MONEY)


def _plain(written: str) -> str:
    return written.replace("٬", ",").replace("٫", ".")


def _number(written: str) -> str:
    return number(_plain(written))


def _ended(found: re.Match[str], words: str) -> str:
    """The words as they stand before an ending."""
    return raised(words) if re.match(_ENDING, found.string[found.end() :]) else words


def _date(found: re.Match[str]) -> str:
    return f"{ordinal(found['y'])} يىلى {ordinal(found['d'])} {MONTHS[int(found['m']) - 1]}"


def _ordinal(found: re.Match[str]) -> str:
    return ordinal(found["n"]) + " "


def _ordinals(found: re.Match[str]) -> str:
    """8-12-ئاينىڭ: the ending of the second word says until where."""
    return f"{out_of(ordinal(found['a']))} {ordinal(found['n'])} "


def _clock(hour: str, minute: str, found: re.Match[str]) -> str:
    """19:30 half past, 19:45 forty-five minutes past nineteen."""
    said = cardinal(str(int(hour)))
    if minute == "00":
        return said
    if minute == "30":
        return f"{said} يېرىم"
    past = "" if found.string.startswith(("مىنۇت", " مىنۇت"), found.end()) else " مىنۇت ئۆتكەن"
    return f"{out_of(said)} {cardinal(str(int(minute)))}{past}"


def _named(found: re.Match[str]) -> str:
    return "" if re.search(r"سائەت\s?\Z|سائىتى\s?\Z", found.string[: found.start()]) else "سائەت "


def _time(found: re.Match[str]) -> str:
    return _named(found) + _ended(found, _clock(found["h"], found["m"], found))


def _times(found: re.Match[str]) -> str:
    return f"{_named(found)}{out_of(_clock(found['h'], found['m'], found))} {until(_clock(found['h2'], found['m2'], found))}"


def _long_time(found: re.Match[str]) -> str:
    hour, minute, second = (cardinal(str(int(found[part]))) for part in "hms")
    return f"{_named(found)}{hour} {minute} مىنۇت {second} سېكۇنت"


def _score(found: re.Match[str]) -> str:
    return f"{to(_number(found['a']))} {_number(found['b'])}"


def _range(found: re.Match[str]) -> str:
    """3-5 from three until five; 5-3, or before نەتىجە, is how a game ended."""
    falls = float(_plain(found["a"]).replace(",", "")) > float(_plain(found["b"]).replace(",", ""))
    if falls or re.match(r"\s?(?:نەتىجە|نىسبەت|ھېساب)", found.string[found.end() :]):
        return _score(found)
    return f"{out_of(_number(found['a']))} {until(_number(found['b']))}"


def _fraction(found: re.Match[str]) -> str:
    """Written from right to left or from left to right, the larger number is the whole: 2/3 and 3/2 are two out of three."""
    parts = [found["a"], found["b"]] if "a" in found.groupdict() else VULGAR[found["v"]].split("/")
    above, below = sorted(parts, key=int)
    whole = f"{cardinal(found['w'])} پۈتۈن " if found.groupdict().get("w") else ""
    return f"{whole}{out_of(cardinal(below))} {_ended(found, cardinal(above))}"


def _percent(found: re.Match[str]) -> str:
    of = "مىڭدا" if found["of"] == "‰" else "يۈزدە"
    if found["n2"]:
        return f"{of} {out_of(_number(found['n']))} {until(_number(found['n2']))}"
    return f"{of} {_ended(found, _number(found['n']))}"


def _measure(found: re.Match[str]) -> str | None:
    if re.search(r"[A-Za-z]-?\Z", found.string[: found.start()]):
        return None
    said = _number(found["n"])
    if found["n2"]:
        second = f"{_BELOW} {_number(found['n2'])}" if found["minus2"] else _number(found["n2"])
        said = f"{out_of(said)} {until(second)}"
    below = f"{_BELOW} " if found["minus"] else ""
    per = f"{_PER[found['per']]} " if found["per"] else ""
    return f"{per}{below}{said} {UNITS[found['u']]}"


def _money(found: re.Match[str]) -> str:
    """The currency behind the number and its مىڭ, مىليون."""
    said = _number(found["n"])
    if found["n2"]:
        said = f"{out_of(said)} {until(_number(found['n2']))}"
    big = f" {found['big'].strip()}" if found["big"] else ""
    return f"{said}{big} {MONEY[found['sign']]}"


def _numeral(found: re.Match[str]) -> str:
    return _number(str(unicodedata.numeric(found[0])).removesuffix(".0"))


_BIG = r"\s?(?:مىڭ|مىليون|مىليارد)"
_MEASURED = measured(_NUM, UNITS)
_DIGITS: tuple[Rule, ...] = (
    *_SPELLED.digit_rules(),
    rule("telephone", r"\d{3,12}(?![\d.:])", _SPELLED.dialled, before=rf"(?:{_LABELS})\s?[::]?\s?"),
    rule("telephone", r"(?:1(?:10|19|20|22)|12\d{3})(?!\d)(?=\s?-?\s?(?:غا|گە|قا|كە)?\s?(?:نومۇر|تېلېفون))", _SPELLED.dialled),
    rule("date", r"(?P<y>(?:19|20)\d\d)(?P<p>[-/.])(?P<m>1[0-2]|0?[1-9])(?P=p)(?P<d>3[01]|[12]\d|0?[1-9])(?!\d)", _date),
    rule("date", r"(?P<d>3[01]|[12]\d|0?[1-9])(?P<p>[-/.])(?P<m>1[0-2]|0?[1-9])(?P=p)(?P<y>(?:19|20)\d\d)(?!\d)", _date),
    rule("time", rf"(?P<h>[01]?\d|2[0-4]):(?P<m>[0-5]\d){TO}(?P<h2>[01]?\d|2[0-4]):(?P<m2>[0-5]\d)(?![\d:])", _times),
    rule("time", rf"(?P<h>[01]?\d|2[0-4]):(?P<m>[0-5]\d):(?P<s>[0-5]\d)(?!\d){_END}", _long_time),
    rule("time", rf"(?P<h>[01]?\d|2[0-4]):(?P<m>[0-5]\d)(?![\d:]){_END}", _time),
    rule("score", r"(?P<a>\d+(?:\.\d+)?):(?P<b>\d+(?:\.\d+)?)(?!:?\d)", _score),
    rule("fraction", rf"(?:(?P<w>\d+)\s)?(?P<a>[1-9]\d*)\s?/\s?(?P<b>[1-9]\d*)(?![\d/]){_END}", _fraction),
    rule("fraction", rf"(?P<w>\d+)\s?(?P<v>[{''.join(VULGAR)}])", _fraction),
    rule("percentage", rf"(?P<n>{_NUM})(?:\s?%?{TO}(?P<n2>{_NUM}))?\s?(?P<of>[%‰]){_END}", _percent),
    rule("unit", _MEASURED, _measure),
    rule("money", rf"(?P<n>{_NUM})(?P<n2>)(?P<big>)\s?(?P<sign>[£€¥$])(?!\d)", _money),
    rule("version", r"\d+(?:\.\d+){2,}(?!\d)", lambda f: f" {POINT} ".join(cardinal(part) for part in f[0].split("."))),
    rule(
        "size",
        r"\d+(?:\.\d+)?(?:\s?[×xX*]\s?\d+(?:\.\d+)?)+(?![\d.])",
        lambda f: " كۆپەيتىلگەن ".join(number(part) for part in re.split(r"\s?[×xX*]\s?", f[0])),
    ),
    rule("code", r"\d+(?:-\d+){2,}(?!\d)", lambda f: " سىزىقچە ".join(_SPELLED.short(part) for part in f[0].split("-"))),
    # the hyphen of an ordinal: 9-ئاي, 1863 - يىلى; not before an ending
    rule("ordinal", rf"(?P<a>\d+){TO}(?P<n>\d+)\s?-+\s?(?={_LETTER})(?!{_ENDING})", _ordinals),
    rule("ordinal", rf"(?P<n>\d+)\s?-+\s?(?={_LETTER})(?!{_ENDING})", _ordinal),
    rule("ordinal", r"(?P<n>(?:1\d|20)\d\d)\s?(?=يىل(?:ى|نىڭ|دىن|دا|غا|دىكى|ىدىن|ىدا|ىنىڭ|ىغا)(?![\u0620-\u06ff]))", _ordinal),
    rule("ordinal", r"(?P<n>(?:1\d|20)\d\d)\s?(?=يىلى)", _ordinal),
    rule("ordinal", r"(?P<n>\d{1,2})\s?(?=ئەسىر|ەسىر)", _ordinal),
    rule("range", rf"(?P<a>{_NUM}){TO}(?P<b>{_NUM})(?![\d-])", _range),
    rule("code", r"\d+(?![\d.])", _SPELLED.code, before=r"[A-Za-z]-?"),
    rule("number", rf"(?P<n>{_NUM}){_END}", lambda f: _ended(f, _number(f["n"]))),
)

_SIGNS: tuple[Rule, ...] = (
    rule("money", rf"(?P<sign>{_MONEY})\s?(?P<n>{_NUM})(?:{TO}(?:{_MONEY})?(?P<n2>{_NUM}))?(?P<big>{_BIG}(?!{_LETTER}))?", _money),
    rule("telephone", r"\+\d[\d -]{5,}\d(?!\d)", _SPELLED.dialled),
    rule("temperature", _MEASURED, _measure, before=r"^|[^\dA-Za-z]"),
    rule("percentage", rf"(?P<of>%)\s?(?P<n>{_NUM})(?:{TO}(?P<n2>{_NUM}))?{_END}", _percent),
    rule("sign", r"-(?=\d)", "مىنۇس ", before=r"^|[^\dA-Za-z)\u0620-\u06ff]"),
    rule("sign", r"±", "پىليۇس مىنۇس"),
    rule("sign", r"\+(?=\s?\d)", " پىليۇس ", before=r"[\dA-Za-z)]\s?"),
    rule("sign", r"-(?=\s\d)", "مىنۇس", before=r"\d\s"),
    rule("sign", r"=(?=\s?[-\dA-Za-z])", " تەڭ ", before=r"[\dA-Za-z)]\s?"),
    rule("sign", r"[×*](?=\s?\d)", " كۆپەيتىلگەن ", before=r"[\dA-Za-z)]\s?"),
    rule("sign", r"÷", " بۆلۈنگەن "),
    rule("number", r"(?:№|#)\s?(?P<n>\d+)", lambda f: f"{ordinal(f['n'])} نومۇر"),
    rule("fraction", rf"(?P<w>)(?P<v>[{''.join(VULGAR)}])", _fraction),
    rule("number", rf"[{ENCLOSED}{ROMAN}⅐-⅞]", _numeral),
    rule("sign", rf"[{''.join(_SUPER)}]", lambda f: f" {cardinal(_SUPER[f[0]])}"),
    rule("unit", r"㎡|℃|℉|°[CF]?", lambda f: UNITS[f[0]]),
    rule("sign", r"&", "ۋە", before=r"[\u0620-\u06ff]\s?"),
    rule("percentage", r"%", "پىرسەنت"),
)  # fmt: skip
_LETTERS: tuple[Rule, ...] = (
    *_SPELLED.letter_rules(),
    rule("money", rf"(?P<sign>{_MONEY})\s?(?P<n>{_NUM})(?P<n2>)(?P<big>)", _money),
    rule("version", r"[vV](?P<n>\d+(?:\.\d+)+)", lambda f: f"{f[0][0]} " + f" {POINT} ".join(cardinal(part) for part in f["n"].split("."))),
)  # fmt: skip
_CLOSE = re.compile(_ENDING)


def _fit(text: str, start: int, end: int, words: str) -> str:
    """A blank between words; none before an ending."""
    if start and text[start - 1].isalnum() and not words.startswith(" "):
        words = f" {words}"
    if end < len(text) and text[end].isalnum() and not words.endswith(" ") and not _CLOSE.match(text, end):
        words += " "
    return words


@cache
def _rules() -> Rules:
    return Rules(_START, _DIGITS, _LETTERS, _SIGNS)


def say(text: str) -> list[Piece]:
    """The pieces of a Uyghur text beside what is said for them."""
    return rewrite(text, _rules(), _fit, fold)
