"""Sound by sample position."""

from __future__ import annotations

import array
import itertools
import json
import queue
import time
import wave
from pathlib import Path

import pytest

from terminal.actions import Play
from terminal.decoding import decode
from terminal.device import NullDevice, open_device
from terminal.player import RATE, CannotSound, Mixer, Samples, Sounded, chime_samples, gain_table, loudness_factor
from terminal.recorder import Recorder


def tone(value: int, frames: int) -> Samples:
    return Samples(memoryview(array.array("h", [value] * frames)))


def a_mixer() -> tuple[Mixer, list[Sounded]]:
    told: list[Sounded] = []
    mixer = Mixer(told.append)
    mixer.volume = 100
    mixer.heard_at(time.monotonic())
    return mixer, told


def out_of(mixer: Mixer, frames: int, block: int = 441) -> list[int]:
    out: list[int] = []
    while len(out) < frames:
        out += mixer.fill(block)
    return out


def test_a_voice_begins_at_its_frame_and_a_joined_one_right_behind() -> None:
    mixer, told = a_mixer()
    at = mixer.wall_ms(1000)
    mixer.place(Play("a", "", at), tone(100, 777))
    mixer.place(Play("b", "", at + 777 / 44.1 + 0.4, join=True), tone(200, 500))
    out = out_of(mixer, 4000)
    begin = out.index(100)
    assert abs(begin - 1000) <= 2
    assert out[begin : begin + 1277] == [100] * 777 + [200] * 500 and not any(out[begin + 1277 :])
    order = [(event.what, event.item) for event in told]
    assert order == [("started", "a"), ("finished", "a"), ("started", "b"), ("finished", "b")]
    assert abs(told[0].start_ms - at) < 2 and told[1].dur_ms == pytest.approx(777 / 44.1)


def test_cutting_is_exact_and_a_voice_that_never_sounded_is_dropped() -> None:
    mixer, told = a_mixer()
    mixer.place(Play("a", "", mixer.wall_ms(0)), tone(100, 5000))
    out_of(mixer, 882)
    mixer.place(Play("b", "", mixer.wall_ms(9000)), tone(200, 100))
    mixer.place(Play("c", "", mixer.wall_ms(2000), cut=True), tone(300, 100))
    out = out_of(mixer, 3000)
    assert 200 not in out and 100 not in out[out.index(300) :]
    assert {(event.what, event.item) for event in told} >= {("preempted", "a"), ("dropped", "b"), ("finished", "c")}


def test_skip_drops_the_encoder_delay_and_offset_what_was_heard() -> None:
    mixer, _ = a_mixer()
    ramp = Samples(memoryview(array.array("h", range(1, 2001))))
    mixer.place(Play("a", "", mixer.wall_ms(100), skip=5, offset_ms=1000 / 44.1), ramp)
    assert next(sample for sample in out_of(mixer, 1000) if sample) == 1006


def test_gain_is_loud_but_never_wraps() -> None:
    table = gain_table(4.0)
    assert (table[100], table[-100], table[20_000], table[-20_000]) == (400, -400, 32767, -32768)
    assert loudness_factor(50, 0.0) == 0.25 and loudness_factor(0, 20.0) == 0.0


def test_the_chime_gives_way_to_a_programme() -> None:
    mixer, told = a_mixer()
    mixer.place(Play("chime", "", mixer.wall_ms(0)), chime_samples(), weak=True)
    mixer.place(Play("a", "", mixer.wall_ms(441)), tone(5, 10))
    out = out_of(mixer, 1323)
    assert 5 in out[438:445] and not any(out[460:])
    assert ("preempted", "chime") in {(event.what, event.item) for event in told}


def test_the_null_device_starts_within_two_milliseconds_by_its_recording(tmp_path: Path) -> None:
    events: queue.Queue[Sounded] = queue.Queue()
    mixer = Mixer(events.put)
    mixer.volume = 100
    mixer.recorder = Recorder(tmp_path / "heard.wav")
    device = NullDevice(mixer)
    at = time.time() * 1000 + 600
    mixer.place(Play("a", "", at), tone(1000, 2000))
    assert abs(events.get(timeout=5).start_ms - at) < 2
    assert events.get(timeout=5).what == "finished"
    device.close()
    mixer.recorder.close()
    with wave.open(str(tmp_path / "heard.wav")) as file:
        samples = array.array("h", file.readframes(file.getnframes()))
    stretch = json.loads((tmp_path / "heard.wav.json").read_text())["stretches"][0]
    assert samples.count(1000) == 2000
    assert abs(stretch["at_ms"] + samples.index(1000) * 1000 / RATE - at) < 2


def test_a_recording_says_where_the_device_was_held_up(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "heard.wav")
    block = array.array("h", [7] * 882)
    for at_ms in (0.0, 20.0, 40.0, 540.0, 560.0):  # half a second was lost before the fourth block
        recorder.take(block, at_ms, True)
    recorder.close()
    said = json.loads((tmp_path / "heard.wav.json").read_text())
    assert said["stretches"] == [{"frame": 0, "at_ms": 0.0}, {"frame": 3 * 882, "at_ms": 540.0}]


def test_an_old_recording_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"old")
    assert Recorder(tmp_path / "a.wav").path == tmp_path / "a-2.wav"


def test_decoding_gives_the_samples_and_refuses_what_is_no_audio(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(array.array("h", range(1000)).tobytes())
    decode(tmp_path / "a.wav", tmp_path / "raw")
    samples = Samples.of_file(tmp_path / "raw")
    assert list(samples.data) == list(range(1000))
    samples.close()
    (tmp_path / "bad").write_bytes(b"<html>not audio</html>" * 50)
    with pytest.raises(CannotSound, match="not audio"):
        decode(tmp_path / "bad", tmp_path / "raw2")


def test_without_the_card_asked_for_it_runs_on_null_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    mixer, _ = a_mixer()
    device, fault = open_device("a card nobody has", mixer)
    device.close()
    assert device.name == "null" and "no sound device" in fault


def test_what_sounds_on_top_turns_down_what_is_underneath_and_both_end_whole() -> None:
    mixer, told = a_mixer()
    mixer.place(Play("song", "", mixer.wall_ms(441)), tone(8000, 44_100))
    mixer.place(Play("notice", "", mixer.wall_ms(8820), over=True), tone(1000, 8820))
    out = out_of(mixer, 50_000)
    assert out[5000] == 8000 and out[30_000] == 8000
    under = 8000 * 10 ** (-15 / 20)
    assert abs(out[14_000] - (under + 1000)) < 5
    assert max(abs(one - two) for one, two in itertools.pairwise(out[1000:40_000])) <= 1100
    assert [(each.what, each.item) for each in told] == [("started", "song"), ("started", "notice"), ("finished", "notice"), ("finished", "song")]


def test_a_closing_window_ends_what_sounds_at_its_frame() -> None:
    mixer, told = a_mixer()
    mixer.place(Play("late", "", mixer.wall_ms(1000), until_ms=mixer.wall_ms(3000)), tone(500, 44_100))
    out = out_of(mixer, 6000)
    assert abs(sum(1 for sample in out if sample) - 2000) <= 2
    assert (told[-1].what, told[-1].reason) == ("preempted", "its window closed")


def test_an_item_of_its_own_volume_is_not_bound_by_the_mixers() -> None:
    mixer, _ = a_mixer()
    mixer.volume = 0
    mixer.place(Play("alert", "", mixer.wall_ms(500), volume=100), tone(700, 1000))
    assert max(out_of(mixer, 3000)) == 700


def test_what_an_encoder_put_behind_a_recording_is_not_waited_for() -> None:
    mixer, told = a_mixer()
    mixer.place(Play("a", "", mixer.wall_ms(1000), ms=100), tone(300, 6000))
    assert abs(sum(1 for sample in out_of(mixer, 8000) if sample) - 4455) <= 2 and told[-1].what == "finished"
