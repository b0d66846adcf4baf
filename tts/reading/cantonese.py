"""Cantonese: characters -> Hong Kong forms -> Jyutping -> the phonemes of espeak-ng's yue voice, in broadcast register."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any

from tts.reading import colloquial
from tts.reading.phrases import is_word
from tts.reading.rare import JYUTPING
from tts.reading.sound import Sound
from tts.reading.surnames import surname_at

VOICE = "yue"

SURNAMES = {
    "单": "sin6", "查": "zaa1", "任": "jam4", "区": "au1", "曾": "zang1", "冼": "sin2", "翟": "zaak6", "乐": "ngok6", "华": "waa6", "燕": "jin1",
    "应": "jing1", "纪": "gei2", "盛": "sing6", "葛": "got3", "缪": "miu6", "召": "siu6", "种": "cung4", "宁": "ning4", "过": "gwo1", "仇": "sau4",
    "尉迟": "wat1 ci4", "万俟": "mak6 kei4", "令狐": "ling4 wu4", "长孙": "zoeng2 syun1", "鲜于": "sin1 jyu1", "皇甫": "wong4 fu2",
}  # fmt: skip
"""Surnames read otherwise than the same character in a word; where a name stands is the same in both tongues (``tts.reading.surnames``)."""

Convert = Callable[[str], str]

_SYLLABLE = re.compile(r"(gw|kw|ng|[bpmfdtnlgkhwzcsj])?(.+?)([1-6])$")
# vowel + ng is one phoneme of the voice; before other codas the tone stands between vowel and coda
_WHOLE = frozenset({"ang", "aang", "eng", "ing", "oeng", "ong", "ung"})
_NUCLEI = frozenset(
    {"aa", "aai", "aau", "a", "ai", "au", "e", "ei", "eu", "i", "iu", "o", "oi", "ou", "u", "ui", "oe", "eo", "eoi", "yu"}
)
# The dictionary prefers the colloquial reading; a station speaks the literary one.
BROADCAST = {
    "請": "cing2", "嗎": "maa3", "村委會": "cyun1 wai2 wui2", "委員會": "wai2 jyun4 wui2",
    "平安": "ping4 on1", "聽眾": "ting3 zung3", "收聽": "sau1 ting1", "名單": "ming4 daan1", "幺": "jat1", "樂清": "ngok6 cing1", "單縣": "sin6 jyun6",
    "停電": "ting4 din6", "廣播": "gwong2 bo3", "平價": "ping4 gaa3", "種地": "zung3 dei6", "女人": "neoi5 jan4",
    "乾淨": "gon1 zing6",
}  # fmt: skip


@cache
def _books() -> tuple[Any, Any]:
    """The Jyutping dictionary of the news and that of talk, loaded at first use (0.7 s)."""
    import ToJyutping

    converter: Any = ToJyutping
    return converter.customize(BROADCAST), converter.customize(colloquial.WORDS)


@cache
def _converters() -> tuple[Convert, Convert, Convert]:
    """Traditional to simplified, simplified to Hong Kong's, traditional to Hong Kong's."""
    from opencc import OpenCC

    return OpenCC("t2s").convert, OpenCC("s2hk").convert, OpenCC("t2hk").convert


def warm() -> None:
    """Load the dictionaries now rather than in the first sentence."""
    _books()
    _converters()
    is_word("")


def _initial(letters: str) -> str:
    """Jyutping's consonants are the voice's, but for ng."""
    return "N" if letters == "ng" else letters


def phonemes(jyutping: str) -> str | None:
    """One Jyutping syllable in the voice's phonemes; None when it is no syllable."""
    if re.fullmatch(r"h?m[1-6]", jyutping):
        return f"m-{jyutping[-1]}"
    if re.fullmatch(r"h?ng[1-6]", jyutping):
        return f"'ng{jyutping[-1]}"
    parsed = _SYLLABLE.match(jyutping)
    if parsed is None:
        return None
    initial, final, tone = parsed.group(1) or "", parsed.group(2), parsed.group(3)
    if final in _WHOLE:
        return f"{_initial(initial)}'{final}{tone}"
    nucleus, coda = (final[:-1], final[-1]) if final[-1] in "ptkmn" else (final, "")
    if nucleus not in _NUCLEI:
        return None
    return f"{_initial(initial)}'{nucleus}{tone}{coda}"


def readings(run: str, whole: str = "") -> list[tuple[str, str | None]]:
    """Each character with its Jyutping, None where nobody knows one. ``whole`` is the sentence that shows the register."""
    news, talk = _books()
    if len(whole or run) == 1 and run in JYUTPING:
        return [(run, JYUTPING[run])]
    converted = _hong_kong(run)
    spoken = colloquial.is_spoken(whole or run) or colloquial.is_spoken(converted)
    found: list[tuple[str, str | None]] = (talk if spoken else news).get_jyutping_list(converted)
    ruled = colloquial.by_context(converted) if spoken else {}
    return [(char, ruled.get(at, listed) or JYUTPING.get(char) or JYUTPING.get(run[at])) for at, (char, listed) in enumerate(found)]


def _hong_kong(run: str) -> str:
    """The run in the characters of Hong Kong, one for one. Traditional text keeps the few that simplified text writes for two (郁, 吓)."""
    simplified, to_hong_kong, variants = _converters()
    convert = variants if simplified(run) != run else to_hong_kong
    found = convert(run)
    return found if len(found) == len(run) else "".join(convert(char)[:1] or char for char in run)


def owns(char: str) -> bool:
    """Characters are shared with the other Chinese tongues; see ``is_han``."""
    from tts.reading.mixed import is_han

    return is_han(char)


def given_phonemes(reading: str) -> list[str] | None:
    """``sin6 gaa1`` in the voice's phonemes; None when it is no Jyutping."""
    sounds = [phonemes(one) for one in reading.split()]
    return [sound for sound in sounds if sound is not None] if sounds and None not in sounds else None


def read_run(run: str, given: Mapping[int, tuple[int, str]] | None = None, whole: str = "", at: int = 0) -> list[Sound]:
    """A run of characters as sounds. The figure 1 of telephones is 一 here, not 幺."""
    found: list[Sound] = []
    names = _names(whole, at, len(run)) if whole else _names(run, 0, len(run))
    done = 0
    for start, (end, reading) in [*sorted((given or {}).items()), (len(run), (len(run), ""))]:
        for char, (_, jyutping) in zip(run[done:start], readings(run[done:start], whole), strict=True):
            found.append(_sound(done, char, names.get(done, jyutping)))
            done += 1
        if start < end:
            syllables = reading.split()
            if len(syllables) == end - start:
                found += [_sound(start + i, run[start + i], one) for i, one in enumerate(syllables)]
            else:
                found.append(_sound(start, run[start:end], reading))
            done = end
    return found


def _names(whole: str, at: int, length: int) -> dict[int, str]:
    """The surnames in a part of the sentence: place in the part -> Jyutping."""
    simplified = _simplified(whole)
    found: dict[int, str] = {}
    for place in range(length):
        syllables = surname_at(simplified, at + place, is_word)
        name = simplified[at + place : at + place + len(syllables)] if syllables else ""
        if name in SURNAMES:
            found.update(zip(range(place, place + len(name)), SURNAMES[name].split(), strict=True))
    return found


@lru_cache(maxsize=16)
def _simplified(whole: str) -> str:
    convert = _converters()[0]
    found = convert(whole)
    return found if len(found) == len(whole) else "".join(convert(char)[:1] or char for char in whole)


def _sound(at: int, text: str, jyutping: str | None) -> Sound:
    sounds = given_phonemes(jyutping or "")
    return Sound(at, text, jyutping, " ".join(sounds)) if sounds else Sound(at, text, None)
