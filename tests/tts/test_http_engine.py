"""A speech server behind an address: a real server on loopback that speaks, refuses, hangs, drips, breaks off and answers rubbish."""

from __future__ import annotations

import io
import json
import threading
import time
import wave
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
import pytest

from tts import wordbook
from tts.dialects import DIALECTS
from tts.engines import EngineError, Line, NotMine
from tts.engines.chain import Engines
from tts.engines.http import HttpEngine
from tts.engines.options import EngineOptions, parse_order
from tts.engines.voicing import Voicing
from tts.engines.worker import Job
from tts.pool import Pool
from tts.reading import hakka
from tts.voices import Manner, voice

LINE = Line(voice("cmn", "slow"), "3元", "三元", ((0, "三", "san1"), (1, "元", "yuan2")))


def wav(seconds: float = 1.0, rate: int = 16000, channels: int = 1, width: int = 2) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as made:
        made.setnchannels(channels)
        made.setsampwidth(width)
        made.setframerate(rate)
        tone = (np.sin(np.arange(int(seconds * rate) * channels) / 9) * (9000 if width == 2 else 90)).astype(np.int16 if width == 2 else np.int8)
        made.writeframes(tone.tobytes())
    return out.getvalue()


Act = Callable[[BaseHTTPRequestHandler], None]


class Server:
    """Does for each request what the list says, the last for all that follow; keeps what it was asked."""

    def __init__(self) -> None:
        self.acts: list[Act] = []
        self.asked: list[tuple[dict[str, Any], dict[str, str]]] = []
        self.over = threading.Event()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                server.asked.append((json.loads(body), dict(self.headers)))
                act = server.acts.pop(0) if len(server.acts) > 1 else server.acts[0]
                act(self)

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}/speak"

    def close(self) -> None:
        self.over.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


def answer(status: int, body: bytes = b"", **headers: str) -> Act:
    def act(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **{name.replace("_", "-"): value for name, value in headers.items()}}.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body)

    return act


def engine(server: Server, seconds: float = 5.0, token: str = "") -> HttpEngine:
    return HttpEngine(EngineOptions(speech_url=server.url, speech_token=token, speech_url_timeout_s=seconds), sleep=lambda seconds: None)


def test_the_sentence_goes_out_and_the_sound_comes_back(server: Server) -> None:
    server.acts = [answer(200, wav(0.5, 24000))]
    speech = engine(server, token="secret").say(LINE)
    assert (speech.rate, len(speech.pcm)) == (24000, 12000) and speech.pcm.max() > 8000
    ((told, headers),) = server.asked
    assert told == {
        "text": "3元", "spoken": "三元", "dialect": "cmn", "voice": "slow", "rate": 0.72, "readings": [[0, "三", "san1"], [1, "元", "yuan2"]],
    }  # fmt: skip
    assert headers["Authorization"] == "Bearer secret" and headers["Accept"] == "audio/wav"


def test_two_channels_become_one(server: Server) -> None:
    server.acts = [answer(200, wav(0.5, 48000, channels=2))]
    assert len(engine(server).say(LINE).pcm) == 24000


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_may_pass_is_asked_a_second_time(server: Server, status: int) -> None:
    server.acts = [answer(status, b'{"error": "busy"}'), answer(200, wav())]
    assert engine(server).say(LINE).ms == 1000
    server.acts = [answer(status, b'{"error": "busy"}')]
    with pytest.raises(EngineError, match=f"refuses with {status}: busy") as caught:
        engine(server).say(LINE)
    assert not caught.value.permanent and len(server.asked) == 4


@pytest.mark.parametrize(("status", "body"), [(400, b'{"error": "no such dialect"}'), (401, b"<html>"), (422, b"[]"), (301, b"")])
def test_a_refusal_is_final_and_asked_once(server: Server, status: int, body: bytes) -> None:
    server.acts = [answer(status, body, Location="http://127.0.0.1:9/")]
    with pytest.raises(EngineError, match=f"refuses with {status}") as caught:
        engine(server).say(LINE)
    assert caught.value.permanent and len(server.asked) == 1


def test_a_server_may_leave_a_sentence_to_the_next_engine(server: Server) -> None:
    server.acts = [answer(204)]
    with pytest.raises(NotMine):
        engine(server).say(LINE)


def _head_and_half(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.send_header("Content-Length", "20000")
    request.end_headers()
    request.wfile.write(b"RIFF" + bytes(1000))
    request.close_connection = True


def _nonsense(request: BaseHTTPRequestHandler) -> None:
    request.wfile.write(b"\x00\x01\x02 hello\r\n\r\n")
    request.close_connection = True


@pytest.mark.parametrize(
    ("act", "why"),
    [
        (answer(200, b"<html>502</html>"), "not answer with a WAV"), (answer(200, b""), "not answer with a WAV"),
        (answer(200, wav()[:-4000]), "cut off"), (answer(200, wav()[:30]), "WAV"), (answer(200, wav(width=1)), "8 bit"),
        (answer(200, wav(rate=4000)), "4000 Hz"), (answer(200, wav(channels=3)), "3 channels"), (_head_and_half, "does not answer"),
        (_nonsense, "does not answer"), (answer(200, wav().replace(b"data", b"atad")), "WAV"),
    ],
)  # fmt: skip
def test_rubbish_is_told_from_speech(server: Server, act: Act, why: str) -> None:
    server.acts = [act]
    with pytest.raises(EngineError, match=why) as caught:
        engine(server).say(LINE)
    assert not caught.value.permanent and len(server.asked) == 2


def test_a_server_that_hangs_or_drips_costs_its_time_and_no_more(server: Server) -> None:
    def drips(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        try:
            while not server.over.wait(0.05):
                request.wfile.write(b"R")
                request.wfile.flush()
        except OSError:
            return  # the station hung up

    for act in (lambda request: server.over.wait(20), drips):
        server.acts = [act]  # type: ignore[list-item]
        began = time.monotonic()
        with pytest.raises(EngineError, match=r"does not answer|took longer than"):
            engine(server, seconds=0.4).say(LINE)
        assert time.monotonic() - began < 10


def test_nobody_there_is_said_plainly() -> None:
    gone = HttpEngine(EngineOptions(speech_url="http://127.0.0.1:9/"), sleep=lambda seconds: None)
    with pytest.raises(EngineError, match=r"does not answer: .*refused") as caught:
        gone.say(LINE)
    assert "0x" not in str(caught.value)


def test_a_text_is_spoken_by_the_server_and_by_the_system_where_it_fails(server: Server) -> None:
    server.acts = [answer(200, wav(1.2)), answer(422, b'{"error": "a word I do not know"}'), answer(200, wav(0.8))]
    pool = Pool(1, options=EngineOptions(parse_order("http system"), speech_url=server.url))
    try:
        said = list(pool.speak(["停水。", "停电。", "停气。"], Manner("cmn")))
        assert [each.engine for each in said] == ["http", "system", "http"]
        assert said[1].instead == (("http", "the speech server refuses with 422: a word I do not know"),)
        assert [each.passing for each in said] == [False] * 3
        server.acts = [answer(200, wav(60.0))]
        (babble,) = pool.speak(["停水。"], Manner("cmn"))
        assert babble.engine == "system" and babble.passing and "spoke 60 s for 3 characters" in babble.instead[0][1]
    finally:
        pool.close()


@pytest.fixture
def no_words(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No list of Hakka words on this machine, and a speech server named for Hakka."""
    monkeypatch.setattr(wordbook, "PACKAGE", "no_words_here")
    monkeypatch.setenv("XIANGYIN_ENGINES", "recorded system; hak = recorded http system")
    caches = (wordbook.choice, wordbook.served, hakka._book)
    for each in caches:
        each.cache_clear()
    yield
    for each in caches:
        each.cache_clear()


@pytest.mark.usefixtures("no_words")
def test_hakka_without_a_list_goes_to_the_server_as_text_and_is_never_spoken_in_part(server: Server) -> None:
    assert DIALECTS["hak"].speaks and DIALECTS["hak"].from_text and not DIALECTS["cmn"].from_text
    order = parse_order("recorded system; hak = recorded http system")
    voicing = Voicing(Engines(EngineOptions(order, speech_url=server.url, speech_url_timeout_s=5)))
    voicing.warm("hak")
    job = Job(Manner("hak"), ("請帶ETC卡，3點{開會|koi24 fi55}。",))
    server.acts = [answer(200, wav(2.0))]
    told, sound = voicing(job, 0)
    assert told["engine"] == "http" and not told["unknown"] and len(sound) > 100_000
    asked, _ = server.asked[0]
    assert asked["spoken"] == "請帶ETC卡，三點開會。" and asked["readings"][-2:] == [[9, "開", "koi24"], [10, "會", "fi55"]] and asked["text"] == "請帶ETC卡，3點開會。"
    assert voicing.read(job, 0)[0]["unread"] == []
    server.acts = [answer(400, b'{"error": "no Hakka today"}')]
    with pytest.raises(EngineError, match="no Hakka today") as caught:
        voicing(job, 0)
    assert caught.value.permanent


@pytest.mark.usefixtures("no_words")
def test_hakka_without_a_list_stays_silent_where_no_engine_is_named_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XIANGYIN_ENGINES", "recorded http system; hak/male = recorded system")
    wordbook.served.cache_clear()
    assert not DIALECTS["hak"].speaks and "hak = recorded http" in DIALECTS["hak"].no_voice_reason
