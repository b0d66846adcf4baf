"""Suggestions for another way to write the same: the other Chinese script, or words as they are spoken in Cantonese. A person checks every one."""

from __future__ import annotations

from dataclasses import dataclass

from articles.errors import UnknownKind
from articles.language import convert

TO = ("zh-Hans", "zh-Hant", "yue")

# Written Mandarin (in traditional characters) and what is said in Cantonese. Only words that hardly mean anything else; a word that stands for
# itself guards its characters (the 的 of 目的 is no particle). From common knowledge of the two languages; nobody's list.
SPOKEN_CANTONESE = {
    "我們": "我哋", "你們": "你哋", "他們": "佢哋", "她們": "佢哋", "它們": "佢哋", "咱們": "我哋", "大家": "大家", "別人": "人哋", "其他": "其他", "他人": "他人", "吉他": "吉他",
    "他": "佢", "她": "佢", "是不是": "係咪", "是否": "係咪", "不是": "唔係", "但是": "但係", "可是": "但係", "只是": "只係", "就是": "就係", "都是": "都係", "也是": "都係", "還是": "定係",
    "於是": "於是", "要是": "如果", "總是": "成日", "是非": "是非", "實事求是": "實事求是", "是": "係",
    "不要": "唔好", "不能": "唔可以", "不會": "唔會", "不用": "唔使", "不必": "唔使", "不知道": "唔知", "不可以": "唔可以", "不在": "唔喺度", "不夠": "唔夠", "不好": "唔好", "不同": "唔同", "沒有": "冇",
    "什麼": "乜嘢", "甚麼": "乜嘢", "為什麼": "點解", "為甚麼": "點解", "怎麼": "點", "怎樣": "點樣", "怎麼樣": "點樣", "哪裏": "邊度", "哪裡": "邊度", "哪兒": "邊度", "誰": "邊個", "多少": "幾多",
    "這裏": "呢度", "這裡": "呢度", "這兒": "呢度", "那裏": "嗰度", "那裡": "嗰度", "那兒": "嗰度", "這個": "呢個", "那個": "嗰個", "這些": "呢啲", "那些": "嗰啲", "這樣": "咁樣", "那樣": "咁樣", "一些": "一啲", "有些": "有啲",
    "今天": "今日", "明天": "聽日", "昨天": "尋日", "後天": "後日", "前天": "前日", "現在": "而家", "剛才": "啱啱", "晚上": "夜晚", "早上": "朝早", "上午": "上晝", "中午": "晏晝", "下午": "下晝", "星期天": "星期日",
    "東西": "嘢", "孩子": "細路", "小孩": "細路", "小孩子": "細路", "老人家": "老人家", "喜歡": "鍾意", "知道": "知道", "告訴": "話畀", "回家": "返屋企", "家裏": "屋企", "家裡": "屋企", "休息": "抖", "下雨": "落雨", "洗澡": "沖涼",
    "睡覺": "瞓覺", "吃飯": "食飯", "吃藥": "食藥", "喝水": "飲水", "喝酒": "飲酒", "一起": "一齊", "馬上": "即刻", "立刻": "即刻", "趕快": "快啲", "儘快": "盡快", "非常": "好", "很多": "好多", "很": "好", "漂亮": "靚", "聊天": "傾偈", "找到": "搵到",
    "尋找": "搵", "應該": "應該", "必須": "一定要", "水龍頭": "水喉", "電燈": "電燈", "雨傘": "遮", "摩托車": "電單車", "自行車": "單車", "公共汽車": "巴士", "出租車": "的士", "停電": "停電", "停水": "停水",
    "目的": "目的", "的確": "的確", "的士": "的士", "有的": "有啲", "的": "嘅", "存在": "存在", "在於": "在於", "正在": "正在", "在場": "在場", "在內": "在內", "所在": "所在", "實在": "實在", "自在": "自在", "在": "喺",
}  # fmt: skip
_LONGEST = max(map(len, SPOKEN_CANTONESE))


@dataclass(frozen=True)
class Swap:
    """One word of the suggestion that stands for another; ``at`` is where it stands in the suggested body."""

    at: int
    before: str
    after: str


@dataclass(frozen=True)
class Suggestion:
    """Another way to write it. ``lang`` is the written language it would be kept as; ``swaps`` are what was changed in the body beside the script."""

    lang: str
    title: str
    body: str
    swaps: tuple[Swap, ...]


def suggest(title: str, body: str, to: str) -> Suggestion:
    """The same text for ``to``: zh-Hans or zh-Hant (script only), yue (spoken Cantonese in traditional characters). Raises UnknownKind."""
    if to not in TO:
        raise UnknownKind(f"nothing can be suggested for {to[:20]!r}: there is {', '.join(TO)}", "to")
    if to == "zh-Hans":
        return Suggestion(to, convert(title, "t2s"), convert(body, "t2s"), ())
    title, body = convert(title, "s2hk"), convert(body, "s2hk")
    if to == "zh-Hant":
        return Suggestion(to, title, body, ())
    said, swaps = spoken_cantonese(body)
    return Suggestion("zh-Hant", spoken_cantonese(title)[0], said, tuple(swaps))


def spoken_cantonese(text: str) -> tuple[str, list[Swap]]:
    """Words as they are spoken, the longest first; {word|reading} marks are left alone."""
    pieces: list[str] = []
    swaps: list[Swap] = []
    at = done = 0
    while at < len(text):
        if text[at] == "{" and (end := text.find("}", at)) > 0:
            pieces.append(text[at : end + 1])
            done, at = done + end + 1 - at, end + 1
            continue
        word = next((text[at : at + n] for n in range(min(_LONGEST, len(text) - at), 0, -1) if text[at : at + n] in SPOKEN_CANTONESE), text[at])
        said = SPOKEN_CANTONESE.get(word, word)
        if said != word:
            swaps.append(Swap(done, word, said))
        pieces.append(said)
        done, at = done + len(said), at + len(word)
    return "".join(pieces), swaps
