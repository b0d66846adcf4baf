"""Rare characters that the dictionaries leave out, with their readings."""

from __future__ import annotations

PINYIN: dict[str, str] = {"呒": "wu3", "閤": "ge2"}
