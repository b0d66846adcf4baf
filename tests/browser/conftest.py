"""The browser of these tests: one Chromium a file, with the flags that the file names (``FLAGS``)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")


@contextmanager
def launched(flags: list[str]) -> Iterator[Browser]:
    """A Chromium; where none is installed, the test is skipped and says how to get one."""
    if CHROMIUM is None:
        pytest.skip("chromium is not installed: apt install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def chromium(request: pytest.FixtureRequest) -> Iterator[Browser]:
    with launched(getattr(request.module, "FLAGS", ["--no-sandbox"])) as browser:
        yield browser
