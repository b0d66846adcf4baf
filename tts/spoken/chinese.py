"""Chinese, for Mandarin, Cantonese and Hakka: what is written becomes what is said (the house rules: docs/spoken-form.md)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache

from tts.spoken import chinese_tables as table
from tts.spoken.chinese_numbers import Words, words
from tts.spoken.folding import ENCLOSED, LOWERED, RAISED, ROMAN, fold
from tts.spoken.piece import Piece
from tts.spoken.rules import Rule, Rules, rewrite, rule

_NUM = r"(?:\d{1,3}(?:[,，]\d{3})+(?!\d)|\d+)(?:\.\d+)?"
_ENDS = r"(?![\d.]*\d)"
_BIG = "[十百千万萬亿億兆]"
_TO = r"\s*(?:-+|~+)\s*"
_HAN = r"[\u4e00-\u9fff]"
_SUPER = RAISED | LOWERED
_START = re.compile(
    rf"[0-9]|[-+±$¥£€₩₽₹฿₫₱₺%‰℃℉°=≤≥<>≈≠×÷*/№&@#{ENCLOSED}{ROMAN}¼-¾⅐-⅞{''.join(_SUPER)}㎡㎢㎥㎞㎝㎜㎏㎎~]|[A-Za-z]+"
)
_VULGAR = {
    "¼": "1/4", "½": "1/2", "¾": "3/4", "⅐": "1/7", "⅑": "1/9", "⅒": "1/10", "⅓": "1/3", "⅔": "2/3", "⅕": "1/5", "⅖": "2/5", "⅗": "3/5",
    "⅘": "4/5", "⅙": "1/6", "⅚": "5/6", "⅛": "1/8", "⅜": "3/8", "⅝": "5/8", "⅞": "7/8",
}  # fmt: skip
_VULGARS = "".join(_VULGAR)


def _either(names: dict[str, str]) -> str:
    """One of the names, the longest first."""
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


_UNIT = rf"(?:{_either(table.UNITS)})(?![A-Za-z0-9²³])"
_PER = rf"(?:{_either(table.PER_TIME | table.PER)})(?![A-Za-z0-9])"
_MONEY = _either(table.SIGNS_OF_MONEY)
_CODES = _either(table.CODES_OF_MONEY)
_COUNTED = "%|‰|℃|°C|度|元|块|塊|米|公里|千米|厘米|毫米|千克|公斤|斤|克|吨|噸|人|户|戶|亩|畝|点|點|时|時|分|日|号|號|月|年|岁|歲|天|周|週|名|个|個|次|楼|樓|层|層|级|級|kg|km|cm|mm|m|g|t"
_HALVES = r"(?:[ap]\.?m\b\.?|[AP]\.?M\b\.?)"
_HOUR = r"(?:[01]?\d|2[0-4])"
_YEAR = r"(?:1[0-9]|20|21)\d\d"
_MONTH = r"(?:1[0-2]|0?[1-9])"
_DAY = r"(?:3[01]|[12]\d|0?[1-9])"


class _Speaker:
    """The rules for one way of saying numbers."""

    def __init__(self, w: Words) -> None:
        self.w = w
        self._old = w.wan == "萬"

    def t(self, said: str) -> str:
        return table.traditional(said) if self._old else said

    # dates and times
    def date(self, found: re.Match[str]) -> str:
        """2026-08-08, 2026/8/8, 2026.08: the year digit by digit."""
        parts = found.groupdict()
        said = ""
        if parts.get("y"):
            said += self.w.one_by_one(parts["y"]) + "年"
        said += self.w.number(str(int(parts["m"]))) + "月"
        return said + (self.w.number(str(int(parts["d"]))) + "日" if parts.get("d") else "")

    def year(self, found: re.Match[str]) -> str:
        return self.w.one_by_one(found[0])

    def long_ago(self, found: re.Match[str]) -> str | None:
        """2000年前, 5000年历史: a quantity, not a date; only round numbers are."""
        return self.w.number(found[0]) if int(found[0]) % 500 == 0 else None

    def before_christ(self, found: re.Match[str]) -> str:
        month = self.w.number(_unpadded(found["m"])) + "月" if found["m"] else ""
        return "公元前" + self.w.one_by_one(found["y"]) + "年" + month

    def years(self, found: re.Match[str]) -> str:
        return self.w.one_by_one(found["a"]) + "到" + self.w.one_by_one(found["b"])

    def clock(self, hour: str, minute: str, second: str | None = None) -> str:
        said = self.w.counted(str(int(hour))) + self.t("点")
        if int(minute) or second is not None:
            said += self._small(minute) + "分"
        return said + (self._small(second) + "秒" if second is not None else "")

    def _small(self, two: str) -> str:
        """Minutes and seconds: 05 -> 零五, 00 -> 零."""
        return "零" if two == "00" else self.w.one_by_one(two) if two[0] == "0" else self.w.number(two)

    def half(self, written: str | None, hour: str) -> str:
        """am, pm -> 上午, 下午, 晚上 from six."""
        if not written:
            return ""
        if written[0] in "aA":
            return "上午" if int(hour) != 12 else "凌晨"
        return "中午" if int(hour) == 12 else "下午" if int(hour) < 6 else "晚上"

    def time(self, found: re.Match[str]) -> str:
        half = self.half(found["half"], found["h"])
        return half + self.clock(found["h"], found["m"], found["s"])

    def hour(self, found: re.Match[str]) -> str:
        return self.half(found["half"], found["h"]) + self.clock(found["h"], "00")

    def times(self, found: re.Match[str]) -> str:
        return self.clock(found["h"], found["m"]) + "到" + self.clock(found["h2"], found["m2"])

    # ratios, fractions, ranges
    def score(self, found: re.Match[str]) -> str:
        return self.w.number(found["a"]) + "比" + self.w.number(found["b"])

    def fraction(self, found: re.Match[str]) -> str:
        whole = found.groupdict().get("w")
        return (self.w.number(whole) + "又" if whole else "") + self.parts(found["a"], found["b"])

    def parts(self, above: str, below: str) -> str:
        return self.w.number(below) + "分之" + self.w.number(above)

    def percent(self, found: re.Match[str]) -> str:
        return {"%": "百分之", "‰": "千分之", "‱": "万分之"}[found["of"]] + self.w.number(found["n"])

    def percents(self, found: re.Match[str]) -> str:
        of = {"%": "百分之", "‰": "千分之"}[found["of"]]
        return f"{of}{self.w.number(found['n'])}到{of}{self.w.number(found['n2'])}"

    def interval(self, found: re.Match[str]) -> str:
        say: Callable[[str], str] = self.w.counted if re.match(table.MEASURES, found.string[found.end() :]) else self.w.number
        if found.string.startswith("年", found.end()) and self._are_years(found["a"], found["b"]):
            say = self.w.one_by_one
        falls = float(_bare(found["a"])) > float(_bare(found["b"]))
        if (
            falls
            and "~" not in found[0]
            and say == self.w.number
            and not found.string.startswith(tuple("月日号號万萬"), found.end())
        ):
            return self.score(found)  # nobody counts backwards: 5-3 is how a game ended
        return say(_unpadded(found["a"])) + "到" + say(_unpadded(found["b"]))

    @staticmethod
    def _are_years(first: str, last: str) -> bool:
        """Four digits, or three that are not round: 830-846年."""
        return (
            first.isdigit()
            and last.isdigit()
            and len(first) == len(last)
            and (len(last) == 4 or (len(last) == 3 and last[-1] != "0"))
        )

    def ordinals(self, found: re.Match[str]) -> str:
        return f"{self.w.cardinal(found['a'], ordinal=True)}到第{self.w.cardinal(found['b'], ordinal=True)}"

    def ordinal(self, found: re.Match[str]) -> str:
        return self.w.cardinal(found[0], ordinal=True)

    # quantities
    def degrees(self, found: re.Match[str]) -> str:
        """-5℃, -5~3℃, -10~-5℃."""
        unit = self.t(table.UNITS.get(found["u"], found["u"]))
        if not found["n2"]:
            return f"零下{self.w.number(found['n'])}{unit}"
        own = self.t(table.UNITS.get(found["u1"], found["u1"])) if found["u1"] else ""
        return f"零下{self.w.number(found['n'])}{own}到{'零下' if found['below'] else ''}{self.w.number(found['n2'])}{unit}"

    def up_to_below(self, found: re.Match[str]) -> str:
        """3--5℃, 5℃~-3℃."""
        unit = self.t(table.UNITS.get(found["u"], found["u"]))
        own = self.t(table.UNITS.get(found["u1"], found["u1"])) if found["u1"] else ""
        return f"{self.w.number(found['n'])}{own}到零下{self.w.number(found['n2'])}{unit}"

    def measure(self, found: re.Match[str]) -> str:
        """25kg, 3-5km, 60km/h (每小时六十公里), 35μg/m³."""
        unit = self.t(table.UNITS[found["u"]])
        say = self.w.counted if unit not in ("度", "分", "秒") else self.w.number
        said = say(found["n"]) if not found["n2"] else f"{say(found['n'])}到{say(found['n2'])}"
        said += found["big"] or ""
        if per := found["per"]:
            if per in table.PER_TIME:
                said_before = (
                    re.search(
                        r"(?:时速|時速|每小时|每小時|每秒|风速)\s?(?:[约達达为為超过過]{1,2})?\Z", found.string[: found.start()]
                    )
                    and per in "hHs"
                )
                return f"{'' if said_before else '每' + self.t(table.PER_TIME[per])}{said}{unit}"
            return f"{said}{unit}每{self.t(table.PER[per])}"
        return said + unit

    def sized(self, found: re.Match[str]) -> str:
        """3×4米, 10*20cm."""
        return "乘".join(self.w.number(part) for part in re.split(r"\s*[×xX*]\s*", found[0]))

    def money(self, found: re.Match[str]) -> str:
        """¥3.50元, $2.4万, HK$20-30, ¥5/斤: empty decimals go, the unit is said once."""
        name = self.w.dollar if found["sign"] == "$" else (table.SIGNS_OF_MONEY | table.CODES_OF_MONEY)[found["sign"]]
        said = self.amount(found["n"]) + (found["big"] or "")
        if found["n2"]:
            said += "到" + self.amount(found["n2"]) + (found["big2"] or "")
        return said + self.t(name) + ("每" if found["each"] else "")

    def amount(self, written: str) -> str:
        if "." in written:
            written = written.rstrip("0").rstrip(".")
        return self.w.counted(written)

    def plain_money(self, found: re.Match[str]) -> str:
        return self.amount(found[0])

    def coded_money(self, found: re.Match[str]) -> str:
        return self.amount(found["n"]) + (found["big"] or "") + self.t(table.CODES_OF_MONEY[found["sign"]])

    # one by one
    def dial(self, found: re.Match[str]) -> str:
        said = self.w.dialled(re.sub(r"[^0-9Xx转轉]", "", found[0])).replace("x", "X")
        return ("加" if found[0].startswith("+") else "") + said

    def address(self, found: re.Match[str]) -> str:
        """3-2-501室: 三杠二杠五零幺室."""
        return self.t("杠").join(self.door(part) for part in found[0].split("-"))

    def door(self, digits: str) -> str:
        return self.w.dialled(digits) if len(digits) >= 3 else self.w.number(_unpadded(digits))

    def code(self, found: re.Match[str]) -> str:
        """The digits of a code behind letters: three and more one by one."""
        return self.door(found[0])

    def dotted(self, found: re.Match[str]) -> str:
        """2.0.1, 127.0.0.1."""
        parts = found[0].split(".")
        say = self.w.one_by_one if len(parts) == 4 or any(len(part) > 2 for part in parts) else self.w.number
        return self.w.point.join(say(part) for part in parts)

    def address_of_web(self, found: re.Match[str]) -> str:
        """www.abc.com/a-1: letters stay, the signs between them are said."""
        return "".join(self._web_sign(char) for char in found[0])

    def _web_sign(self, char: str) -> str:
        if char == ".":
            return self.w.point
        return self.w.one_by_one(char) if char.isdigit() else self.t(table.WEB.get(char, char))

    def standard(self, found: re.Match[str]) -> str:
        """GB 18401-2010."""
        number = self.w.point.join(self.w.one_by_one(part) for part in found["a"].split("."))
        return f"{number}{self.t('杠')}{self.w.one_by_one(found['b'])}"

    def memorial(self, found: re.Match[str]) -> str:
        """A day known by its numbers: 3.15晚会, 5·12地震."""
        month, day = re.split(r"\D", found[0])
        return self.w.cardinal("11") if (month, day) == ("10", "1") else self.w.one_by_one(month + day)

    # signs
    def number(self, found: re.Match[str]) -> str:
        return self.w.number(found[0])

    def counted(self, found: re.Match[str]) -> str:
        return self.w.counted(found[0])

    def unpadded(self, found: re.Match[str]) -> str:
        return self.w.number(_unpadded(found[0]))

    def vulgar(self, found: re.Match[str]) -> str:
        above, below = _VULGAR[found["v"]].split("/")
        return (self.w.number(found["w"]) + "又" if found["w"] else "") + self.parts(above, below)

    def circled(self, found: re.Match[str]) -> str:
        return self.w.number(str(int(unicodedata.numeric(found[0]))))

    def raised(self, found: re.Match[str]) -> str:
        digit = _SUPER[found[0]]
        if found[0] in LOWERED:
            return self.w.number(digit)
        return {"2": "平方", "3": "立方"}.get(digit, self.w.number(digit) + "次方")

    def unit_alone(self, found: re.Match[str]) -> str:
        return self.t(table.UNITS[found[0]])


def _bare(written: str) -> str:
    return written.replace(",", "").replace("，", "")


def _unpadded(digits: str) -> str:
    return digits.lstrip("0") or "0" if digits.isdigit() else digits


_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "VIII": 8, "IX": 9, "X": 10}


def _digit_rules(s: _Speaker) -> tuple[Rule, ...]:
    w = s.w
    return (
        # web and mail addresses that begin with a digit
        rule(
            "web",
            r"\d[\w.+-]{0,63}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+|\d[A-Za-z0-9-]*\.(?:com|cn|net|org|gov|edu)(?![A-Za-z])[\w./?=&%~-]*",
            s.address_of_web,
            flags=re.ASCII,
        ),
        # identity, telephone
        rule("identity", r"\d{17}[\dXx](?![\dA-Za-z])", s.dial),
        rule("telephone", rf"(?:86[- ]?)?1[3-9]\d[- ]?\d{{4}}[- ]?\d{{4}}{_ENDS}", s.dial),
        rule("telephone", r"0\d{2,3}[)]?\s?[- ]\s?\d{3,4}[- ]?\d{3,4}(?:(?:-|转|轉)\d{1,5})?(?!\d)", s.dial),
        rule("telephone", r"0\d{9,11}(?!\d)", s.dial),
        rule("telephone", r"\d{7,8}(?:转|轉)\d{1,5}", s.dial),
        rule("telephone", r"\d{4}(?: \d{4}){2,4}(?: \d{1,4})?(?!\d)", s.dial),
        rule("telephone", r"\d+(?=\*{2,})", s.dial),
        rule("telephone", r"\d+[Xx]?(?!\d)", s.dial, before=r"\d\*{2,}"),
        rule(
            "telephone",
            r"\d{7,8}(?![\d.])",
            s.dial,
            before=r"(?:联系人|聯繫人|联系方式|聯絡人|咨询|諮詢|查询|查詢).{0,12}[^\d第共约]",
        ),
        rule("telephone", r"[48]00[- ]?\d{3,4}[- ]?\d{3,4}(?![\d.])", s.dial),
        rule(
            "telephone", r"\d{3,4}[- ]\d{4}(?:[- ]\d{4})?(?!\d|\s*年)", s.dial, before=rf"(?:{table.LABELS})[号號为為是:\s]{{0,3}}"
        ),
        rule("telephone", r"\d{3,20}(?![\d.:]\d|\d)", s.dial, before=rf"(?:{table.LABELS})[号號为為是:(\s]{{0,3}}|[打拨撥]\s?"),
        rule(
            "telephone",
            r"\d{7,8}(?!\d|\.\d)(?!\s*[万萬亿億元人个個户戶亩畝美港平])",
            s.dial,
            before=rf"(?:{table.LABELS}).{{0,14}}[、,，/和或及;；]\s*",
        ),
        rule(
            "telephone",
            r"(?:1(?:10|19|20|22)|12[13]\d\d|100[01]\d|10086|955\d\d|96\d{3}|123\d\d)(?=热线|熱線|电话|電話|急救|报警|報警|火警|客服|平台|平臺|服务台)",
            s.dial,
        ),
        rule(
            "telephone",
            rf"(?:123\d\d|1000[016]|10086|955\d\d)(?![\d.%])(?!\s*(?:{_BIG}|[多余餘]?(?:{table.MEASURES})|[-~:]\s*\d))(?=\s*(?:打|$|[^\d\s]))",
            s.dial,
            before=r"[给給向通过過找]",
        ),
        rule("telephone", r"1(?:10|19|20|22)$", s.dial, before=r"^"),
        rule("telephone", r"1(?:10|19|20|22)(?!\d)", s.dial, before=r"1(?:10|19|20|22)[、,，/和或]"),
        # dates
        rule("date", rf"(?P<y>{_YEAR})(?P<p>[-/.·])(?P<m>{_MONTH})(?P=p)(?P<d>{_DAY})(?![\d-])", s.date),
        rule("date", rf"(?P<m>{_MONTH})(?P<p>[-/.])(?P<d>{_DAY})(?P=p)(?P<y>{_YEAR})(?!\d)", s.date),
        rule("date", r"(?P<y>20\d\d|19\d\d)[-/.](?P<m>1[0-2]|0[1-9])(?![\d.]|\s*[-~至到年%元])", s.date),
        rule("date", r"(?P<m>1[0-2]|0[1-9])[-/.](?P<y>20\d\d|19\d\d)(?!\d)", s.date),
        rule(
            "date",
            r"(?P<m>1[0-2]|0[1-9])(?P<p>[-/.])(?P<d>3[01]|[12]\d|0[1-9])(?![\d.:%/-])(?!\s*(?:[元米万亿萬億%℃斤吨]|[A-Za-z]))",
            lambda found: s.date(found) if found["m"][0] == "0" else None,
        ),
        rule(
            "date",
            r"(?P<y>\d{3,4})(?P<n>\s?年)?\s?(?:ad|a\.d\.|AD|A\.D\.)(?![A-Za-z])",
            lambda f: "公元" + w.one_by_one(f["y"]) + "年",
        ),
        rule("date", r"(?P<y>\d{3,4})\s?年?\s?(?P<m>\d{1,2}(?=月))?月?(?:bc|b\.c\.|BC|B\.C\.)(?![A-Za-z])", s.before_christ),
        rule("date", r"\d{4}(?=\s?年\s?(?:前|来|來|间|間|历史|歷史|的历史|的歷史|以上|以前|以后|後))", s.long_ago),
        rule(
            "date",
            r"(?P<a>\d{4})\s*年?\s*(?:-+|~+)\s*(?P<b>\d{4}|\d\d)(?=\s*(?:学年|學年|财年|年度|年))",
            lambda f: w.one_by_one(f["a"]) + ("年" if "年" in f[0] else "") + "到" + w.one_by_one(f["b"]),
        ),
        rule("date", rf"{_YEAR}(?=\s?(?:至|到)\s?(?:{_YEAR}|\d\d)\s?年)", s.year),
        rule("date", r"\d\d(?=\s?年)", s.year, before=rf"(?:{_YEAR})\s?(?:至|到)\s?"),
        rule("date", rf"(?P<a>{_YEAR})\s*(?:-+|~+)\s*(?P<b>{_YEAR})(?!\d|\.\d|\s*(?:{_BIG}|{_COUNTED}))", s.years),
        rule("date", r"\d{4}(?=\s?(?:年(?!级)|级|級|届|屆))", s.year),
        rule("date", r"\d{4}(?=、\d{4}(?:、\d{4})*\s?(?:年|级|級|届))", s.year),
        rule("date", r"\d{4}(?=\s?年)", s.year),
        rule("date", r"\d{2}(?=\s?年\s?\d{1,2}\s?月)", s.year),
        rule("date", r"\d{3}(?=\s?年)", s.year, before="公元前?|西元前?"),
        rule("date", r"\d0(?=后|後)", s.year),
        rule("date", r"0\d(?=\s?(?:年|级|級|届|屆))|[6-9][1-9](?=(?:级|級|届|屆)(?!以|地|大|风|風|台|浪))", s.year),
        rule(
            "date",
            r"[6-9][1-9](?=年(?!前|后|後|来|來|间|間|以|之|多|历|歷|的|时|時|内|內))",
            lambda f: (
                None
                if f.string[: f.start()].endswith(tuple("时時达達了共约約满滿过過近第续續前每有差国國校厂廠业業整经經"))
                else w.one_by_one(f[0])
            ),
        ),
        # scores, ratios and times
        rule("score", rf"(?P<a>\d+(?:\.\d+)?)\s?:\s?(?P<b>\d+(?:\.\d+)?)(?![:\d])(?=\s*[嘅]?(?:{table.SCORES_AFTER}))", s.score),
        rule(
            "score",
            r"(?P<a>\d+(?:\.\d+)?)\s?[:-]\s?(?P<b>\d+(?:\.\d+)?)(?![:\d-])",
            s.score,
            before=rf"(?:{table.SCORES_BEFORE}).{{0,6}}?",
        ),
        rule(
            "score",
            r"(?P<a>\d+)\s?-\s?(?P<b>\d+)(?![\d.-])(?=\s*(?:战胜|戰勝|击败|擊敗|险胜|大胜|完胜|获胜|獲勝|取胜|战平|戰平|逆转|惜败|不敌|负于|負於|领先|落败|的比分|嘅比分|勝|胜))",
            s.score,
        ),
        rule(
            "score",
            r"(?P<a>\d{1,3})-(?P<b>\d{1,3})(?![\d.-])(?=\s*(?:$|[，。,；;！!]))",
            s.score,
            before=rf"(?:{table.COUNTRIES})\s?",
        ),
        rule(
            "ratio",
            r"(?P<a>\d+(?:\.\d+)?)\s?:\s?(?P<b>\d+(?:\.\d+)?)(?![:\d])(?=\s?(?:的?比例|的?配比|的?浓度|稀释|稀釋|倍|混合|兑))",
            s.score,
        ),
        rule(
            "ratio",
            r"(?P<a>\d+(?:\.\d+)?)\s?:\s?(?P<b>\d+(?:\.\d+)?)(?![:\d])",
            s.score,
            before=rf"(?:{table.RATIOS_BEFORE}).{{0,4}}?",
        ),
        rule("time", rf"(?P<h>{_HOUR}):(?P<m>[0-5]\d){_TO}(?P<h2>{_HOUR}):(?P<m2>[0-5]\d)(?![\d:])", s.times),
        rule(
            "time",
            rf"(?P<h>{_HOUR})\s?:\s?(?P<m>[0-5]\d)(?:\s?:\s?(?P<s>[0-5]\d))?(?!\d|:\d)(?:\s?(?P<half>{_HALVES}))?(?:分(?![钟鐘之]))?",
            s.time,
        ),
        rule("time", rf"(?P<h>1[0-2]|0?[1-9])\s?(?P<half>{_HALVES})(?![A-Za-z])", s.hour),
        rule("score", r"(?P<a>\d+(?:\.\d+)?)\s?:\s?(?P<b>\d+(?:\.\d+)?)(?!:?\d)", s.score),
        # fractions and percentages
        rule("fraction", r"(?P<w>\d+)又(?P<a>\d+)\s?/\s?(?P<b>\d+)(?!\d)", s.fraction),
        rule("fraction", rf"(?P<w>\d+)\s?(?P<v>[{_VULGARS}])", s.vulgar),
        rule(
            "fraction",
            r"(?P<w>\d+) (?P<a>[1-9]\d?)/(?P<b>[1-9]\d{0,2})(?![\d/])",
            lambda f: s.fraction(f) if int(f["a"]) < int(f["b"]) else None,
        ),
        rule("fraction", r"(?P<a>\d+)\s?/\s?(?P<b>[1-9]\d*)(?![\d/.])(?!\s?(?:月|日))", s.fraction),
        rule("percentage", rf"(?P<n>{_NUM})\s?%?\s?(?:-+|~+|至|到)\s?(?P<n2>{_NUM})\s?(?P<of>[%‰])", s.percents),
        rule("percentage", rf"(?P<n>{_NUM})\s?(?P<of>[%‰‱])", s.percent),
        # degrees, units, money
        rule(
            "temperature",
            rf"(?P<n>{_NUM})\s?(?P<u1>℃|°C|度)?\s?(?:-+|~+|至|到)\s?-(?P<n2>{_NUM})\s?(?P<u>℃|° ?C|度)",
            s.up_to_below,
        ),
        rule("size", r"\d+(?:\.\d+)?(?:\s?[×xX*]\s?\d+(?:\.\d+)?)+(?![\d.])", s.sized),
        rule(
            "unit",
            rf"(?P<n>{_NUM})\s?(?:(?:{_UNIT})?{_TO}(?P<n2>{_NUM}))?\s?(?P<big>{_BIG}?)\s?(?P<u>{_UNIT})(?:/(?P<per>{_PER}))?(?!店)",
            lambda f: None if f["u"] in ("M", "g", "s", "t", "h", "V", "W", "in") and _no_unit(f) else s.measure(f),
        ),
        rule("money", rf"(?P<n>{_NUM})\s?(?P<big>{_BIG}?)\s?(?P<sign>{_CODES})(?![A-Za-z])", s.coded_money),
        rule("money", rf"(?P<n>{_NUM})\s?(?P<big>{_BIG}?)\s?(?P<sign>[¥£€$])(?!\d)(?P<n2>)(?P<big2>)(?P<each>)", s.money),
        rule("money", rf"\d[\d,]*\.\d+(?=\s?{_BIG}?(?:元|块|塊))", s.plain_money),
        rule(
            "number",
            r"(?P<n>\d+(?:\.\d+)?)[wW](?=\s?(?:张|張|人|元|粉|次|块|多|\+|余|$|[，。]))",
            lambda f: w.number(f["n"]) + w.wan,
        ),
        # doors, roads, codes
        rule("room", rf"\d+(?:-\d+)+(?=\s?(?:{table.ROOMS}|号楼|號樓))", s.address),
        rule("room", rf"\d{{3,}}(?=(?:[、,，/和及至到-]\s?\d{{3,}})*\s?(?:{table.ROOMS}))", s.code),
        rule(
            "room",
            rf"\d{{3,4}}(?![\d.:,，-])(?!\s?(?:{table.MEASURES}|平|多|余|餘))",
            s.code,
            before=r"[\dA-Za-z一二三四五六七八九十]\s?(?:座|栋|棟|幢|单元|單元|楼|樓)\s?",
        ),
        rule("road", r"\d{3}(?=\s?(?:国道|國道|省道|县道|縣道|路(?!程|灯|人|上)|路公交|路车|路車|路巴士))", s.code),
        rule("version", r"\d+(?:\.\d+){2,}(?!\d)", s.dotted),
        rule("code", r"(?P<a>\d+(?:\.\d+)?)-(?P<b>\d{4})(?!\d)", s.standard, before=r"(?:GB|DB|NY|HJ|ISO|JGJ|QB|JB)(?:/T)?\s?"),
        rule(
            "date",
            r"\d{1,2}[.·]\d{1,2}(?=\s?[\"”]?(?:晚会|晚會|假期|小长假|劳动节|国庆|國慶|儿童节|兒童節|放假|大地震|地震|事件|国际|國際|维权|運動|运动))",
            s.memorial,
        ),
        # ordinals and ranges
        rule("ordinal", r"(?P<a>\d+)\s?(?:-+|~+|到|至)\s?第?(?P<b>\d+)(?![\d.])", s.ordinals, before="第"),
        rule("ordinal", r"\d+(?![\d.])", s.ordinal, before=r"第\s?"),
        rule("code", r"\d+(?:-\d+){2,}", s.address),
        rule("math", r"(?P<a>\d+)\s?-\s?(?P<b>\d+)(?=\s?=)", lambda f: w.number(f["a"]) + s.t("减") + w.number(f["b"])),
        rule("range", rf"(?P<a>{_NUM}){_TO}(?P<b>{_NUM})(?![\d-])", s.interval),
        # a code behind letters, a plate
        rule("plate", r"\d+(?=[A-Za-z\d]*)", lambda f: w.dialled(f[0]), before=rf"[{table.PLATES}][A-Z][·. ]?[A-Z\d]{{0,5}}"),
        rule("code", r"\d{3,}(?![\d.,])", s.code, before=r"[A-Za-z]-?"),
        rule("code", r"\d{5,}(?=[A-Za-z])", s.code),
        # counting
        rule("number", r"\d+\+(?!\s?\d)", lambda f: w.number(f[0][:-1]) + "加"),
        rule("number", r"\d+#", lambda f: s.door(f[0][:-1]) + s.t("号")),
        rule("number", r"2(?=分(?!之|钟|鐘|米))", "二", before=r"[点點时時]\s?"),
        rule("number", rf"2(?![\d.,])(?=\s?(?:{table.MEASURES}))", s.counted),
        rule("number", r"0\d(?!\d|\.\d)(?=\s?(?:月|日|号|號))", s.unpadded),
        rule("number", _NUM, s.number),
    )


def _no_unit(found: re.Match[str]) -> bool:
    """A lone letter behind a number is a unit only where it stands close, nothing of Latin letters follows, and it is no 5G, 4S, 300M."""
    return (
        found["u"] == "M"
        or found.string[found.end("n") : found.start("u")].strip() != ""
        or found.string.startswith(("店", "级", "級"), found.end())
    )


def _sign_rules(s: _Speaker) -> tuple[Rule, ...]:
    # the order matters: money before signs, temperatures before minus
    number = rf"(?P<n>{_NUM})"
    return (
        rule(
            "money",
            rf"(?P<sign>{_MONEY})\s?{number}\s?(?P<big>{_BIG}?)(?:{_TO}(?:{_MONEY})?\s?(?P<n2>{_NUM})\s?(?P<big2>{_BIG}?))?\s?(?:元|块|塊|美元|港元|欧元|英镑)?(?P<each>/(?={_HAN}))?",
            s.money,
        ),
        rule("telephone", r"\+\d[\d -]{5,}\d(?!\d)", s.dial),
        rule(
            "temperature",
            rf"-{number}(?:\s?(?P<u1>℃|°C|度)?\s?(?:~+|-|到|至)\s?(?P<below>-|零下)?(?P<n2>{_NUM}))?\s?(?P<u>℃|° ?C|摄氏度|攝氏度|度)",
            s.degrees,
            before=r"^|[^\dA-Za-z]",
        ),
        rule("temperature", r"-(?=\d+(?:\.\d+)?\s?(?:℃|°C|度))", "零下", before=r"[\d℃度]\s?(?:~+|至|到)\s?"),
        rule(
            "range",
            r"-+(?=\s?(?:\d|第|上午|下午|中午|晚|凌晨|次日|明|今|翌日))|~+(?=\s?(?:\d|第|上午|下午|中午|晚|凌晨|次日|明|今|翌日))",
            "到",
            before=rf"[\d{_VULGARS}]\s?{_BIG}?(?:{_COUNTED})?(?:\([^()]{{1,6}}\))?\s?",
        ),
        rule(
            "range",
            r"-+(?=(?:周|星期|礼拜)[一二三四五六日天])|~+(?=(?:周|星期|礼拜)[一二三四五六日天])|[-~](?=[一二三四五六七八九十]+[月日号])",
            "到",
            before=r"(?:周|星期|礼拜)[一二三四五六日天]|[一二三四五六七八九十]+[月日号]",
        ),
        rule("sign", r"-(?=\d)", s.t("负"), before=rf"^|[^\dA-Za-z){_VULGARS}万萬亿億-]"),
        rule("sign", r"±", s.t("正负")),
        rule("sign", r"\+(?=\s?\d)", "加", before=r"[\dA-Za-z)]\s?"),
        rule("sign", r"\+(?=\d)", "正", before=r"^|[^\dA-Za-z)]"),
        rule("sign", r"-(?=\s\d)", s.t("减"), before=r"\d\s"),
        rule("sign", r"=(?=\s?-?[\dA-Za-z])", s.t("等于"), before=r"[\dA-Za-z)]\s?"),
        rule("sign", r"(?:≤|<=)(?=\s?\d)", s.t("小于等于")),
        rule("sign", r"(?:≥|>=)(?=\s?\d)", s.t("大于等于")),
        rule("sign", r"<(?=\s?\d)", s.t("小于"), before=r"[\d\u4e00-\u9fff]\s?"),
        rule("sign", r">(?=\s?\d)", s.t("大于"), before=r"[\d\u4e00-\u9fff]\s?"),
        rule("sign", r"≈", s.t("约等于")),
        rule("sign", r"≠", s.t("不等于")),
        rule("sign", r"[×*](?=\s?\d)", "乘", before=r"[\dA-Za-z)\u4e00-\u9fff]\s?"),
        rule("sign", r"÷", "除以"),
        rule(
            "sign",
            r"/(?=[亩畝斤公吨噸人户戶天日月年袋个個次米升件位只頭头套斤平小分秒])",
            "每",
            before=r"[元块塊角斤克米吨升人次个個]",
        ),
        rule("number", r"№\s?(?P<n>\d+)", lambda f: s.door(f["n"]) + s.t("号")),
        rule("number", r"#(?P<n>\d+)", lambda f: s.door(f["n"]) + s.t("号")),
        rule("fraction", rf"(?P<w>)(?P<v>[{_VULGARS}])", s.vulgar),
        rule("number", rf"[{ENCLOSED}{ROMAN}]", s.circled),
        rule("sign", rf"[{''.join(_SUPER)}]", s.raised),
        rule("unit", r"[㎡㎢㎥㎞㎝㎜㎏㎎]|℃|℉|°[CF]", s.unit_alone),
        rule("unit", r"°", "度"),
        rule("percentage", r"%", "百分号", before=r"^|[^\d]"),
        rule("sign", r"&", "和", before=r"[\u4e00-\u9fff]\s?"),
        rule("sign", r"@(?=[\u4e00-\u9fff])", "艾特"),
    )


def _letter_rules(s: _Speaker) -> tuple[Rule, ...]:
    word = r"[A-Za-z0-9](?:[\w-]*[A-Za-z0-9])?"
    return (
        rule("web", r"(?:https?|ftp)://[A-Za-z0-9./?=&%~_:#+-]*[A-Za-z0-9/]", s.address_of_web, flags=re.ASCII),
        rule("web", r"[A-Za-z0-9][\w.+-]{0,63}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", s.address_of_web, flags=re.ASCII),
        rule("web", rf"www\.{word}(?:\.{word})*(?:/[\w./?=&%~-]*[A-Za-z0-9/])?", s.address_of_web, flags=re.ASCII),
        rule(
            "web",
            r"[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,8}\.(?:com|cn|net|org|gov|edu|info)(?![A-Za-z])(?:/[\w./?=&%~-]*[A-Za-z0-9/])?",
            s.address_of_web,
            flags=re.ASCII,
        ),
        rule(
            "money",
            rf"(?P<sign>{_CODES}|{_MONEY})\s?(?P<n>{_NUM})\s?(?P<big>{_BIG}?)(?P<n2>)(?P<big2>)(?P<each>/(?={_HAN}))?",
            s.money,
        ),
        rule("number", r"(?:No|NO|no)\.?\s?(?P<n>\d+)(?![A-Za-z])", lambda f: s.door(f["n"]) + s.t("号")),
        rule("word", r"(?P<a>[BCGOP])2(?P<b>[BCGOP])(?![A-Za-z0-9])", lambda f: f"{f['a']} to {f['b']}"),
        rule(
            "roman",
            r"(?P<r>VIII|VII|VI|IV|IX|III|II|I|V|X)(?=\s?(?:级|級|期|型|类|類|度|号|號|段))(?![A-Za-z])",
            lambda f: s.w.number(str(_ROMAN[f["r"]])),
        ),
        rule(
            "time",
            rf"(?P<half>[AP]M)\s?(?P<h>{_HOUR}):(?P<m>[0-5]\d)(?P<s>)?(?!\d)",
            lambda f: s.half(f["half"], f["h"]) + s.clock(f["h"], f["m"]),
        ),
        rule(
            "version",
            r"[vV](?P<n>\d+(?:\.\d+)+)",
            lambda f: f[0][0] + s.w.point.join(s.w.number(part) for part in f["n"].split(".")),
        ),
    )


@cache
def _rules(w: Words) -> Rules:
    s = _Speaker(w)
    return Rules(_START, _digit_rules(s), _letter_rules(s), _sign_rules(s))


def say(text: str, dialect: str) -> list[Piece]:
    """The pieces of a Chinese text beside what is said for them in ``dialect`` (cmn, yue, hak)."""
    return rewrite(text, _rules(words(text, dialect)), fold=fold)
