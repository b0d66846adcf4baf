"""A person speaks into a browser's microphone and is heard from two loudspeakers: real pages, real broker, real agents; what ends it is written down."""

from __future__ import annotations

import shutil
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import select

from broadcast.models import Receipt
from station import access, clock
from station.models import AuditEntry
from terminal.player import RATE
from tests.journeys.speaker import Recording, Speaker
from tests.journeys.station import Station, until

pytestmark = pytest.mark.outer
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
HZ, NEAR_HZ = 1370.0, 40.0
PATIENCE_MS = 120_000


@pytest.fixture
def speaking(tmp_path: Path) -> Iterator[Browser]:
    """A browser into whose microphone somebody whistles: a tone for 0.4 s in every 0.5 s."""
    if CHROMIUM is None:
        pytest.skip("chromium is not installed: apt install chromium")
    at = np.arange(48_000 * 5) / 48_000
    with wave.open(str(tmp_path / "mouth.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes((9_000 * np.sin(2 * np.pi * HZ * at) * (at % 0.5 < 0.4)).astype("<i2").tobytes())
    with sync_playwright() as playwright:
        fake = [
            "--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", f"--use-file-for-fake-audio-capture={tmp_path / 'mouth.wav'}",
        ]  # fmt: skip
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=fake)
        yield browser
        browser.close()


def hold(page: Page) -> None:
    """Until the speaker is heard. A busy machine may lose the line at once: then once more, as a person would."""
    for _ in range(4):
        page.locator("[data-hold]").hover()
        page.mouse.down()
        page.wait_for_function("() => /请讲|断线|出错/.test(document.querySelector('[data-told]').textContent)")
        if "请讲" in page.inner_text("[data-told]"):
            return
        page.mouse.up()
    raise AssertionError(page.inner_text("[data-told]"))


def toned_s(heard: np.ndarray) -> float:
    """For how many seconds the tone is nearly all there is."""
    size = RATE // 10
    pieces = heard[: len(heard) // size * size].reshape(-1, size)
    power = np.abs(np.fft.rfft(pieces * np.hanning(size))) ** 2
    hz = np.fft.rfftfreq(size, 1 / RATE)
    share = power[:, np.abs(hz - HZ) < NEAR_HZ].sum(axis=1) / np.maximum(power.sum(axis=1), 1.0)
    return float(np.sum((share > 0.8) & (np.abs(pieces).max(axis=1) > 300))) * 0.1


@pytest.mark.timeout(600)
def test_a_tone_before_the_browsers_microphone_is_heard_from_two_speakers(station: Station, new_speaker: Callable[..., Speaker], speaking: Browser) -> None:
    village = station.village
    speakers = [new_speaker("one"), new_speaker("two")]
    for speaker, area in zip(speakers, (village.village_a, village.village_b), strict=True):
        speaker.pair(area.id)
    context = speaking.new_context(locale="zh-CN", viewport={"width": 390, "height": 844})
    context.set_default_timeout(PATIENCE_MS)
    with station.db.session() as session:
        context.add_cookies([{"name": "xiangyin", "value": access.open_session(session, village.operator, clock.now()), "url": station.url}])
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.goto(f"{station.url}/speak?area={village.county.id}")
    assert "2" in page.inner_text(".who .most")

    hold(page)
    page.wait_for_function("() => document.querySelector('[data-loudness]').value > 20")
    page.wait_for_timeout(2500)
    page.mouse.up()
    page.wait_for_function("() => document.querySelector('[data-told]').textContent.includes('讲完了')")
    talk = until("the talk to be written down", lambda: _spoke(station))[0]
    for speaker in speakers:
        until("its receipts", lambda speaker=speaker: {"started", "finished"} <= _results(station, speaker, talk.subject_id), told=lambda speaker=speaker: str(speaker.events[-8:]))

    hold(page)
    page.close()
    until("the second talk to end with its page", lambda: len(_spoke(station)) > 1 and _spoke(station)[-1].detail["why"] == "the speaker closed the page", told=lambda: str([each.detail for each in _spoke(station)]))
    for speaker in speakers:
        until("it to be let go", lambda speaker=speaker: len(speaker.said("talk over")) > 1)
        speaker.stop()
        assert toned_s(Recording(speaker.wav).samples) > 1.0
    assert complaints == []
    context.close()


def _spoke(station: Station) -> list[AuditEntry]:
    with station.db.reading() as session:
        return list(session.scalars(select(AuditEntry).where(AuditEntry.act == "spoke").order_by(AuditEntry.id)))


def _results(station: Station, speaker: Speaker, talk: str) -> set[str]:
    with station.db.reading() as session:
        found = session.execute(select(Receipt.item, Receipt.result).where(Receipt.item.like(f"{talk}-%"))).all()
    names = {each["item"] for each in speaker.said("started")}
    return {result for item, result in found if item in names}
