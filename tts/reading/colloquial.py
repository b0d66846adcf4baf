"""Cantonese as people talk: how a sentence shows that it is written so, and what is then read otherwise than on the news.

Readings are those of Hong Kong dictionaries of the spoken language; the register is told from characters that written Chinese lacks.
"""

from __future__ import annotations

import re

_SPOKEN_ONLY = re.compile("[嘅咗喺佢唔嚟噉咁啲嗰哋冇嘢乜俾畀睇攞揾搵𠻺㗎喎啩咩嘞囖囉𡃉嚹啱誒哩瞓嗌諗揸㩒冧嬲喐嗱嘥叻咪喀]|邊個|點樣|點解|邊度")

WORDS = {
    "哩": "ni1", "誒": "e6", "嘞": "laak3", "嗎": "maa3", "嗱": "laa4", "唧": "zek1", "噉樣": "gam2 joeng2", "點樣": "dim2 joeng2",
    "咁樣": "gam2 joeng2", "個樣": "go3 joeng2", "樣樣": "joeng6 joeng6", "噉樣樣": "gam2 joeng2 joeng2", "樣嘢": "joeng6 je5",
    "儲": "cou5", "儲蓄": "cyu5 cuk1", "碟": "dip2", "坐": "co5", "訂": "deng6", "訂立": "ding3 laap6", "訂婚": "ding3 fan1",
    "成日": "seng4 jat6", "返工": "faan1 gung1", "返學": "faan1 hok6", "返嚟": "faan1 lai4", "返去": "faan1 heoi3", "返屋企": "faan1 uk1 kei2",
    "請": "ceng2", "嘩": "waa3", "唉": "aai1", "重": "zung6", "重要": "zung6 jiu3", "重新": "cung4 san1", "好重": "hou2 cung5",
    "上去": "soeng5 heoi3", "上嚟": "soeng5 lai4", "上來": "soeng5 lai4", "上堂": "soeng5 tong4", "上車": "soeng5 ce1", "上班": "soeng5 baan1",
    "上學": "soeng5 hok6", "上網": "soeng5 mong5", "上市": "soeng5 si5", "上台": "soeng5 toi4", "上路": "soeng5 lou6", "上船": "soeng5 syun4",
    "起上來": "hei2 soeng5 lai4", "落嚟": "lok6 lai4", "士多": "si6 do1", "巴士": "baa1 si2", "的士": "dik1 si2", "多士": "do1 si2",
    "樓下": "lau4 haa6", "聽日": "ting1 jat6", "尋日": "cam4 jat6", "琴日": "kam4 jat6", "今日": "gam1 jat6", "隊": "deoi2", "飛": "fei1",
    "麻雀": "maa4 zoek2", "打雀": "daa2 zoek2", "雀仔": "zoek3 zai2", "籌": "cau2", "着住": "zoek3 zyu6", "着衫": "zoek3 saam1",
    "着數": "zoek6 sou3", "爭": "zaang1", "黑": "hak1", "電話": "din6 waa2", "笑話": "siu3 waa2", "廢話": "fai3 waa2", "廣東話": "gwong2 dung1 waa2",
    "普通話": "pou2 tung1 waa2", "就話": "zau6 waa6", "佢話": "keoi5 waa6", "我話": "ngo5 waa6", "你話": "nei5 waa6",
}  # fmt: skip
"""Tried by the dictionary before its own entries, the longest first."""

_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), reading)
    for pattern, reading in (
        ("(?<![原後從將本未歷近往素向由外])(來)(?![回源賓往信臨歷電])", "lai4"),
        ("(?<![往折])(返)(?![回還港京程航鄉潮老])", "faan1"),
        ("(?<=[睇諗問傾聽摸試講食玩識行坐停休等搞望估幫揩考慮揭整查沖洗飲學做影打撳搵揾求理商反輕抖瞓了討溫睬郁])(下)(?![次個午晚面邊年月星禮級])", "haa5"),
        ("(?<=[入出裏裡前後上])(邊)(?![個度])", "bin6"),
        ("(?<=[唔])(到)", "dou2"),
        ("(?<=[見揾搵睇聽買攞計遇感覺估諗捉執學考收得買食借租賺撞執])(到)(?![處達底期時])", "dou2"),
        ("(成)(?=[個條間隻班張套件本部身世家幾千百萬晚朝年版年十座碗碟塊把枝餐場層])(?<![變完形造達組合構分贊]成)", "seng4"),
        ("(?<=[噉咁你我佢哋就先以])(咪)|^(咪)(?=[係好即算])", "mai6"),
        ("(咪)(?=[係好即算會得話要])", "mai6"),
        ("(?<=[十百千])(零)(?=[人個蚊歲年間隻日件次度幾])", "leng4"),
        ("(呢)(?=[個度啲隻位間次件種樣條邊排份班句幅篇部套對])", "ni1"),
        ("(呢)(?![個度啲隻位間次件種樣條邊排份班句幅篇部套對])", "ne1"),
    )
)


def is_spoken(text: str) -> bool:
    """Whether the text is written as people talk: it holds a character that written Chinese does not."""
    return bool(_SPOKEN_ONLY.search(text))


def by_context(text: str) -> dict[int, str]:
    """Readings that the neighbours decide, by place."""
    found: dict[int, str] = {}
    for pattern, reading in _RULES:
        for match in pattern.finditer(text):
            group = 1 if match.group(1) is not None else 2
            found[match.start(group)] = reading
    return found
