"""A neural voice on this machine: sherpa-onnx with a model from a folder; what the model speaks stands in a file beside it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tts.engines import EngineError, Line, NotMine, Speech
from tts.engines.options import EngineOptions
from tts.voices import Voice

CARD = "xiangyin.json"
KINDS = {"vits": "Vits", "matcha": "Matcha", "kokoro": "Kokoro", "kitten": "Kitten"}
THREADS_MAX = 16


class ModelUnfit(ValueError):
    """The folder or its card cannot be used; the message names the file and what to write."""


@dataclass(frozen=True)
class Card:
    """What stands in ``xiangyin.json`` beside a model.

    ``kind`` is vits, matcha, kokoro or kitten; ``model`` the fields of sherpa-onnx's configuration of that kind, files named relative to the folder;
    ``dialects`` the speaker number by voice, "*" for every voice without one of its own; ``takes`` "spoken" (words, the default) or "text"
    (as written: a model with rules of its own for numbers); ``threads`` of the processor for one sentence.
    """

    folder: Path
    kind: str
    model: dict[str, str | float]
    dialects: dict[str, dict[str, int]]
    takes: str = "spoken"
    threads: int = 1

    def speaker(self, voice: Voice) -> int | None:
        """The number of the speaker for this voice; None when the model does not speak it."""
        speakers = self.dialects.get(voice.dialect, {})
        return speakers.get(voice.name, speakers.get("*"))


def card_of(folder: Path) -> Card:
    """The card of a model folder, checked. Raises ModelUnfit."""
    path = folder / CARD
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise ModelUnfit(f"{path} cannot be read ({problem.strerror}): docs/engines.md says what stands in it") from problem
    except (ValueError, RecursionError) as problem:
        raise ModelUnfit(f"{path} is no JSON: {problem}") from problem
    if not isinstance(told, dict) or told.get("kind") not in KINDS:
        raise ModelUnfit(f'{path}: "kind" must be one of {", ".join(KINDS)}')
    model, dialects = told.get("model"), told.get("dialects")
    if not isinstance(model, dict) or not all(isinstance(value, str | int | float) for value in model.values()):
        raise ModelUnfit(f'{path}: "model" must name the files, like {{"model": "model.onnx", "tokens": "tokens.txt"}}')
    if not isinstance(dialects, dict) or not all(isinstance(each, dict) and all(map(_is_number, each.values())) for each in dialects.values()):
        raise ModelUnfit(f'{path}: "dialects" must give speaker numbers, like {{"cmn": {{"male": 0, "*": 1}}}}')
    takes, threads = told.get("takes", "spoken"), told.get("threads", 1)
    if takes not in ("spoken", "text") or not _is_number(threads) or not 1 <= threads <= THREADS_MAX:
        raise ModelUnfit(f'{path}: "takes" must be spoken or text, "threads" a number from 1 to {THREADS_MAX}')
    for field, value in model.items():
        if isinstance(value, str) and field != "lang":
            for name in value.split(","):
                if not (folder / name).exists():
                    raise ModelUnfit(f"{path}: {field} names {name}, which is not in the folder")
    return Card(folder, told["kind"], model, dialects, takes, threads)


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


class SherpaEngine:
    """Loads the model when it first speaks; a model that is broken may end the process, which the pool survives."""

    name = "sherpa"

    def __init__(self, options: EngineOptions) -> None:
        self._folder = options.sherpa_model_dir
        self._card: Card | None = None
        self._tts: Any = None

    def fingerprint(self, voice: Voice) -> str:
        """The card, and name, size and age of every file of the model."""
        if not self._folder:
            return "no model"
        found = hashlib.sha256()
        for path in sorted(Path(self._folder).rglob("*")):
            if path.is_file():
                stat = path.stat()
                found.update(f"{path.relative_to(self._folder)} {stat.st_size} {int(stat.st_mtime)}\n".encode())
        return found.hexdigest()[:16]

    def say(self, line: Line) -> Speech:
        """Raises EngineError: permanent when there is no usable model or no sherpa-onnx."""
        if not self._folder:
            raise NotMine("no model is named: set sherpa_model_dir")
        try:
            self._card = self._card or card_of(Path(self._folder))
        except ModelUnfit as problem:
            raise EngineError(str(problem), permanent=True) from problem
        speaker = self._card.speaker(line.voice)
        if speaker is None:
            raise NotMine(f"the model does not speak {line.voice.dialect}/{line.voice.name}")
        self._tts = self._tts or _load(self._card)
        if speaker >= max(1, self._tts.num_speakers):
            raise EngineError(f"the model has {self._tts.num_speakers} speakers and no number {speaker}: mend {CARD}", permanent=True)
        text = line.spoken if self._card.takes == "spoken" else line.text
        made = self._tts.generate(text, sid=speaker, speed=line.voice.rate)
        sound = np.asarray(made.samples, dtype=np.float32)
        if not len(sound) or not np.isfinite(sound).all():
            raise EngineError(f"the model gave no sound for {line.text[:40]!r}", permanent=True)
        return Speech((np.clip(sound, -1, 1) * 32767).astype(np.int16), int(made.sample_rate))


def _load(card: Card) -> Any:
    try:
        import sherpa_onnx
    except ImportError as problem:
        raise EngineError("sherpa-onnx is not installed: python3 run.py add sherpa", permanent=True) from problem
    fields = {
        name: ",".join(str(card.folder / part) for part in value.split(",")) if isinstance(value, str) and name != "lang" else value
        for name, value in card.model.items()
    }
    try:
        voice = getattr(sherpa_onnx, f"OfflineTts{KINDS[card.kind]}ModelConfig")(**fields)
    except TypeError as problem:
        raise EngineError(f"{card.folder / CARD}: {card.kind} has no such fields as {', '.join(fields)}", permanent=True) from problem
    config = sherpa_onnx.OfflineTtsConfig(sherpa_onnx.OfflineTtsModelConfig(**{card.kind: voice}, num_threads=card.threads))
    if not config.validate():
        raise EngineError(f"sherpa-onnx refuses the model in {card.folder}; its reason stands in the log", permanent=True)
    try:
        return sherpa_onnx.OfflineTts(config)
    except RuntimeError as problem:
        raise EngineError(f"the model in {card.folder} cannot be loaded: {problem}", permanent=True) from problem
