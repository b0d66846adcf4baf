"""Rules of rewriting: a pattern and what is said for it, in order."""

from __future__ import annotations

import re
from collections.abc import Callable

Rule = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]

WIDE = {ord("０") + i: ord("0") + i for i in range(10)} | {ord("Ａ") + i: ord("A") + i for i in range(26)}
WIDE |= {ord("ａ") + i: ord("a") + i for i in range(26)} | {ord("％"): ord("%"), ord("－"): ord("-"), ord("．"): ord(".")}


def apply(rules: tuple[Rule, ...], text: str) -> str:
    """The text after every rule, in their order."""
    for pattern, replacement in rules:
        text = pattern.sub(replacement, text)
    return text
