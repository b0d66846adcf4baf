"""Stations, speakers and lines for journeys: everything is real, on loopback, and ends with its test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.journeys.speaker import Speaker
from tests.journeys.station import Station


@pytest.fixture(scope="session")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the station and of all speakers."""
    return tmp_path_factory.mktemp("journey")


@pytest.fixture(scope="module")
def speakers() -> Iterator[list[Speaker]]:
    """Whoever is put into this list is stopped at the end."""
    made: list[Speaker] = []
    yield made
    for each in made:
        each.stop()


@pytest.fixture(scope="session")
def station(ground: Path) -> Iterator[Station]:
    """A station with the broker that this machine offers."""
    made = Station(ground)
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def new_speaker(ground: Path, speakers: list[Speaker], station: Station) -> Callable[..., Speaker]:
    """A started speaker that shows its code: ``new_speaker("school")``."""

    def made(name: str, mqtt: str = "") -> Speaker:
        found = Speaker(ground, station, name, mqtt)
        speakers.append(found)
        found.start()
        return found

    return made
