"""One line of a benchmark."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """What was measured, what stood beside it in the same run, and whether the limit was reached (None: for information)."""

    what: str
    measured: str
    beside: str = ""
    ratio: str = ""
    asked: str = ""
    good: bool | None = None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)
