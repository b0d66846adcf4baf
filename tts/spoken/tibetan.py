"""Tibetan: what is written becomes what is said; units and currencies stand before their number (the house rules: docs/spoken-form.md)."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from tts.spoken.folding import ENCLOSED, LOWERED, RAISED, ROMAN, fold
from tts.spoken.piece import Piece
from tts.spoken.rules import Rule, Rules, rewrite, rule
from tts.spoken.shapes import TO, VULGAR, Spelled, measured, one_of
from tts.spoken.tibetan_numbers import POINT, TSHEG, cardinal, number, of_ordinal, one_by_one

_LETTER = r"[\u0f40-\u0fbc]"
_NUM = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?"
_BELOW = "ཀླད་འོག"
UNITS = {
    "km": "སྤྱི་ལེ", "m": "སྨི", "cm": "ལི་སྨི", "mm": "ཧའོ་སྨི", "kg": "སྤྱི་རྒྱ", "KG": "སྤྱི་རྒྱ", "g": "ཁེ", "mg": "ཧའོ་ཁེ",
    "t": "ཏུན", "m²": "སྨི་གྲུ་བཞི་མ",
    "㎡": "སྨི་གྲུ་བཞི་མ", "m2": "སྨི་གྲུ་བཞི་མ", "km²": "སྤྱི་ལེ་གྲུ་བཞི་མ", "km2": "སྤྱི་ལེ་གྲུ་བཞི་མ", "m³": "སྨི་གྲུ་དྲུག་མ",
    "L": "ལི་ཐར", "ml": "ཧའོ་ལི་ཐར", "mL": "ཧའོ་ལི་ཐར",
    "h": "ཆུ་ཚོད", "min": "སྐར་མ", "s": "སྐར་ཆ", "kW": "ཆན་ཝ", "kWh": "ཆན་ཝ་དུས་ཚོད", "kV": "ཆན་ཧྥུ", "V": "ཧྥུ", "mu": "མུའུ",
    "ha": "ཧེག་ཐར",
    "℃": "ཧྲེ་ཏུའུ", "°C": "ཧྲེ་ཏུའུ", "° C": "ཧྲེ་ཏུའུ", "℉": "ཧྭ་ཏུའུ", "°F": "ཧྭ་ཏུའུ", "°": "ཏུའུ",
}  # fmt: skip
_PER = {"h": "ཆུ་ཚོད་རེར", "s": "སྐར་ཆ་རེར", "min": "སྐར་མ་རེར", "d": "ཉིན་རེར"}
MONEY = {"$": "ཨ་སྒོར", "£": "དབྱིན་སྒོར", "€": "ཡོ་སྒོར", "¥": "སྒོར", "₹": "རྒྱ་སྒོར", "₽": "རུ་སྒོར", "US$": "ཨ་སྒོར", "HK$": "ཤང་སྒོར"}
_WEB = {
    ".": "ཚེག", "/": "གཤེག་ཐིག", "-": "ཐིག་ཐུང", "_": "འོག་ཐིག", ":": "ཚེག་ཉིས", "@": "ཨེ་ཊི", "?": "འདྲི་རྟགས", "=": "མཉམ་རྟགས",
    "&": "དང", "#": "ཨང་རྟགས", "%": "བརྒྱ་ཆའི་རྟགས",
    "+": "སྣོན་རྟགས", "~": "རླབས་རྟགས",
}  # fmt: skip
_SPELLED = Spelled(_WEB, one_by_one, cardinal)
_SUPER = RAISED | LOWERED
_LABELS = "ཁ་པར|ཁ་བྱང|ཨང་གྲངས|ཨང་རྟགས|འཕྲིན་ཨང|ཐོབ་ཐང་ལག་འཁྱེར|Tel|QQ"
_START = re.compile(rf"[0-9]|[-+±$¥£€₹₽%‰℃℉°=×÷*№&#@/{ENCLOSED}{ROMAN}¼-¾⅐-⅞{''.join(_SUPER)}༪-༳]|[A-Za-z]+")
_MONEY = one_of(MONEY)


def _join(*parts: str) -> str:
    return TSHEG.join(part for part in parts if part)


def _followed(found: re.Match[str], word: str) -> bool:
    return found.string.startswith((word, TSHEG + word, " " + word), found.end())


def _date(found: re.Match[str]) -> str:
    return _join(cardinal(found["y"]), "ལོའི", "ཟླ་བ", of_ordinal(found["m"]), "ཚེས", cardinal(str(int(found["d"]))))


def _month(found: re.Match[str]) -> str | None:
    """ཟླ་5ཚེས་30: of the fifth month; ཟླ་3 by itself may be three months and is counted."""
    if not 1 <= int(found[0]) <= 12:
        return None
    name = "" if found.string[: found.start()].endswith(("བ", "བ་")) else "བ"
    return _join(name, of_ordinal(found[0]))


def _clock(hour: str, minute: str) -> str:
    said = cardinal(str(int(hour)))
    return said if minute == "00" else _join(said, "དང", "སྐར་མ", cardinal(str(int(minute))))


def _hour_named(found: re.Match[str]) -> str:
    return "" if re.search(r"ཆུ་ཚོད་?\s?\Z", found.string[: found.start()]) else "ཆུ་ཚོད"


def _time(found: re.Match[str]) -> str:
    return _join(_hour_named(found), _clock(found["h"], found["m"]))


def _times(found: re.Match[str]) -> str:
    bar = "" if _followed(found, "བར") else "བར"
    return _join(_hour_named(found), _clock(found["h"], found["m"]), "ནས", _clock(found["h2"], found["m2"]), bar)


def _ratio(found: re.Match[str]) -> str:
    return _join(number(found["a"]), "སྡུར", number(found["b"]))


def _range(found: re.Match[str]) -> str:
    """3-5 from three to five; 5-3 is how a game ended."""
    if float(found["a"].replace(",", "")) > float(found["b"].replace(",", "")):
        return _ratio(found)
    return _join(number(found["a"]), "ནས", number(found["b"]), "" if _followed(found, "བར") else "བར")


def _fraction(found: re.Match[str]) -> str:
    whole = found.groupdict().get("w")
    above, below = (found["a"], found["b"]) if "a" in found.groupdict() else VULGAR[found["v"]].split("/")
    return _join(f"{number(whole)}་དང" if whole else "", number(below), "ཆ", number(above))


def _percent(found: re.Match[str]) -> str:
    named = re.search(r"བརྒྱ་ཆ་?(?:འི་)?\s?\Z", found.string[: found.start()])
    of = {"%": "བརྒྱ་ཆ", "‰": "སྟོང་ཆ"}[found["of"]]
    said = number(found["n"])
    if found["n2"]:
        said = _join(said, "ནས", number(found["n2"]), "" if _followed(found, "བར") else "བར")
    return said if named else _join(of, said)


def _measure(found: re.Match[str]) -> str | None:
    """25kg, 3-5km, 60km/h, -5℃: the unit first."""
    if re.search(r"[A-Za-z]-?\Z", found.string[: found.start()]):
        return None
    below = _BELOW if found["minus"] else ""
    said = number(found["n"])
    if found["n2"]:
        said = _join(said, "ནས", _BELOW if found["minus2"] else "", number(found["n2"]), "" if _followed(found, "བར") else "བར")
    return _join(_PER[found["per"]] if found["per"] else "", UNITS[found["u"]], below, said)


def _money(found: re.Match[str]) -> str:
    """The currency first, unless the text has just named one: དབྱིན་སྒོར་ས་ཡ་£11."""
    named = re.search(rf"(?:སྒོར|པང|དངུལ)[{TSHEG}\u0f40-\u0fbc]{{0,16}}\s?\Z", found.string[: found.start()])
    said = number(found["n"])
    if found["n2"]:
        said = _join(said, "ནས", number(found["n2"]), "" if _followed(found, "བར") else "བར")
    return said if named else _join(MONEY[found["sign"]], said)


def _dotted(found: re.Match[str]) -> str:
    return _join(*f"་{POINT}་".join(cardinal(part) for part in found[0].split(".")).split(TSHEG))


def _numeral(found: re.Match[str]) -> str:
    return number(str(unicodedata.numeric(found[0])).removesuffix(".0"))


_MEASURED = measured(_NUM, UNITS)
_DIGITS: tuple[Rule, ...] = (
    *_SPELLED.digit_rules(),
    rule("telephone", r"\d{3,12}(?![\d.:])", _SPELLED.dialled, before=rf"(?:{_LABELS})[་:\s]{{0,3}}(?:ཨང[་:\s]{{0,3}})?"),
    rule("telephone", r"1(?:10|19|20|22)(?!\d)(?=(?:ཁ་པར|ལ་ཁ་པར))", _SPELLED.dialled),
    rule("room", r"\d{3,4}(?=་?ཁང་མིག)", _SPELLED.dialled),
    rule("room", r"\d{3,4}(?!\d)", _SPELLED.dialled, before=r"ཁང་མིག་?(?:ཨང་)?\s?"),
    rule("date", r"(?P<y>(?:19|20)\d\d)(?P<p>[-/.])(?P<m>1[0-2]|0?[1-9])(?P=p)(?P<d>3[01]|[12]\d|0?[1-9])(?!\d)", _date),
    rule("date", r"\d{1,2}(?=་?\s?(?:ཚེས|ཡི་ཚེས))", _month, before=r"ཟླ་?(?:བ་?)?\s?"),
    rule(
        "date",
        r"\d{1,2}(?=འི་ཚེས)",
        lambda f: "བ་" * (not f.string[: f.start()].endswith(("བ", "བ་"))) + of_ordinal(f[0]).removesuffix("འི"),
        before=r"ཟླ་?(?:བ་?)?\s?",
    ),
    rule("time", rf"(?P<h>[01]?\d|2[0-4]):(?P<m>[0-5]\d){TO}(?P<h2>[01]?\d|2[0-4]):(?P<m2>[0-5]\d)(?![\d:])", _times),
    rule(
        "time",
        r"(?P<h>[01]?\d|2[0-4]):(?P<m>[0-5]\d):(?P<s>[0-5]\d)(?!\d)",
        lambda f: _join(
            _hour_named(f), cardinal(str(int(f["h"]))), "སྐར་མ", cardinal(str(int(f["m"]))), "སྐར་ཆ", cardinal(str(int(f["s"])))
        ),
    ),
    rule("time", r"(?P<h>[01]?\d|2[0-4]):(?P<m>[0-5]\d)(?![\d:])", _time),
    rule("score", r"(?P<a>\d+(?:\.\d+)?):(?P<b>\d+(?:\.\d+)?)(?!:?\d)", _ratio),
    rule("fraction", r"(?:(?P<w>\d+)\s)?(?P<a>\d+)\s?/\s?(?P<b>[1-9]\d*)(?![\d/])", _fraction),
    rule("fraction", rf"(?P<w>\d+)\s?(?P<v>[{''.join(VULGAR)}])", _fraction),
    rule("percentage", rf"(?P<n>{_NUM})(?:\s?%?{TO}(?P<n2>{_NUM}))?\s?(?P<of>[%‰])", _percent),
    rule("unit", _MEASURED, _measure),
    rule("money", rf"(?P<n>{_NUM})(?P<n2>)\s?(?P<sign>[£€¥$])(?!\d)", _money),
    rule("version", r"\d+(?:\.\d+){2,}(?!\d)", _dotted),
    rule(
        "size",
        r"\d+(?:\.\d+)?(?:\s?[×xX*]\s?\d+(?:\.\d+)?)+(?![\d.])",
        lambda f: "་སྒྱུར་".join(number(part) for part in re.split(r"\s?[×xX*]\s?", f[0])),
    ),
    rule("code", r"\d+(?:-\d+){2,}(?!\d)", lambda f: "་ཐིག་ཐུང་".join(_SPELLED.short(part) for part in f[0].split("-"))),
    rule("range", rf"(?P<a>{_NUM}){TO}(?P<b>{_NUM})(?![\d-])", _range),
    rule("ordinal", r"1(?=པོ)", "དང"),
    rule("ordinal", r"1པ(?![\u0f90-\u0fbcོ])", "དང་པོ"),
    rule("code", r"\d+(?![\d.])", _SPELLED.code, before=r"[A-Za-z]-?"),
    rule("number", _NUM, lambda f: number(f[0])),
)


_SIGNS: tuple[Rule, ...] = (
    rule("money", rf"(?P<sign>{_MONEY})\s?(?P<n>{_NUM})(?:{TO}(?:{_MONEY})?(?P<n2>{_NUM}))?", _money),
    rule("telephone", r"\+\d[\d -]{5,}\d(?!\d)", _SPELLED.dialled),
    rule("temperature", _MEASURED, _measure, before=r"^|[^\dA-Za-z]"),
    rule("percentage", rf"(?P<of>%)\s?(?P<n>{_NUM})(?P<n2>)", _percent),
    rule("range", r"[-~]+(?=\s?\d)", "ནས", before=r"[\d½]\s?(?:%|℃|ཉིན་?|ལོ་?)?"),
    rule("sign", r"-(?=\d)", _BELOW, before=r"^|[^\dA-Za-z)]"),
    rule("sign", r"±", "སྣོན་འཕྲི"),
    rule("sign", r"\+(?=\s?\d)", "སྣོན", before=r"[\dA-Za-z)]\s?"),
    rule("sign", r"-(?=\s\d)", "འཕྲི", before=r"\d\s"),
    rule("sign", r"=(?=\s?[-\dA-Za-z])", "མཉམ", before=r"[\dA-Za-z)]\s?"),
    rule("sign", r"[×*](?=\s?\d)", "སྒྱུར", before=r"[\dA-Za-z)]\s?"),
    rule("sign", r"÷", "བགོད"),
    rule("number", r"(?:№|#)\s?(?P<n>\d+)", lambda f: _join("ཨང", cardinal(f["n"]))),
    rule("fraction", rf"(?P<w>)(?P<v>[{''.join(VULGAR)}])", _fraction),
    rule("number", rf"[{ENCLOSED}{ROMAN}⅐-⅞༪-༳]", _numeral),
    rule("sign", rf"[{''.join(_SUPER)}]", lambda f: cardinal(_SUPER[f[0]])),
    rule("unit", r"㎡|℃|℉|°[CF]?", lambda f: UNITS[f[0]]),
    rule("sign", r"&", "དང", before=r"[\u0f00-\u0fff]\s?"),
    rule("percentage", r"%", "བརྒྱ་ཆ"),
)  # fmt: skip
_LETTERS: tuple[Rule, ...] = (
    *_SPELLED.letter_rules(),
    rule("money", rf"(?P<sign>{_MONEY})\s?(?P<n>{_NUM})(?P<n2>)", _money),
    rule(
        "version",
        r"[vV](?P<n>\d+(?:\.\d+)+)",
        lambda f: f"{f[0][0]} " + f"་{POINT}་".join(cardinal(part) for part in f["n"].split(".")),
    ),
)


def _fit(text: str, start: int, end: int, words: str) -> str:
    """A tsheg to the neighbouring syllables, a blank to Latin letters."""
    before, after = text[start - 1 : start], text[end : end + 1]
    if re.match(_LETTER, before):
        words = TSHEG + words
    elif before.isascii() and before.isalpha():
        words = f" {words}"
    if re.match(_LETTER, after) and not words.endswith(TSHEG):
        words += TSHEG
    elif after.isascii() and after.isalpha():
        words += " "
    return words


@cache
def _rules() -> Rules:
    return Rules(_START, _DIGITS, _LETTERS, _SIGNS)


def say(text: str) -> list[Piece]:
    """The pieces of a Tibetan text beside what is said for them."""
    return rewrite(text, _rules(), _fit, fold)
