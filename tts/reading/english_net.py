"""English words that no dictionary has: a small network reads the letters beside what the voice makes of them.

The voice's sounds are laid along the letters; layers of neighbours then say of every letter which sounds it stands for.
``english_net.xz`` is made by ``python3 -m bench.english_net``; a word takes some milliseconds.
"""

from __future__ import annotations

import json
import lzma
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

FILE = Path(__file__).with_name("english_net.xz")
Floats = NDArray[np.float32]

LETTERS = {letter: place for place, letter in enumerate("abcdefghijklmnopqrstuvwxyz'", 1)}
REACH = 2
"""Neighbours on either side that a layer sees."""
_PHONE = re.compile("[ˈˌ]?(?:[aeo][ɪʊ]|ɔɪ|[td]͡.|.)")
_VOWEL = re.compile("[aeo][ɪʊ]|ɔɪ|[ɑæəɔɛɝɚɪiʊuʌ]")
_STRESS = re.compile("[ˈˌ]")
_DOUBLED = re.compile(r"([bdfkɡhjlmnŋpɹstvwzθðʃʒ])([ˈˌ]?)\1")
"""Two letters that each stand for the one sound."""
_WEAK = frozenset("əɪ")
_UNHEARD = (9.0, 12.0, 16.0)
"""What a letter costs that stands for no, one, two sounds, when such a pair was never seen."""


def letters(word: str) -> str:
    """The word's letters as the network knows them: Győr -> gyor."""
    bare = unicodedata.normalize("NFD", word.lower().replace("’", "'"))
    return "".join(char for char in bare if char in LETTERS)


def readable(word: str) -> bool:
    """Whether the network knows every letter, and there is more than an abbreviation to read."""
    bare = unicodedata.normalize("NFD", word.lower().replace("’", "'"))
    return len(letters(word)) > 2 and all(char in LETTERS or unicodedata.combining(char) for char in bare)


def sounds(reading: str) -> list[str]:
    """The sounds of an IPA reading, each with the stress before it."""
    return _PHONE.findall(reading)


def plain(reading: str) -> str:
    return _STRESS.sub("", reading)


def laid_along(word: str, reading: str, costs: Mapping[str, float]) -> list[str] | None:
    """The sounds (none, one or two) that every letter stands for, as cheaply as can be; None when there are too many. costs: "c k" -> nats."""
    said = sounds(reading)
    bare = [plain(each) for each in said]
    rows: list[list[tuple[float, int]]] = [[(0.0, 0)] + [(np.inf, 0)] * len(said)]
    for at, letter in enumerate(word):
        row = [(np.inf, 0)] * (len(said) + 1)
        for start in range(min(len(said), 2 * at) + 1):
            before = rows[-1][start][0]
            for count in range(min(3, len(said) + 1 - start)):
                cost = before + costs.get(letter + "".join(bare[start : start + count]), _UNHEARD[count])
                if cost < row[start + count][0]:
                    row[start + count] = (cost, count)
        rows.append(row)
    if rows[-1][-1][0] == np.inf:
        return None
    found, end = [], len(said)
    for row in reversed(rows[1:]):
        count = row[end][1]
        found.append("".join(said[end - count : end]))
        end -= count
    return found[::-1]


def harmonised(said: str, voiced: str, following: str) -> str:
    """A letter's sounds in the voice's convention: the dictionary mixes weak ə and ɪ, writes ʌ without stress as ə, and merges æ with ɛ before r."""
    one, other = _VOWEL.search(said), _VOWEL.search(voiced)
    if one is None or other is None or one.group() == other.group():
        return said
    pair = one.group(), other.group()
    weak = not _STRESS.search(said) and (pair[0] in _WEAK and pair[1] in _WEAK)
    if weak or pair == ("ə", "ʌ") or (pair == ("ɛ", "æ") and following == "r"):
        return said.replace(*pair)
    return said


@dataclass(frozen=True)
class Net:
    """The network with what it needs to know of sounds. Shapes: letters [28, d/2], voice [v, d/2], wide [layers, 5d, d], deep [layers, d, d]."""

    labels: list[str]
    heard: dict[str, int]
    """The voice's sounds for one letter -> row of ``voice``; 0 is nothing, 1 is anything else."""
    costs: dict[str, float]
    weights: dict[str, Floats] = field(repr=False)

    def reading(self, word: str, voiced: str) -> str | None:
        """IPA with stress; None where the voice's sounds cannot be laid along the letters."""
        bare = letters(word)
        along = laid_along(bare, voiced, self.costs) if bare else None
        return None if along is None else _DOUBLED.sub(r"\2\1", "".join(self.along(bare, along)))

    def along(self, word: str, voiced: Sequence[str]) -> list[str]:
        """The sounds of every letter, beside those of the voice."""
        (chances,) = self.chances([self.inputs(word, voiced)])
        return [self._said(row, *each) for row, *each in zip(chances, voiced, word[1:] + " ", strict=True)]

    def inputs(self, word: str, along: Sequence[str]) -> NDArray[np.int64]:
        """[letters of the word, 2]: letter, the voice's sounds for it."""
        return np.array([(LETTERS[letter], self.heard.get(voice, 1)) for letter, voice in zip(word, along, strict=True)])

    def chances(self, words: Sequence[NDArray[np.int64]]) -> list[Floats]:
        """[letters, labels] a word: how likely every letter stands for every label."""
        rows, real = packed(words)
        weights, x = self.weights, embedded(self.weights, rows) * real
        for wide, bias, deep in zip(weights["wide"], weights["bias"], weights["deep"], strict=True):
            x = (x + np.maximum(neighbours(x) @ wide + bias, 0) @ deep) * real
        scores = x @ weights["out"] + weights["rest"]
        scores = np.exp(scores - scores.max(1, keepdims=True))
        scores /= scores.sum(1, keepdims=True)
        found, at = [], REACH
        for word in words:
            found.append(scores[at : at + len(word)])
            at += len(word) + REACH
        return found

    def _said(self, chances: Floats, voice: str, following: str) -> str:
        ways: dict[str, tuple[float, float, str]] = {}
        for place in np.nonzero(chances > 0.01)[0]:
            said = harmonised(self.labels[place], voice, following)
            total, best, usual = ways.get(plain(said), (0.0, 0.0, said))
            chance = float(chances[place])
            ways[plain(said)] = (total + chance, max(best, chance), said if chance > best else usual)
        return max(ways.values())[2]


def packed(words: Sequence[NDArray[np.int64]]) -> tuple[NDArray[np.int64], Floats]:
    """Words behind each other with REACH empty rows before, between and after; and which rows are letters, [rows, 1]."""
    gap = np.zeros((REACH, 2), np.int64)
    rows = np.concatenate([gap, *(part for word in words for part in (word, gap))])
    return rows, (rows[:, :1] > 0).astype(np.float32)


def embedded(weights: Mapping[str, Floats], rows: NDArray[np.int64]) -> Floats:
    return np.concatenate([weights[name][rows[:, place]] for place, name in enumerate(("letters", "voice"))], axis=1)


def neighbours(x: Floats) -> Floats:
    """[rows, d] -> [rows, 5d]: every row with REACH rows on either side."""
    wider = np.pad(x, ((REACH, REACH), (0, 0)))
    return np.concatenate([wider[at : at + len(x)] for at in range(2 * REACH + 1)], axis=1)


@lru_cache(maxsize=1)
def net() -> Net:
    """The shipped one."""
    return opened(lzma.decompress(FILE.read_bytes()))


def opened(raw: bytes) -> Net:
    """A line of JSON (labels, heard, costs, shapes and steps of the weights), then the weights in bytes."""
    line, _, rest = raw.partition(b"\n")
    told: dict[str, Any] = json.loads(line)
    weights, at = {}, 0
    for name, shape in told["shapes"].items():
        size = int(np.prod(shape))
        weights[name] = np.frombuffer(rest, np.int8, size, at).reshape(shape).astype(np.float32) * np.float32(told["steps"][name])
        at += size
    return Net(told["labels"], told["heard"], told["costs"], weights)


def closed(net: Net) -> bytes:
    """What ``opened`` opens: weights in whole steps of 1/127 of the largest of their name."""
    steps = {name: float(np.abs(each).max() / 127) for name, each in net.weights.items()}
    told = {"labels": net.labels, "heard": net.heard, "costs": {pair: round(cost, 2) for pair, cost in net.costs.items()}}
    told |= {"shapes": {name: each.shape for name, each in net.weights.items()}, "steps": steps}
    rest = b"".join(np.rint(each / steps[name]).astype(np.int8).tobytes() for name, each in net.weights.items())
    return json.dumps(told, ensure_ascii=False).encode() + b"\n" + rest
