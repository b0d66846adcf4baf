"""One pool of real voices for all tests of the room: starting it is the slow part."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tts.pool import Pool


@pytest.fixture(scope="session")
def pool() -> Iterator[Pool]:
    voices = Pool(1)
    yield voices
    voices.close()
