"""Chinese: what is written becomes what is said. wetext does most of it; our own rules go first where a village notice needs a plain answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from tts.spoken.rules import WIDE, Rule, apply

_ZH_DIGITS = str.maketrans("0123456789", "零幺二三四五六七八九")
_ZH_UNITS = {
    "㎡": "平方米", "km²": "平方千米", "m²": "平方米", "m³": "立方米", "㎏": "千克", "㎝": "厘米", "㎜": "毫米", "㎞": "千米",
    "kV": "千伏", "kWh": "千瓦时", "kW": "千瓦",
}  # fmt: skip


def _digits(found: re.Match[str]) -> str:
    """One by one, as telephones are said: 1 is 幺."""
    return re.sub(r"[^零幺二三四五六七八九Xx]", "", found.group().translate(_ZH_DIGITS)).replace("x", "X")


def _after_label(found: re.Match[str]) -> str:
    return found.group(1) + found.group(2).translate(_ZH_DIGITS)


def _plain_amount(found: re.Match[str]) -> str:
    """￥3.50元, ¥1,200 and 3.50元: the sign goes, empty decimals go, the unit is said once."""
    number = found.group("n").replace(",", "")
    if "." in number:
        number = number.rstrip("0").rstrip(".")
    return f"{number}{found.group('big') or ''}元"


def _below_zero(found: re.Match[str]) -> str:
    return f"零下{found.group(1)}{found.group(2)}"


_LABELS = "电话|電話|热线|熱線|拨打|撥打|致电|致電|手机|手機|号码|號碼|邮编|郵編|QQ|微信"
_COUNTED = "%|％|℃|°C|元|米|公里|千克|公斤|斤|人|户|亩|点|时|日|号|月|年|岁|天"
_NOT_IN_NUMBER = r"(?<![\d.,])"
_ZH_RULES: tuple[Rule, ...] = (
    (re.compile(rf"{_NOT_IN_NUMBER}\d{{17}}[\dXx](?!\d)"), _digits),
    (re.compile(rf"{_NOT_IN_NUMBER}(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{{4}}[- ]?\d{{4}}(?![\d.])"), _digits),
    (re.compile(rf"{_NOT_IN_NUMBER}[（(]?0\d{{2,3}}[)）]?[- —]?\d{{3,4}}[- ]?\d{{4}}(?:[-转]\d{{1,5}})?(?!\d)"), _digits),
    (re.compile(rf"{_NOT_IN_NUMBER}[48]00[- ]\d{{3,4}}[- ]\d{{3,4}}(?!\d)"), _digits),
    (re.compile(rf"((?:{_LABELS})[群号為为是:：\s]{{0,3}})(\d{{3,12}})(?![\d.:：-])"), _after_label),
    (re.compile(r"(?<![\d.])1(?:10|19|20|22|2\d{3})(?=(?:热线|熱線|电话|電話|急救|报警|報警|火警))"), _digits),
    (re.compile(r"[￥¥]\s*(?P<n>\d[\d,]*(?:\.\d+)?)\s*(?P<big>[万萬亿億])?\s*(?:元|块)?"), _plain_amount),
    (re.compile(r"(?P<n>\d[\d,]*\.\d+)(?P<big>[万萬亿億])?元"), _plain_amount),
    (re.compile(r"(\d\s*(?:℃|°C|度)?)\s*(?:[-—–~～到至])\s*[-−](\d+(?:\.\d+)?)\s*(℃|°C|度)"), r"\1到零下\2\3"),
    (re.compile(r"(?<![\dA-Za-z℃])(?<!\d度)[-−](\d+(?:\.\d+)?)(\s*(?:[~～到至]+\s*(?:零下)?[\d.]+\s*)?(?:℃|°C|度))"), _below_zero),
    (re.compile(rf"(\d(?:\.\d+)?\s*(?:{_COUNTED}))\s*(?:-|－|—|–|~|～)\s*(?=\d)"), r"\1到"),
    (re.compile(r"(\d)\s*[:：]\s*(\d\d)\s*(?:-|－|—|–|~|～|至)+\s*(\d{1,2})\s*[:：]\s*(\d\d)"), r"\1:\2到\3:\4"),
    (re.compile(r"(?<=\d)：(?=\d\d(?!\d))"), ":"),
    (re.compile(r"(?<=\d)\s*[~～–—]+\s*(?=\d)"), "到"),
    (re.compile(r"第(\d+)\s*(?:-|到)\s*(?=\d)"), r"第\1到第"),
    (re.compile(r"(?<=第)2(?!\d)"), "二"),
    (re.compile(r"元/(?=[亩畝斤公吨噸人户戶天日月年袋个個次米吨])"), "元每"),
    (re.compile(r"(?<![\d.第])2(?=[次名位户戶条條件张張本头頭只辆輛场場遍桶袋盒瓶])"), "两"),
    (re.compile(r"(\d+(?:\.\d+)?)‰"), r"千分之\1"),
)  # fmt: skip


@cache
def _wetext(lang: str) -> Callable[[str], str]:
    """wetext's normaliser (0.2 s to load)."""
    from wetext import Normalizer

    normaliser = Normalizer(lang=lang, operator="tn")
    return lambda text: str(normaliser.normalize(text))


def spoken(text: str) -> str:
    """A Chinese text as it is said."""
    text = text.translate(WIDE)
    for unit, name in _ZH_UNITS.items():
        text = re.sub(rf"(?<=[\d\s]){re.escape(unit)}", name, text)
    text = apply(_ZH_RULES, text)
    return _wetext("zh")(text) if re.search(r"[0-9%℃$€£]", text) else text
