"""What failed is left alone for a while, longer each time, so that it holds up nothing else."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

FIRST, MOST = timedelta(seconds=5), timedelta(minutes=10)

K = TypeVar("K", bound=Hashable)


class Resting(Generic[K]):
    """Rows by their key, each with how often it failed and until when it rests. Forgotten at a restart: then all are tried again."""

    def __init__(self) -> None:
        self._until: dict[K, tuple[int, datetime]] = {}

    def failed(self, key: K, now: datetime) -> datetime:
        """Until when it rests now."""
        tries = self._until.get(key, (0, now))[0] + 1
        until = now + min(MOST, FIRST * (1 << min(tries - 1, 10)))
        self._until[key] = (tries, until)
        return until

    def went_well(self, key: K) -> None:
        self._until.pop(key, None)

    def keys(self, now: datetime) -> set[K]:
        """Those that rest at this moment."""
        return {key for key, (_, until) in self._until.items() if until > now}
