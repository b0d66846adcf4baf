"""The sentences that the pages know are those which the rooms say: one that was changed there and not here would come out in English."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from admin.refusal_words import SENTENCES
from admin.refusals import PLACE

ROOT = Path(__file__).resolve().parents[2]
GAP = "\0"


def said_in(folder: Path) -> set[str]:
    """Every text of the code, with a gap where something is put in."""
    found = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                found.add("".join(str(part.value) if isinstance(part, ast.Constant) else GAP for part in node.values))
    return found


@pytest.fixture(scope="module")
def said() -> set[str]:
    return {text for room in ("station", "articles", "tts", "playlists", "devices", "broadcast") for text in said_in(ROOT / room)}


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_room_says_this(said: set[str], sentence: str) -> None:
    assert PLACE.sub(GAP, sentence) in said


def test_a_sentence_that_nobody_says_would_be_found(said: set[str]) -> None:
    assert "these digits please nobody" not in said
