"""Signs that rules need not tell apart, one for one, so that places stay: colons, dashes, waves and signs of full width."""

from __future__ import annotations

_SAME = {
    ":": "：﹕∶", "-": "－—–‐‑−﹣‒―", "~": "～〜∼", "%": "％﹪٪", "+": "＋", "=": "＝", "/": "／⁄∕", ".": "．", "(": "（", ")": "）",
    "#": "＃", "&": "＆", "@": "＠", "$": "＄", "¥": "￥", "£": "￡", "<": "＜", ">": "＞", "*": "＊∗",
    " ": "\u00a0\u2009\u200a\u202f\u2002\u2003\u2005\u2006\u2007\u2008\u3000", "'": "’‘ʼ", "°": "º˚", "μ": "µ",
}  # fmt: skip
FOLDED = {ord(other): one for one, others in _SAME.items() for other in others}


# digits and numbers of one sign that are no decimal digits: in circles, in brackets, with a full stop, Roman, raised, lowered
ENCLOSED = "①-⒛⓪⓫-⓿❶-➓㉈-㉏㉑-㉟㊱-㊿㈠-㈩㊀-㊉"
ROMAN = "Ⅰ-Ⅻⅰ-ⅻ"
RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789", strict=True))
LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True))


def fold(text: str) -> str:
    """The text as the rules look at it."""
    return text if text.isascii() else text.translate(FOLDED)
