"""English: what is written becomes what is said, all of it in words (the house rules: docs/spoken-form.md)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache

from tts.spoken import english_numbers as say_number
from tts.spoken import english_tables as table
from tts.spoken.english_numbers import cardinal, digits, number, ordinal, year
from tts.spoken.folding import ENCLOSED, LOWERED, RAISED, ROMAN, fold
from tts.spoken.piece import Piece
from tts.spoken.rules import Rule, Rules, rewrite, rule

_WHOLE = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)"
_NUM = rf"(?:{_WHOLE}(?:\.\d+)?)"
_POINT = rf"(?:{_NUM}|\.\d+)"
_MONTH_NAME = r"(?:January|February|March|April|May|June|July|August|September|October|November|December|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\b\.?)"
_YEAR = r"(?:1[0-9]|20|21)\d\d"
_MONTH = r"(?:1[0-2]|0?[1-9])"
_DAY = r"(?:3[01]|[12]\d|0?[1-9])"
_HALVES = r"(?:[ap]\.?\s?m\b\.?|[AP]\.?M\b\.?)"
_ZONES = r"(?:EST|EDT|PST|PDT|CST|CDT|MST|GMT|UTC|BST|CET|HKT|e\.s\.t|p\.s\.t|c\.s\.t|g\.m\.t|est|pst|cst|gmt|utc)\b"
_TO = r"\s?(?:-+|~)\s?"
_BIG = r"(?:thousand|million|billion|trillion|bn|tn|k|[mbMB])\b"
_BIGS = {"bn": "billion", "tn": "trillion", "k": "thousand", "m": "million", "b": "billion", "M": "million", "B": "billion"}
_SIGN = "[$£€¥₩₽₹฿₫₱₺]"
_VULGAR = "¼½¾⅐⅑⅒⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"
_SUPER = RAISED | LOWERED
_START = re.compile(
    rf"[0-9]|\s?[-~]+\s?(?=\d)|[-+±$¥£€₩₽₹฿₫₱₺%‰℃℉°=≤≥<>≈≠×÷*/№&@#{ENCLOSED}{ROMAN}¼-¾⅐-⅞{''.join(_SUPER)}㎡.'(^]|[A-Za-z]+"
)
_FRACTIONS = {
    "¼": (1, 4), "½": (1, 2), "¾": (3, 4), "⅐": (1, 7), "⅑": (1, 9), "⅒": (1, 10), "⅓": (1, 3), "⅔": (2, 3), "⅕": (1, 5),
    "⅖": (2, 5), "⅗": (3, 5),
    "⅘": (4, 5), "⅙": (1, 6), "⅚": (5, 6), "⅛": (1, 8), "⅜": (3, 8), "⅝": (5, 8), "⅞": (7, 8),
}  # fmt: skip


def _either(names: Iterable[str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


_UNIT = rf"(?:{_either(table.UNITS)})(?![A-Za-z0-9²³])"
_PER = rf"(?:{_either(table.PER)})(?![A-Za-z0-9])"
_CODES = r"(?:US\$|HK\$|NT\$|JP¥|A\$|C\$|S\$|CNY|RMB|USD|EUR|GBP|HKD|JPY)"


# dates
def _month(written: str) -> str:
    """jan. -> january, Jan -> January, July -> July."""
    bare = written.rstrip(".")
    short = table.SHORT_MONTHS.get(bare.lower())
    if short is None:
        return bare
    full = table.MONTHS[short - 1]
    return full.lower() if bare.islower() else full


def _years(written: str) -> str:
    """A year of two or four digits: 05 -> zero five, 22 -> twenty-two."""
    if len(written) == 2:
        return digits(written) if written[0] == "0" else cardinal(written)
    return year(written)


def _month_first(found: re.Match[str]) -> str:
    said = f"{_month(found['month'])} {ordinal(str(int(found['d'])))}"
    if found["d2"]:
        said += f" to {ordinal(str(int(found['d2'])))}"
    return said + (f"{found['comma'] or ''} {_years(found['y'])}" if found["y"] else "")


def _month_of(found: re.Match[str]) -> str:
    return f"{table.MONTHS[int(found['m']) - 1]} {year(found['y'])}"


def _day_first(found: re.Match[str]) -> str:
    the = "" if re.search(r"\b[Tt]he\s\Z", found.string[: found.start()]) else "the "
    said = f"{the}{ordinal(str(int(found['d'])))} of {_month(found['month'])}"
    return said + (f" {_years(found['y'])}" if found["y"] else "")


def _days_first(found: re.Match[str]) -> str:
    said = f"the {ordinal(str(int(found['d'])))} to the {ordinal(str(int(found['d2'])))} of {_month(found['month'])}"
    return said + (f" {year(found['y'])}" if found["y"] else "")


def _numeric_date(found: re.Match[str]) -> str:
    said = f"{table.MONTHS[int(found['m']) - 1]} {ordinal(str(int(found['d'])))}"
    return f"{said} {_years(found['y'])}"


def _numeric_day_first(found: re.Match[str]) -> str:
    return f"the {ordinal(str(int(found['d'])))} of {table.MONTHS[int(found['m']) - 1]} {_years(found['y'])}"


def _decade(found: re.Match[str]) -> str:
    written = found["y"]
    if len(written) == 2:
        return say_number.plural(_tens(written))
    said = year(written)
    return say_number.plural(said)


def _tens(two: str) -> str:
    return "two thousand" if two == "00" else cardinal(str(int(two)))


def _quarter(found: re.Match[str]) -> str:
    part = {"Q": "quarter", "H": "half"}[found["part"]]
    the = "" if re.search(r"\b[Tt]he\s\Z", found.string[: found.start()]) else "the "
    return f"{the}{ordinal(found['n'])} {part} of {_years(found['y'])}"


# times
def _half(written: str | None) -> str:
    return " " + re.sub(r"[.\s]", "", written).upper() if written else ""


def _clock(hour: str, minute: str, half: str | None) -> str:
    said = cardinal(str(int(hour)))
    if minute == "00":
        return f"{said}{_half(half)}" if half else f"{said} o'clock"
    return f"{said} {'oh ' if minute[0] == '0' else ''}{cardinal(str(int(minute)))}{_half(half)}"


def _time(found: re.Match[str]) -> str:
    zone = re.sub(r"[.\s]", "", found["zone"]).upper() if found["zone"] else ""
    said = _clock(found["h"], found["m"], found["half"])
    return f"{said} {zone}" if zone else said


def _long_time(found: re.Match[str]) -> str:
    parts = [int(found[part]) for part in ("h", "m", "s")]
    names = [
        f"{cardinal(str(count))} {name}{'' if count == 1 else 's'}"
        for count, name in zip(parts, ("hour", "minute", "second"), strict=True)
    ]
    return f"{names[0]} {names[1]} and {names[2]}{_half(found['half'])}"


# telephones and codes
def _dial(found: re.Match[str]) -> str:
    groups = re.findall(r"\d+", found[0])
    if groups[:2] == ["1", "800"] or groups[0] == "800":
        said = ", ".join("eight hundred" if group == "800" and at < 2 else digits(group) for at, group in enumerate(groups))
    else:
        said = ", ".join(digits(group) for group in groups)
    return f"plus {said}" if "+" in found[0][:2] else said


def _vanity(found: re.Match[str]) -> str:
    """1-800-FLOWERS."""
    return f"one, eight hundred, {found['word'].replace('-', ' ')}"


def _code(found: re.Match[str]) -> str | None:
    """Digits inside a code: up to two, or a round number, as a number; the others one by one."""
    return _digits_of_code(found[0])


def _digits_of_code(written: str) -> str:
    if written[0] == "0" and len(written) > 1:
        return digits(written)
    return cardinal(written) if len(written) <= 2 or written.endswith("00") else digits(written)


_WEB_SIGNS = {
    ".": "dot", "/": "slash", "-": "dash", "_": "underscore", ":": "colon", "@": "at", "?": "question mark", "=": "equals",
    "&": "ampersand", "#": "hash", "%": "percent", "+": "plus", "~": "tilde",
}  # fmt: skip


def _web(found: re.Match[str]) -> str:
    """abc1@x.com -> abc one at x dot com."""
    said = []
    for part in re.findall(r"[A-Za-z]+|\d+|.", found[0]):
        if part.isdigit():
            said.append(cardinal(part) if part.endswith("000") and part[0] != "0" else digits(part))
        else:
            said.append(_WEB_SIGNS.get(part, part))
    return " ".join(said)


# fractions
def _below(whole: str, *, many: bool) -> str:
    """The denominator: 2 half, 4 quarter, 3 third."""
    said = "half" if whole == "2" else "quarter" if whole == "4" else ordinal(whole)
    if not many:
        return said
    return "halves" if said == "half" else f"{said}s"


def _parts(above: str, below: str) -> str:
    if below == "1":
        return f"{cardinal(above, joined=False)} over one"
    return f"{cardinal(above, joined=False)} {_below(below, many=above != '1')}"


def _fraction(found: re.Match[str]) -> str:
    whole = found["w"]
    if not whole:
        return _parts(found["a"], found["b"])
    said = (
        "a half"
        if (found["a"], found["b"]) == ("1", "2")
        else "a quarter"
        if (found["a"], found["b"]) == ("1", "4")
        else _parts(found["a"], found["b"])
    )
    return f"{cardinal(whole)} and {said}"


def _vulgar(found: re.Match[str]) -> str:
    above, below = (str(part) for part in _FRACTIONS[found["v"]])
    if not found["w"]:
        return _parts(above, below)
    said = f"a {_below(below, many=False)}" if above == "1" and below in "24" else _parts(above, below)
    return f"{cardinal(found['w'])} and {said}"


# quantities
def _unit(name: str, *, one: bool) -> str:
    single, many = table.UNITS[name]
    return single if one else many or f"{single}s"


def _measure(found: re.Match[str]) -> str | None:
    """25kg, 3-5 km, 60 km/h, 3x5 m2, 200 million kg."""
    name = found["u"]
    if name in ("m", "g", "t", "s", "h", "l", "W", "V", "a", "L", "M") and found.string[found.end() : found.end() + 1] in tuple(
        "-'’"
    ):
        return None
    if name in ("t", "s") and found.string[found.start("u") - 1] == " ":
        return None
    if re.search(r"[A-Za-z]-?\Z", found.string[: found.start()]):
        return None
    said = number(found["n"], joined=not found["big"])
    if found["n2"]:
        said += f" {_JOINS.get(found['join'].strip(), 'to')} {number(found['n2'])}"
    if found["big"]:
        said += f" {found['big'].strip()}"
    said += f" {_unit(name, one=found['n'] == '1' and not found['n2'] and not found['big'])}"
    return f"{said} per {table.PER[found['per']]}" if found["per"] else said


_JOINS = {"x": "by", "X": "by", "×": "by", "*": "times"}


def _big(written: str | None) -> str:
    return f" {_BIGS.get(written, written)}" if written else ""


def _amount(sign: str, written: str, big: str | None) -> str:
    """$2.50 -> two dollars fifty cents; three and more decimals are said with their point; yuan always with its point."""
    one, many, cent, cents = table.MONEY[sign]
    whole, _, decimals = written.partition(".")
    decimals = decimals.rstrip("0")
    plain = whole.replace(",", "").lstrip("0")
    if big or len(decimals) > 2 or (decimals and not cent):
        value = number(f"{whole}.{decimals}" if decimals else whole, joined=not big)
        return f"{value}{_big(big)} {many}"
    said = f"{cardinal(whole or '0')} {one if plain == '1' else many}" if plain or not decimals else ""
    if decimals:
        count = int((decimals + "0")[:2])
        said += f" {cardinal(str(count))} {cent if count == 1 else cents}"
    return said.strip()


def _money(found: re.Match[str]) -> str:
    said = _amount(found["sign"], found["n"], found["big"])
    if found["n2"]:
        said = f"{said if found['sign2'] else _bare(found)} to {_amount(found['sign'], found['n2'], found['big2'])}"
    return f"{said} per {table.PER[found['per']]}" if found["per"] else said


def _bare(found: re.Match[str]) -> str:
    return number(found["n"], joined=not found["big"]) + _big(found["big"])


def _range(found: re.Match[str]) -> str:
    return f"{_plain(found['a'], found)} to {_plain(found['b'], found)}"


def _score(found: re.Match[str]) -> str:
    return f"{cardinal(found['a'])} to {cardinal(found['b'])}"


def _plain(written: str, found: re.Match[str]) -> str:
    return number(written)


def _year_range(found: re.Match[str]) -> str | None:
    if len(found["b"]) == 2 and int(found["b"]) <= int(found["a"]) % 100:
        return None
    return f"{year(found['a'])} to {_years(found['b'])}"


def _bare_four(found: re.Match[str]) -> str:
    """Four digits: a year, unless something is counted (docs/spoken-form.md, class year)."""
    return year(found[0])


def _ordinal(found: re.Match[str]) -> str:
    bare = found["n"].replace(",", "")
    suffix = found["suffix"].lower()
    right = "th" if bare[-2:-1] == "1" else {"1": "st", "2": "nd", "3": "rd"}.get(bare[-1], "th")
    return ordinal(bare) if suffix == right else f"{cardinal(bare)} {found['suffix']}"


def _house(found: re.Match[str]) -> str:
    """The number of a house: 12 twelve, 708 seven zero eight, 1428 fourteen twenty-eight."""
    written = found["n"]
    said = digits(written) if len(written) == 3 or written[-2] == "0" else year(written) if len(written) == 4 else cardinal(written)
    return f"{said} {found['rest']}" if "rest" in found.groupdict() else said


def _number_sign(found: re.Match[str]) -> str:
    return ("Number " if found[0][0] == "N" else "number ") + number(found["n"])


def _circled(found: re.Match[str]) -> str:
    return cardinal(str(int(unicodedata.numeric(found[0]))))


def _alone(found: re.Match[str]) -> str:
    """A sign by itself, parted from its neighbours."""
    text, start, end = found.string, found.start(), found.end()
    before = " " if start and not text[start - 1].isspace() and text[start - 1] not in "('\"“" else ""
    after = " " if end < len(text) and not text[end].isspace() and text[end] not in ").,;:!?'\"”" else ""
    return f"{before}{table.ALONE[found[0].strip()]}{after}"


def _dotted(found: re.Match[str]) -> str:
    parts = found[0].split(".")
    say: Callable[[str], str] = digits if len(parts) == 4 else cardinal
    return f" {'dot' if len(parts) == 4 else 'point'} ".join(say(part) for part in parts)


_NOUN_AFTER = rf"(?=\s(?:{table.COUNTED})\b)"
_DIGITS: tuple[Rule, ...] = (
    rule("web", r"\d[\w.+-]{0,63}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", _web, flags=re.ASCII),
    rule("telephone", r"1-800-(?P<word>[A-Z]+(?:-[A-Z]+)*)", _vanity),
    rule("telephone", r"\d{1,3}[- ]\(?\d{3}\)?[- ]\d{3}[- ]\d{4}(?:-\d{1,4})?(?!\d)", _dial),
    rule("telephone", r"\d{3}[- ]\d{3}[- ]\d{4}(?:[- ]\d{1,4})?(?!\d)", _dial),
    rule("telephone", r"\d{3}-\d{2}-\d{4}(?!\d)", _dial),
    rule(
        "telephone",
        r"[48]00[- ]\d{3,4}[- ]\d{3,4}(?!\d)|1[3-9]\d[- ]\d{4}[- ]\d{4}(?!\d)|0\d{2,3}-\d{3,4}[- ]?\d{4}(?!\d)|\d{2,4}(?:[- ]\d{3,4}){2,3}(?![\d,.])",
        _dial,
    ),
    rule(
        "telephone",
        r"1[3-9]\d{9}(?!\d)|\d{17}[\dXx](?!\d)|0\d{9,11}(?!\d)",
        lambda f: digits(f[0]) + (" X" if f[0][-1] in "Xx" else ""),
    ),
    rule("telephone", r"\d{3,6}(?=\s(?:hotline|helpline))", lambda f: digits(f[0])),
    rule(
        "telephone",
        r"\d{3,4}[- ]\d{4}(?!\d)",
        _dial,
        before=r"(?i:call|dial|phone|telephone|tel|hotline|ring|fax|mobile|at)[.:]?\s(?:us\s|on\s|at\s|me\s|number\s)*",
    ),
    rule(
        "telephone",
        r"(?:1(?:10|19|20|22)|999|911|112)(?![\d,.]\d|\d)",
        lambda f: digits(f[0]),
        before=r"(?i:police|fire|ambulance|emergency|emergencies|alarm|rescue)[:,]?\s(?:on\s)?",
    ),
    rule(
        "code",
        r"\d{3,5}(?![\d,.]\d|\d)",
        lambda f: digits(f[0]),
        before=r"\b(?:[Bb]us|[Rr]oute|[Ff]light|[Tt]rain|[Hh]ighway|[Gg]ate|Rm\.?)\s(?:[Nn]o\.\s|[Nn]umber\s)?",
    ),
    rule(
        "telephone",
        r"\d{3,12}(?![\d,.]\d|\d)",
        lambda f: digits(f[0]),
        before=r"(?i:\bcall|\bdial|\bphone|\btelephone|\btel|hotline|extension|\bext|\broom|\bfax|\bmobile|postcode|zip|code|PIN|password|account|\bID)[.:]?\s(?:us\s|on\s|is\s|at\s|number\s|no\.?\s)*",
    ),
    rule("web", r"\d+(?:\.\d+){3}(?![\d.])", _dotted, flags=re.ASCII),
    # dates
    rule("date", rf"(?P<y>{_YEAR})(?P<p>[-/.])(?P<m>{_MONTH})(?P=p)(?P<d>{_DAY})(?!\d)", _numeric_date),
    rule("date", rf"(?P<m>{_MONTH})/(?P<d>{_DAY})/(?P<y>{_YEAR}|\d\d)(?!\d|/)", _numeric_date),
    rule("date", rf"(?P<d>3[01]|2\d|1[3-9])(?P<p>/)(?P<m>{_MONTH})(?P=p)(?P<y>{_YEAR})(?!\d)", _numeric_day_first),
    rule("date", rf"(?P<d>{_DAY})(?P<p>[-.])(?P<m>{_MONTH})(?P=p)(?P<y>{_YEAR})(?!\d)", _numeric_day_first),
    rule(
        "date",
        rf"(?P<d>{_DAY})(?:st|nd|rd|th)?(?:\s|\sof\s|-)(?P<month>{_MONTH_NAME})(?:,?[\s-](?P<y>{_YEAR})(?![\d-]))?(?![A-Za-z])",
        _day_first,
        flags=re.IGNORECASE,
    ),
    rule("date", r"(?P<n>[1-4])(?P<part>[QH])(?P<y>\d{4}|\d\d)(?!\d)", _quarter),
    rule("date", r"(?P<y>\d{3}0|\d0)['’]?s(?![A-Za-z])", _decade),
    rule("date", rf"(?P<a>{_YEAR}){_TO}(?P<b>{_YEAR}|\d\d)(?![\d,%-]|\.\d)(?!\s?(?:{_UNIT}|(?:{table.COUNTED})\b))", _year_range),
    rule(
        "date",
        rf"(?P<d>{_DAY}){_TO}(?P<d2>{_DAY})\s(?P<month>{_MONTH_NAME})(?:\s(?P<y>{_YEAR})(?!\d))?",
        _days_first,
        flags=re.IGNORECASE,
    ),
    rule("date", r"(?P<y>(?:19|20)\d\d)[-/](?P<m>1[0-2]|0[1-9])(?![\d/.-])", _month_of),
    rule("date", r"(?P<m>1[0-2]|0[1-9])/(?P<y>(?:19|20)\d\d)(?![\d/])", _month_of),
    rule("date", r"(?:19|20)\d\d(?!\d)", lambda f: year(f[0]), before=r"\bFY\s?"),
    # times
    rule("time", rf"(?P<h>[01]?\d|2[0-4]):(?P<m>[0-5]\d):(?P<s>[0-5]\d)(?!\d)(?:\s?(?P<half>{_HALVES}))?", _long_time),
    rule("time", rf"(?P<h>[01]?\d|2[0-4]):(?P<m>[0-5]\d)(?![\d:])(?:\s?(?P<half>{_HALVES}))?(?:\s?(?P<zone>{_ZONES}))?", _time),
    rule("time", rf"(?P<h>1[0-2]|0?\d)\.(?P<m>[0-5]\d)\s?(?P<half>{_HALVES})(?:\s?(?P<zone>{_ZONES}))?", _time),
    rule(
        "time",
        rf"(?P<h>1[0-2]|0?\d)(?P<m>)\s?(?P<half>{_HALVES})(?:\s?(?P<zone>{_ZONES}))?",
        lambda f: (
            f"{cardinal(str(int(f['h'])))}{_half(f['half'])}" + (f" {re.sub('[.]', '', f['zone']).upper()}" if f["zone"] else "")
        ),
    ),
    rule("ratio", r"(?P<a>\d+(?:\.\d+)?):(?P<b>\d+(?:\.\d+)?)(?!:?\d)", lambda f: f"{number(f['a'])} to {number(f['b'])}"),
    # addresses
    rule(
        "address",
        rf"(?P<n>\d{{1,5}})(?=(?:\s(?:{'|'.join(table.WINDS)})\b\.?)?\s(?:\d+(?:st|nd|rd|th)|(?:[A-Z][a-z]+\s?){{1,3}})\s?(?:{'|'.join(table.STREETS)})\b)",
        _house,
    ),
    rule("address", r"\d{5}(?!\d)", lambda f: digits(f[0]), before=rf"\b(?:{'|'.join([*table.STATES, *table.STATES.values()])})\s"),
    rule("date", r"(?P<a>(?:19|20)\d\d)/(?P<b>\d\d)(?![\d/])", _year_range),
    rule("address", r"(?P<n>\d{1,3})/F\b", lambda f: f"{ordinal(f['n'])} floor"),
    rule("word", r"9/11(?![\d/])", "nine eleven"),
    rule("word", r"(?P<a>\d+)/(?P=a)(?![\d/])", lambda f: f"{cardinal(f['a'])} {cardinal(f['a'])}"),
    rule("word", r"24/7(?!\d)", "twenty-four seven"),
    rule("word", r"401\(?k\)?(?![A-Za-z])", "four oh one k"),
    # fractions, ordinals
    rule("code", r"\d+(?:/\d+){2,}", lambda f: ", ".join(cardinal(part) for part in f[0].split("/"))),
    rule("math", r"(?P<a>\d+)\s?/\s?(?P<b>\d+)(?=\s?=)", lambda f: f"{cardinal(f['a'])} divided by {cardinal(f['b'])}"),
    rule("fraction", r"(?:(?P<w>\d+)\s)?(?P<a>\d+)\s?/\s?(?P<b>[1-9]\d*)(?:(?i:st|nd|rd|ths?)\b)?(?![\d/])", _fraction),
    rule("fraction", rf"(?P<w>\d+)\s?(?P<v>[{_VULGAR}])", _vulgar),
    rule("ordinal", rf"(?P<n>{_WHOLE})(?P<suffix>st|nd|rd|th|ST|ND|RD|TH)(?![A-Za-z])", _ordinal),
    # quantities
    rule(
        "number",
        rf"(?P<n>{_NUM})(?P<big>m|bn|k)\s(?=(?:{table.COUNTED})\b)",
        lambda f: f"{number(f['n'], joined=False)}{_big(f['big'])} ",
    ),
    rule(
        "unit",
        r"(?P<a>\d+)(?:'|\sft\s|ft\s?)(?P<b>\d{1,2})(?:\"|''|\s?in\b\.?)",
        lambda f: f"{cardinal(f['a'])} feet {cardinal(f['b'])} inches",
    ),
    rule("unit", rf"(?P<n>{_NUM})\s?in\.(?=\s[a-z])", lambda f: f"{number(f['n'])} inch{'' if f['n'] == '1' else 'es'}"),
    rule("size", rf"(?P<n>{_NUM})(?P<join>\s?[x×X*]\s?)(?P<n2>{_NUM})\s?(?P<big>)(?P<u>{_UNIT})(?P<per>)", _measure),
    rule("size", rf"(?P<n>{_NUM})\s?[x×]\s?(?P<n2>{_NUM})(?!\d)", lambda f: f"{number(f['n'])} by {number(f['n2'])}"),
    rule(
        "unit",
        rf"(?P<n>{_NUM})(?:(?:\s?{_UNIT})?(?P<join>{_TO})(?P<n2>{_NUM}))?\s?(?P<big>(?:thousand|million|billion|trillion)\s)?(?P<u>{_UNIT})(?:/(?P<per>{_PER}))?",
        _measure,
    ),
    rule(
        "money",
        rf"(?P<n>{_NUM})\s?(?P<big>(?:thousand|million|billion|trillion)\b)?\s?(?P<sign>CNY|RMB|USD|EUR|GBP|HKD|JPY)(?![A-Za-z])",
        lambda f: _amount(f["sign"], f["n"], f["big"]),
    ),
    rule("money", rf"(?P<n>{_NUM})(?P<big>)\s?(?P<sign>[£€¥$])(?!\d)", lambda f: _amount(f["sign"], f["n"], None)),
    rule("version", r"\d+(?:\.\d+){2,}(?!\d)", _dotted),
    # sums, scores, ranges
    rule("math", r"(?P<a>\d+)\s?-\s?(?P<b>\d+)(?=\s?=)", lambda f: f"{cardinal(f['a'])} minus {cardinal(f['b'])}"),
    rule("code", r"\d+(?:-\d+){2,}(?!\d)", lambda f: " ".join(cardinal(part) for part in f[0].split("-"))),
    rule("range", rf"(?P<a>{_NUM}){_TO}(?P<b>{_NUM})(?![\d-])", _range, before=r"^|[^A-Za-z\d-]|[^A-Za-z\d]-|[A-Za-z]"),
    # codes
    rule("code", r"\d+(?!\.?\d)", _code, before=r"[A-Za-z]-?|[A-Za-z]\d*[-/]"),
    rule("code", r"\d{3,}(?=[A-Za-z]{1,3}\d|[A-Z]\b)", lambda f: digits(f[0])),
    # years
    rule(
        "number",
        r"\d{4}(?![\d,]\d|\.\d|\d)",
        lambda f: cardinal(f[0]),
        before=r"(?i:number|number is|of about|about|some|over|than|nearly|almost|total|least|most|exactly|only|around|have|has|had|with|are|were|got|sold|bought|planted|counted|need|needs)\s",
    ),
    rule("number", rf"\d{{4}}(?!\d|\.\d){_NOUN_AFTER}", lambda f: cardinal(f[0])),
    rule("year", r"(?:1[1-9]\d\d|20\d\d|2100)(?![\d%]|,\d|\.\d|\+)(?!\s?[$£€¥])", _bare_four),
    rule("number", r"(?P<n>\d+)\+", lambda f: f"{cardinal(f['n'])} plus"),
    rule("number", rf"{_NUM}(?=\s(?:thousand|million|billion|trillion)\b)", lambda f: number(f[0], joined=False)),
    rule("number", rf"{_NUM}", lambda f: number(f[0])),
)

_SIGNS: tuple[Rule, ...] = (
    rule(
        "money",
        rf"(?P<sign>{_SIGN})\s?(?P<n>{_POINT})\s?(?P<big>{_BIG})?(?:{_TO}(?P<sign2>{_SIGN})?(?P<n2>{_NUM})\s?(?P<big2>{_BIG})?)?(?:/(?P<per>{_PER}))?",
        _money,
    ),
    rule("telephone", r"\(\d{3}\)[- ]?\d{3}-\d{4}(?!\d)", _dial),
    rule("telephone", r"\+\d{1,3}(?:[- ]?\(?\d{2,4}\)?){2,4}(?:-\d{1,4})?(?!\d)", _dial),
    rule("decade", r"['’](?P<y>\d0)s(?![A-Za-z])", _decade),
    rule("date", r"['’](?P<y>\d\d)(?!\d)(?=\s|$|[.,;)])", lambda f: _years(f["y"]), before=r"^|[\s(]"),
    rule("sign", rf"-(?=\$?{_POINT})", "minus ", before=r"^|[\s(=:~]"),
    rule("unit", rf"(?P<n>\.\d+)(?P<n2>)(?P<join>)\s?(?P<big>)(?P<u>{_UNIT})(?P<per>)", _measure, before=r"^|[^\w.)]"),
    rule("number", r"\.\d+(?!\d|\.\d)", lambda f: number(f[0]), before=r"^|[^\w.)]|minus "),
    rule(
        "range",
        r"\s?[-~]+\s?(?=\d)",
        " to ",
        before=rf"[%{_VULGAR}]|\d:\d\d|\d\s(?:[ap]m|[AP]M|[ap]\.m\.)|\d(?:st|nd|rd|th|s|am|pm|a\.m\.|p\.m\.|AM|PM|℃|°C)",
    ),
    rule(
        "range",
        r"\s-\s(?=\d)|-(?=(?:Sun|Mon|Tue|Wed|Thu|Fri|Sat)[a-z]*\b)",
        " to ",
        before=r"\b(?:Sun|Mon|Tue|Wed|Thu|Fri|Sat)[a-z]*\.?",
    ),
    rule("unit", r"㎡", "square meters"),
    rule("number", r"(?:№|#)\s?(?P<n>\d+)", _number_sign),
    rule("fraction", rf"(?P<w>)(?P<v>[{_VULGAR}])", _vulgar),
    rule("number", rf"[{ENCLOSED}{ROMAN}]", _circled),
    rule("sign", r"[²³]", lambda f: f" {table.ALONE[f[0]]}"),
    rule("sign", rf"[{''.join(_SUPER)}]", lambda f: f" {digits(_SUPER[f[0]])}"),
    rule("sign", r"\+(?=\s?[\dA-Za-z])", _alone, before=r"[\w)]\s?"),
    rule("sign", r"\+(?=\d)", "plus ", before=r"^|[\s(]"),
    rule("sign", r"\++", lambda f: " plus" * len(f[0]), before=r"[A-Za-z]"),
    rule("sign", r"=(?=\s?[-\w])", _alone, before=r"[\w)]\s?"),
    rule("sign", r"[≤≥≈≠±÷%‰№℃℉°]", _alone),
    rule("sign", r"[<>](?=\s?\d)", _alone, before=r"[\d]\s?|\w\s"),
    rule("sign", r"[*×](?=\s?\d)", _alone, before=r"\d\s?"),
    rule(
        "sign",
        r"\^(?P<n>\d+)(?!\d)",
        lambda f: {"2": " squared", "3": " cubed"}.get(f["n"], f" to the power of {cardinal(f['n'])}"),
    ),
    rule("sign", r"[&@]", _alone),
    rule("sign", r"#", _alone),
    rule(
        "unit",
        rf"/(?P<per>{_PER})",
        lambda f: f" per {table.PER[f['per']]}",
        before=r"\b(?:yuan|dollars?|euros?|pounds?|won|yen|people|times|trips)",
    ),
    rule("sign", r"/(?!>)", _alone, before=r"^|[A-Za-z\d]\s?"),
    rule("sign", rf"{_SIGN}", _alone),
)

_ROMAN = "|".join(sorted(table.ROMANS, key=len, reverse=True))
_WORD = r"[A-Za-z0-9][A-Za-z0-9_&+-]*"
_LETTERS: tuple[Rule, ...] = (
    rule("web", r"(?:https?|ftp|file):///?[A-Za-z0-9./?=&%~_:#+-]*[A-Za-z0-9/]", _web, flags=re.ASCII),
    rule("web", r"[A-Za-z0-9][\w.+&-]{0,63}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", _web, flags=re.ASCII),
    rule("web", rf"www\.{_WORD}(?:\.{_WORD})*(?:/[\w./?=&%~-]*[A-Za-z0-9/])?", _web, flags=re.ASCII),
    rule(
        "web",
        r"[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,8}\.(?:com|cn|net|org|gov|edu|info|uk|de|fr|jp|hk|io)(?![A-Za-z0-9.]\w)(?:/[\w./?=&%~-]*[A-Za-z0-9/])?(?![A-Za-z])",
        _web,
        flags=re.ASCII,
    ),
    rule("web", r"[a-z]{2,}\.[a-z]{2,4}(?=\s|$|[,;)])", _web, flags=re.ASCII),
    rule("money", rf"(?P<sign>{_CODES})\s?(?P<n>{_POINT})\s?(?P<big>{_BIG})?(?P<n2>)(?P<big2>)(?:/(?P<per>{_PER}))?", _money),
    rule(
        "date",
        rf"(?P<month>{_MONTH_NAME})[\s-](?P<d>{_DAY})(?:st|nd|rd|th)?(?:{_TO}(?P<d2>{_DAY})(?:st|nd|rd|th)?)?(?![\d:%]|\.\d)(?:(?P<comma>,)?[\s-](?P<y>{_YEAR})(?!\d|,\d))?(?!\s?(?:a\.?m|p\.?m|percent|{table.COUNTED})\b)",
        _month_first,
        flags=re.IGNORECASE,
    ),
    rule(
        "date",
        rf"(?P<month>{_MONTH_NAME}),?\s(?P<y>{_YEAR})(?!\d|,\d)",
        lambda f: f"{_month(f['month'])} {year(f['y'])}",
        flags=re.IGNORECASE,
    ),
    rule("date", r"(?P<month>(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\.)(?=\s)", lambda f: _month(f["month"])),
    rule("date", r"H(?P<n>[12])\s(?P<y>(?:19|20)\d\d)(?!\d)", lambda f: f"the {ordinal(f['n'])} half of {year(f['y'])}"),
    rule(
        "date",
        r"Q(?P<n>[1-4])(?P<part>)(?:\s(?P<y>\d{4}))?(?!\w)",
        lambda f: f"the {ordinal(f['n'])} quarter" + (f" of {year(f['y'])}" if f["y"] else ""),
    ),
    rule(
        "date",
        rf"(?:{'|'.join(table.DAYS)})\.(?=-|\s|,|$)|(?:{'|'.join(table.DAYS)})(?=\.?-(?:{'|'.join(table.DAYS)})\b)",
        lambda f: table.DAYS[f[0].rstrip(".")],
    ),
    rule(
        "date",
        rf"(?:{'|'.join(table.DAYS)})\b\.?(?=\s|,|$)",
        lambda f: table.DAYS[f[0].rstrip(".")],
        before=rf"\b(?:{'|'.join(table.DAYS)})\.?\s?-\s?",
    ),
    rule("number", r"(?:No|no|Nos)\.\s?(?P<n>\d+)", _number_sign),
    rule(
        "address",
        r"(?P<s>St|Ave|Rd|Blvd|Expy|Hwy|Ln|Dr|Ct|Pl|Sq|Pkwy)\b\.?(?=,|$|\s*$|\.|\s(?:[a-z]|It|The|In|On|and)|,)",
        lambda f: table.STREETS[f["s"]] + ("." if f[0].endswith(".") and re.match(r"\s+[A-Z]|$", f.string[f.end() :]) else ""),
        before=r"\d(?:st|nd|rd|th)\s|\d\s(?:[A-Z]\.?\s)?(?:[A-Z][a-z]+\s){1,3}",
    ),
    rule("address", r"st\b", "Street", before=r"\d[a-z]{2}\s"),
    rule(
        "address",
        rf"(?P<w>{'|'.join(table.WINDS)})(?=\s(?:\d+(?:st|nd|rd|th)|[A-Z][a-z]+)\s(?:{'|'.join(table.STREETS)})\b)",
        lambda f: table.WINDS[f["w"]],
        before=r"\d\s",
    ),
    rule(
        "address",
        rf"(?P<s>{'|'.join(table.STATES)})\b(?=\s*$|\s\d{{5}}|[,.])",
        lambda f: table.STATES[f["s"]],
        before=r"[A-Z][a-z]+,\s",
    ),
    rule("word", r"Ph\.?D\b\.?", "PHD"),
    rule("word", r"St\.(?=\s[A-Z])|St(?=\s[A-Z][a-z]+['’]s)", "Saint"),
    rule(
        "word",
        rf"(?P<a>{'|'.join(sorted(table.ABBREVIATIONS, key=len, reverse=True))})\.",
        lambda f: table.ABBREVIATIONS[f["a"]] + ("." if re.match(r"\s*$", f.string[f.end() :]) else ""),
    ),
    rule(
        "roman",
        rf"(?P<r>{_ROMAN}|I|V|X)(?![\w'’-]|\.\w)",
        lambda f: f"the {ordinal(str((table.ROMANS | {'I': 1, 'V': 5, 'X': 10})[f['r']]))}",
        before=rf"\b(?:{table.KINGS})\s",
    ),
    rule(
        "roman",
        r"(?P<r>[IVX])(?![\w'’-]|\.\w)",
        lambda f: cardinal(str({"I": 1, "V": 5, "X": 10}[f["r"]])),
        before=rf"\b(?:{table.NUMBERED})\s",
    ),
    rule("roman", rf"(?P<r>{_ROMAN})(?![\w'’-]|\.\w)", lambda f: cardinal(str(table.ROMANS[f["r"]])), before=r"^|[A-Z][a-z]+\s"),
    rule(
        "version",
        r"[vV](?P<n>\d+(?:\.\d+)+)",
        lambda f: f"{f[0][0]} " + " point ".join(cardinal(part) for part in f["n"].split(".")),
    ),
)


def _fit(text: str, start: int, end: int, words: str) -> str:
    """A word of its own: a blank where a letter or a digit stands close (B2A -> B two A)."""
    if start and text[start - 1].isalnum() and words[0].isalnum():
        words = f" {words}"
    if end < len(text) and text[end].isalnum() and words[-1].isalnum():
        words += " "
    return words


@cache
def _rules() -> Rules:
    return Rules(_START, _DIGITS, _LETTERS, _SIGNS)


def say(text: str) -> list[Piece]:
    """The pieces of an English text beside what is said for them."""
    return rewrite(text, _rules(), _fit, fold)
