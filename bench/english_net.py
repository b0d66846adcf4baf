"""Makes tts/reading/english_net.xz: ``python3 -m bench.english_net cmudict.dict MainDictionary.txt`` (``bench._english_sources``), in half an hour.

The network learns learned words where they are: most of what only Gnuspeech's dictionary has. The numbers are drawn from a fixed seed and
one thread counts, so one kind of processor makes the same file every time.
"""

from __future__ import annotations

import lzma
import math
import os
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray

from bench._english_sources import cmudict, gnuspeech
from tts.reading import english_net
from tts.reading.english import VOICE
from tts.reading.english_net import REACH, Floats, Net, harmonised, laid_along, letters, plain, sounds
from tts.reading.english_words import distance
from tts.reading.ipa import english_stressed

WIDTHS = {"letters": 80, "voice": 80}
LAYERS = 5
BATCH = 256
_DROPPED = np.float32(0.1)
_NAMES = 40_000
"""As many words that only CMU's dictionary has, names most of them, are learnt from."""
_KEPT_BACK = 2_000
Example = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Inputs [letters, 2] and labels [letters]."""


def learnt_costs(pairs: Sequence[tuple[str, list[str]]]) -> dict[str, float]:
    """What it costs that a letter stands for sounds ("ck" -> nats), by expectation and maximisation over words beside their sounds."""
    chance: dict[str, float] = {}
    for turn in range(6):
        counted: defaultdict[str, float] = defaultdict(float)
        for word, said in pairs:
            _expected(word, said, chance, counted, first=turn == 0)
        total: defaultdict[str, float] = defaultdict(float)
        for pair, count in counted.items():
            total[pair[0]] += count
        chance = {pair: count / total[pair[0]] for pair, count in counted.items() if count > 0.5}
    return {pair: -math.log(each) for pair, each in sorted(chance.items())}


def _expected(word: str, said: list[str], chance: dict[str, float], counted: defaultdict[str, float], *, first: bool) -> None:
    """Adds how often every pair is expected in this word: forwards and backwards over letters and sounds."""
    forwards = [[0.0] * (len(said) + 1) for _ in range(len(word) + 1)]
    forwards[0][0] = 1.0
    arcs: list[tuple[int, int, int, str, float]] = []
    for at, letter in enumerate(word):
        for start, before in enumerate(forwards[at]):
            for count in range(min(3, len(said) + 1 - start)) if before else ():
                pair = letter + "".join(said[start : start + count])
                likely = (0.1, 0.3, 0.02)[count] if first else chance.get(pair, 0.0)
                if likely:
                    forwards[at + 1][start + count] += before * likely
                    arcs.append((at, start, count, pair, likely))
    whole = forwards[-1][-1]
    if not whole:
        return
    backwards = [[0.0] * (len(said) + 1) for _ in range(len(word) + 1)]
    backwards[-1][-1] = 1.0
    for at, start, count, pair, likely in reversed(arcs):
        if behind := backwards[at + 1][start + count] * likely:
            backwards[at][start] += behind
            counted[pair] += forwards[at][start] * behind / whole


def chosen(usual: dict[str, list[str]], rare: dict[str, list[str]], draw: random.Random) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """The words to learn from, with their readings, and those kept back: learned words that only the second dictionary has, of all kinds."""
    own = sorted(word for word in rare if word not in usual and letters(word) == word)
    kept = set(draw.sample(own, min(_KEPT_BACK, len(own) // 10)))
    names = sorted(word for word in usual if word not in rare and letters(word) == word)
    both = (word for word in usual if word in rare and letters(word) == word)
    learnt = {word: usual[word] for word in (*both, *draw.sample(names, min(_NAMES, len(names))))}
    return learnt | {word: rare[word] for word in own if word not in kept}, {word: rare[word] for word in sorted(kept)}


def examples(words: dict[str, list[str]], draw: random.Random) -> tuple[Net, list[Example]]:
    """A net that has learnt nothing yet, and what it is to learn."""
    chosen = sorted(words)
    few = draw.sample(chosen, min(12_000, len(chosen)))
    costs = learnt_costs([(word, [plain(each) for each in sounds(words[word][0])]) for word in few])
    found: list[tuple[str, list[str], list[str]]] = []
    for word in chosen:
        voiced = english_stressed(word, VOICE) or ""
        nearest = _nearest(words[word], sounds(plain(voiced)))
        heard, said = laid_along(word, voiced, costs), laid_along(word, nearest, costs)
        if heard and said:
            found.append((word, heard, [harmonised(*each) for each in zip(said, heard, word[1:] + " ", strict=True)]))
    labels = [each for each, count in Counter(one for *_, said in found for one in said).most_common() if count > 3]
    voices = [each for each, count in Counter(one for _, heard, _ in found for one in heard).most_common() if count > 9]
    net = Net(labels, {each: place for place, each in enumerate(voices, 2)}, costs, begun(len(labels), len(voices) + 2))
    place = {label: at for at, label in enumerate(labels)}
    return net, [
        (net.inputs(word, heard), np.array([place[each] for each in said]))
        for word, heard, said in found
        if all(each in place for each in said)
    ]


def _nearest(readings: Iterable[str], heard: list[str]) -> str:
    return min(readings, key=lambda each: distance(sounds(plain(each)), heard))


def begun(labels: int, voices: int) -> dict[str, Floats]:
    """Weights before learning."""
    draw, wide = np.random.default_rng(0), sum(WIDTHS.values())

    def some(*shape: int, scale: float) -> Floats:
        return (draw.standard_normal(shape) * scale).astype(np.float32)

    tables = {"letters": len(english_net.LETTERS) + 1, "voice": voices}
    weights = {name: some(rows, WIDTHS[name], scale=1) for name, rows in tables.items()}
    reach = (2 * REACH + 1) * wide
    weights |= {"wide": some(LAYERS, reach, wide, scale=1.4 / math.sqrt(reach)), "bias": np.zeros((LAYERS, wide), np.float32)}
    weights |= {"deep": some(LAYERS, wide, wide, scale=0.7 / math.sqrt(wide))}
    return weights | {"out": some(wide, labels, scale=0.5 / math.sqrt(wide)), "rest": np.zeros(labels, np.float32)}


def learn(net: Net, all_of_them: Iterable[Example], draw: random.Random, rounds: int, rate: float) -> None:
    """Adam with a falling rate, in place."""
    known, masks = list(all_of_them), np.random.default_rng(1)
    steps = rounds * (len(known) // BATCH)
    mean = {name: np.zeros_like(each) for name, each in net.weights.items()}
    spread = {name: np.zeros_like(each) for name, each in net.weights.items()}
    step, started = 0, time.monotonic()
    for turn in range(rounds):
        draw.shuffle(known)
        lost = 0.0
        for at in range(0, len(known) - BATCH + 1, BATCH):
            loss, slopes = _slopes(net.weights, known[at : at + BATCH], masks)
            step, lost = step + 1, lost + loss
            now = rate * min(1.0, step / 200) * (0.5 + 0.5 * math.cos(math.pi * step / steps)) + 1e-5
            steep = min(1.0, 1 / math.sqrt(sum(float((each * each).sum()) for each in slopes.values())))
            for name, weight in net.weights.items():
                slope = slopes[name] * np.float32(steep)
                mean[name] = np.float32(0.9) * mean[name] + np.float32(0.1) * slope
                spread[name] = np.float32(0.99) * spread[name] + np.float32(0.01) * slope * slope
                unbiased = np.sqrt(spread[name] / np.float32(1 - 0.99**step)) + np.float32(1e-8)
                weight -= np.float32(now / (1 - 0.9**step)) * mean[name] / unbiased
        print(
            f"round {turn + 1} of {rounds}: loss {lost / (len(known) // BATCH):.4f}, {time.monotonic() - started:.0f} s", flush=True
        )


def _slopes(weights: dict[str, Floats], some: list[Example], masks: np.random.Generator) -> tuple[float, dict[str, Floats]]:
    """The mean loss of a batch and its slope in every weight. A tenth of every layer is left out."""
    rows, real = english_net.packed([each for each, _ in some])
    at = np.nonzero(real[:, 0])[0]
    wanted = np.concatenate([each for _, each in some])

    def left(shape: tuple[int, ...]) -> Floats:
        return (masks.random(shape, dtype=np.float32) >= _DROPPED).astype(np.float32) / (1 - _DROPPED)

    first = left((len(rows), sum(WIDTHS.values()))) * real
    x = english_net.embedded(weights, rows) * first
    layers: list[tuple[Floats, Floats, Floats]] = []
    for wide, bias, deep in zip(weights["wide"], weights["bias"], weights["deep"], strict=True):
        near = english_net.neighbours(x)
        made = near @ wide + bias
        open_ = left(made.shape) * (made > 0)
        made *= open_
        layers.append((near, made, open_))
        x = (x + made @ deep) * real
    scores = x[at] @ weights["out"] + weights["rest"]
    scores = np.exp(scores - scores.max(1, keepdims=True))
    scores /= scores.sum(1, keepdims=True)
    own = np.arange(len(at)), wanted
    loss = float(-np.log(scores[own] + np.float32(1e-9)).mean())
    scores[own] -= 1
    scores /= len(at)
    slopes = {name: np.zeros_like(each) for name, each in weights.items()}
    slopes["out"], slopes["rest"] = x[at].T @ scores, scores.sum(0)
    back = np.zeros_like(x)
    back[at] = scores @ weights["out"].T
    for layer in reversed(range(LAYERS)):
        near, made, open_ = layers[layer]
        back = back * real
        slopes["deep"][layer] = made.T @ back
        inner = (back @ weights["deep"][layer].T) * open_
        slopes["wide"][layer], slopes["bias"][layer] = near.T @ inner, inner.sum(0)
        outer = inner @ weights["wide"][layer].T
        size, width = back.shape
        whole = np.zeros((size + 2 * REACH, width), np.float32)
        for shift in range(2 * REACH + 1):
            whole[shift : shift + size] += outer[:, shift * width : (shift + 1) * width]
        back = back + whole[REACH:-REACH]
    back = back * first
    start = 0
    for place, (name, width) in enumerate(WIDTHS.items()):
        np.add.at(slopes[name], rows[:, place], back[:, start : start + width])
        start += width
    return loss, slopes


def main() -> None:
    """Learn from the words of both dictionaries, write, and tell how the words that were kept back are read."""
    draw = random.Random(0)
    words, kept = chosen(cmudict(Path(sys.argv[1])), gnuspeech(Path(sys.argv[2])), draw)
    net, known = examples(words, draw)
    print(f"{len(known)} words to learn from, {sum(each.size for each in net.weights.values())} weights", flush=True)
    learn(net, known, draw, rounds=6, rate=2e-3)
    english_net.FILE.write_bytes(lzma.compress(english_net.closed(net), preset=9 | lzma.PRESET_EXTREME))
    print(f"{english_net.FILE.stat().st_size} bytes")
    tell(english_net.opened(english_net.closed(net)), kept)


def tell(net: Net, kept: dict[str, list[str]]) -> None:
    """Sounds wrong in a hundred, of the words that were kept back."""
    wrong, voice, all_of_them = 0, 0, 0
    for word, readings in kept.items():
        voiced = english_stressed(word, VOICE) or ""
        golds = [sounds(plain(each)) for each in readings]
        said = net.reading(word, voiced) or voiced
        wrong += min(distance(sounds(plain(said)), each) for each in golds)
        voice += min(distance(sounds(plain(voiced)), each) for each in golds)
        all_of_them += len(golds[0])
    print(f"{len(kept)} words kept back: {100 * wrong / all_of_them:.2f} % of the sounds wrong, {100 * voice / all_of_them:.2f} % by the voice alone")


if __name__ == "__main__":
    main()
