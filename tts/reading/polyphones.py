"""Which reading a character with several has in this sentence: the g2pM network, with how much it believes in each.

The weights are g2pM's. The run through them is ours: all steps' inputs at once, only readings that the character has, and the
share of belief in each of them, which g2pM does not tell.
"""

from __future__ import annotations

import warnings
from collections.abc import Container
from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]


class Belief:
    """The readings a character may have and the share of belief in each, 0 to 1."""

    def __init__(self, readings: list[str], shares: list[float]) -> None:
        self._shares = dict(zip(readings, shares, strict=True))
        self.best = max(self._shares, key=self._shares.__getitem__)
        self.sure = self._shares[self.best]

    def in_(self, reading: str) -> float | None:
        """The share of one reading; None when the network does not know that the character can be read so."""
        return self._shares.get(reading)


class Network:
    """g2pM's two-way network, loaded once (0.1 s)."""

    def __init__(self) -> None:
        from g2pM import G2pM

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)  # g2pM leaves its four files to the garbage collector
            loaded: Any = G2pM()
        classes = {reading: number for number, reading in loaded.idx2class.items()}
        known = {char: [each for each in found if each in classes] for char, found in loaded.cedict.items() if len(found) > 1}
        self._classes = {char: np.array([classes[each] for each in found]) for char, found in known.items() if found}
        self._readings = {char: [each.replace("u:", "v") for each in found] for char, found in known.items()}
        self._numbers: dict[str, int] = loaded.char2idx
        self._letters: Matrix = np.asarray(loaded.embeddings, np.float32)
        ways = (
            (loaded.weight_ih.T, loaded.weight_hh.T, loaded.bias_ih + loaded.bias_hh),
            (loaded.weight_ih_reverse.T, loaded.weight_hh_reverse.T, loaded.bias_ih_reverse + loaded.bias_hh_reverse),
        )
        self._into, self._onward, self._bias = (
            np.ascontiguousarray(np.stack(each), np.float32) for each in zip(*ways, strict=True)
        )
        self._layers = [
            tuple(np.ascontiguousarray(each, np.float32) for each in layer)
            for layer in (
                (loaded.hidden_weight_l0.T, loaded.hidden_bias_l0),
                (loaded.hidden_weight_l1.T, loaded.hidden_bias_l1),
            )
        ]

    @property
    def polyphones(self) -> Container[str]:
        """The characters it has an opinion about."""
        return self._classes.keys()

    def beliefs(self, sentence: str) -> dict[int, Belief]:
        """What it believes of every character of the sentence that has several readings, by place."""
        asked = [at for at, char in enumerate(sentence) if char in self._classes]
        if not asked:
            return {}
        unknown = self._numbers["<UNK>"]
        # the network was taught with these two signs around each sentence
        numbers = [self._numbers["시"], *(self._numbers.get(char, unknown) for char in sentence), self._numbers["끝"]]
        letters = self._letters[numbers]
        given = np.stack([letters, letters[::-1]]) @ self._into + self._bias[:, None]
        there, back = _walk(given, self._onward)
        places = [at + 1 for at in asked]
        found = np.concatenate([there[places], back[::-1][places]], axis=1)
        (first, first_bias), (second, second_bias) = self._layers
        scores = np.maximum(found @ first + first_bias, 0) @ second + second_bias
        return {at: self._belief(sentence[at], row) for at, row in zip(asked, scores, strict=True)}

    def _belief(self, char: str, scores: Matrix) -> Belief:
        mine = scores[self._classes[char]]
        shares = np.exp(mine - mine.max())
        return Belief(self._readings[char], [float(share) for share in shares / shares.sum()])


def _walk(given: Matrix, onward: Matrix) -> Matrix:
    """Both directions of the network side by side, (2, letters, 4 x width): what each remembers at each letter."""
    ways, count, width = given.shape[0], given.shape[1], onward.shape[1]
    taken, forgotten, fresh, shown = (slice(part * width, (part + 1) * width) for part in range(4))
    memory, state = np.zeros((ways, width), np.float32), np.zeros((ways, 1, width), np.float32)
    kept = np.empty((ways, count, width), np.float32)
    halves = np.full(4 * width, 0.5, np.float32)
    halves[fresh] = 1
    gates, bent = np.empty((ways, 1, 4 * width), np.float32), np.empty((ways, 4 * width), np.float32)
    for at in range(count):
        np.matmul(state, onward, out=gates)
        np.add(gates[:, 0], given[:, at], out=bent)
        bent *= halves
        np.tanh(bent, out=bent)  # the gates too: sigmoid(x) = (1 + tanh(x / 2)) / 2, which never overflows
        memory *= bent[:, forgotten] * 0.5 + 0.5
        memory += (bent[:, taken] * 0.5 + 0.5) * bent[:, fresh]
        np.multiply(bent[:, shown] * 0.5 + 0.5, np.tanh(memory), out=kept[:, at])
        state[:, 0] = kept[:, at]
    return kept


@cache
def network() -> Network:
    """The one network of this process."""
    return Network()


@lru_cache(maxsize=16)
def beliefs(sentence: str) -> dict[int, Belief]:
    """What the network believes of every character of the sentence that has several readings, by place."""
    return network().beliefs(sentence)
