"""What the station's settings say about engines: their order, and what the ones that ship with it need."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from station.settings import Settings, SettingsError
from tts.dialects import DIALECTS
from tts.voices import VOICES

DEFAULT_ORDER = "recorded system"


class EnginesMisspelt(ValueError):
    """The setting ``engines`` cannot be understood; the message says which part."""


@dataclass(frozen=True)
class EngineOptions:
    """``order``: for "*", a dialect, or dialect/voice, the engines from first to last. The rest is for the engines that ship with it."""

    order: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: parse_order(DEFAULT_ORDER))
    sherpa_model_dir: str = ""
    speech_url: str = ""
    speech_token: str = ""
    speech_url_timeout_s: float = 20.0

    @classmethod
    def of(cls, settings: Settings) -> EngineOptions:
        """Raises SettingsError for an order that cannot be understood."""
        try:
            order = parse_order(settings.engines)
        except EnginesMisspelt as error:
            raise SettingsError([f"engines: {error}"]) from error
        return cls(order, settings.sherpa_model_dir, settings.speech_url, settings.speech_token, settings.speech_url_timeout_s)

    def engines(self, code: str, name: str) -> tuple[str, ...]:
        """The engines that speak this voice, the first choice first."""
        order = self.order
        return order.get(f"{code}/{name}") or order.get(code) or order["*"]

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, raw: str) -> EngineOptions:
        given = json.loads(raw)
        given["order"] = {key: tuple(engines) for key, engines in given["order"].items()}
        return cls(**given)


def parse_order(text: str) -> dict[str, tuple[str, ...]]:
    """``recorded system; cmn = recorded sherpa system; bo/slow = http`` -> the engines by "*", dialect, or dialect/voice.

    Raises EnginesMisspelt.
    """
    found: dict[str, tuple[str, ...]] = {}
    for part in filter(None, (each.strip() for each in text.split(";"))):
        key, equals, engines = part.partition("=")
        key, order = (key.strip(), engines.split()) if equals else ("*", part.split())
        code, _, name = key.partition("/")
        if key != "*" and (code not in DIALECTS or (name and (code, name) not in VOICES)):
            raise EnginesMisspelt(f"{key!r} is no dialect and no dialect/voice; write it like cmn or cmn/slow")
        if not order:
            raise EnginesMisspelt(f"{key!r} names no engine; write it like {key} = recorded system")
        if key in found:
            raise EnginesMisspelt(f"{key!r} stands there twice")
        found[key] = tuple(dict.fromkeys(order))
    return {"*": tuple(DEFAULT_ORDER.split()), **found}
