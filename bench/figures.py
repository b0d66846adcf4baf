"""One line of a benchmark."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from pathlib import Path
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


def material() -> Path | None:
    """The folder of outer material that ``--data`` or XIANGYIN_TEST_DATA names; None without one."""
    named = os.environ.get("XIANGYIN_TEST_DATA")
    return Path(named) if named else None
