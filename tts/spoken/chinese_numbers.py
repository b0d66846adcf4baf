"""Chinese number words: quantities, digits one by one, decimals, and 二 or 两."""

from __future__ import annotations

from dataclasses import dataclass

_DIGITS = "零一二三四五六七八九"
_PLAIN = str.maketrans("0123456789", _DIGITS)
_YAO = str.maketrans("0123456789", "零幺二三四五六七八九")
LONGEST = 16
"""Digits of a quantity; a longer number is said digit by digit."""


@dataclass(frozen=True)
class Words:
    """How one tongue says numbers: ``two`` is what stands before 百 千 万 亿 and a measure word, ``yao`` that 1 is 幺 in telephones,
    ``dollar`` what a $ by itself is."""

    two_hundreds: str
    two_counted: str
    yao: bool
    wan: str
    yi: str
    point: str
    dollar: str = "美元"

    def one_by_one(self, digits: str) -> str:
        """Years and codes: 2026 -> 二零二六."""
        return digits.translate(_PLAIN)

    def dialled(self, digits: str) -> str:
        """Telephones, doors, plates: 1 is 幺 in Mandarin."""
        return digits.translate(_YAO if self.yao else _PLAIN)

    def cardinal(self, digits: str, *, ordinal: bool = False) -> str:
        """A quantity of up to sixteen digits; leading zeros mean a code, which is said digit by digit."""
        digits = digits.replace(",", "").replace("，", "")
        if len(digits) > LONGEST or (len(digits) > 1 and digits[0] == "0"):
            return self.one_by_one(digits)
        two = "二" if ordinal else self.two_hundreds
        number = int(digits)
        return self._large(number, two) if number else _DIGITS[0]

    def number(self, written: str) -> str:
        """A quantity with or without decimals: 3.05 -> 三点零五."""
        whole, dot, decimals = written.partition(".")
        said = self.cardinal(whole) if whole else _DIGITS[0]
        return said + (self.point + self.one_by_one(decimals) if dot else "")

    def counted(self, written: str) -> str:
        """Before a measure word: a lone 2 is 两."""
        return self.two_counted if written == "2" else self.number(written)

    def _large(self, number: int, two: str) -> str:
        high, low = divmod(number, 10**8)
        if not high:
            return self._below_yi(low, two, leading=True)
        said = (two if high == 2 else self._large(high, two)) + self.yi
        if low:
            said += (_DIGITS[0] if low < 10**7 else "") + self._below_yi(low, two, leading=False)
        return said

    def _below_yi(self, number: int, two: str, *, leading: bool) -> str:
        high, low = divmod(number, 10**4)
        if not high:
            return _section(low, two, leading=leading)
        said = (two if high == 2 else _section(high, two, leading=True)) + self.wan
        if low:
            said += (_DIGITS[0] if low < 1000 else "") + _section(low, two, leading=False)
        return said


def _section(number: int, two: str, *, leading: bool) -> str:
    """1 to 9999; ``leading``: nothing stands before it, so that 10 is 十, not 一十."""
    thousands, hundreds, tens, ones = number // 1000, number // 100 % 10, number // 10 % 10, number % 10
    said = ""
    if thousands:
        said += (two if thousands == 2 else _DIGITS[thousands]) + "千"
    if hundreds:
        said += (two if hundreds == 2 and leading and not said else _DIGITS[hundreds]) + "百"
    elif thousands and (tens or ones):
        said += _DIGITS[0]
    if tens:
        said += ("" if tens == 1 and leading and not said else _DIGITS[tens]) + "十"
    elif hundreds and ones:
        said += _DIGITS[0]
    return said + (_DIGITS[ones] if ones else "")


_MANDARIN = {True: Words("两", "两", True, "万", "亿", "点"), False: Words("兩", "兩", True, "萬", "億", "點")}
_CANTONESE = {True: Words("二", "两", False, "万", "亿", "点"), False: Words("二", "兩", False, "萬", "億", "點", "元")}
_HAKKA = {True: Words("两", "两", False, "万", "亿", "点"), False: Words("兩", "兩", False, "萬", "億", "點")}

# The commonest characters that only one of the two scripts has.
_SIMPLIFIED = frozenset(
    "们这说时间会学来对国东车门马长开关见电话号码么个为发与还过进运动员产业务农请让认识语读书写买卖钱银铁饭馆网级经给红纪约维"
    "续练组织细终统绝绩线环现场应该当总处备实审导将尔层岁师币带帮广庆张弹录战执扩扫担择据损换报护抢拥拨万亿点两华灾热区县乡镇"
    "亩户医药术机构节气温风雾冻证费资设议论问题难离旧旷头体"
)
_TRADITIONAL = frozenset(
    "們這說時間會學來對國東車門馬長開關見電話號碼麼個為發與還過進運動員產業務農請讓認識語讀書寫買賣錢銀鐵飯館網級經給紅紀約維"
    "續練組織細終統絕績線環現場應該當總處備實審導將爾層歲師幣帶幫廣慶張彈錄戰執擴掃擔擇據損換報護搶擁撥萬億點兩華災熱區縣鄉鎮"
    "畝戶醫藥術機構節氣溫風霧凍證費資設議論問題難離舊曠頭體喺嘅哋咗"
)


def simplified(text: str, dialect: str) -> bool:
    """Which script the words are written in: that of the text; without a sign of it Mandarin is simplified, Cantonese and Hakka not."""
    old = sum(char in _TRADITIONAL for char in text)
    new = sum(char in _SIMPLIFIED for char in text)
    return new > old if new or old else dialect == "cmn"


def words(text: str, dialect: str) -> Words:
    """The number words for a text in a dialect (cmn, yue, hak)."""
    return {"yue": _CANTONESE, "hak": _HAKKA}.get(dialect, _MANDARIN)[simplified(text, dialect)]
