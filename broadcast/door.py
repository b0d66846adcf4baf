"""The studio's door on loopback, for the station's other programs: the command ``xiangyin talk``, and the pages.

A line of JSON with the word that lies in the data folder (only the station's user reads it) says who wants to speak where, or to wait for it. Then
pieces go in, each with its kind and its length before it: samples, or a word as JSON; out comes a line of JSON whenever there is news for the
speaker: that he may speak, who waits, who broke in, that it howls, and at last what became of it.
"""

from __future__ import annotations

import contextlib
import hmac
import json
import logging
import secrets
import select
import socket
import struct
import threading
from collections import deque
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from broadcast.studio import ENDS, LONGEST_S, NotOnAir, Studio, Talk, leading
from broadcast.talk import FRAME_BYTES, RATE
from station.clock import from_ms, monotonic_s
from station.people import NotAllowed
from wire.live import FRAMES
from wire.messages import WHOLE_MAX

log = logging.getLogger(__name__)
FILE = "studio"
# A microphone that was silent for so long has gone: the speakers are back at their schedule by then.
GONE_S = 1.0
# So long the first sample may take, and the word of somebody who waits is looked for so often.
FIRST_S, WAIT_S = 10.0, 0.2
LINE_MAX, PIECE_MAX = 4096, 65_535
PIECE = struct.Struct("!BH")
SOUND, WORD = 0, 1


class Door:
    """Its port and word lie in a file of the data folder."""

    def __init__(self, folder: Path, studio: Studio, gone_s: float = GONE_S) -> None:
        self._studio, self._word, self._path, self._gone_s = studio, secrets.token_urlsafe(24), folder / FILE, gone_s
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._path.unlink(missing_ok=True)
        self._path.touch(0o600)
        self._path.write_text(json.dumps({"port": self._socket.getsockname()[1], "word": self._word}))
        self._open = True
        self._thread = threading.Thread(target=self._listen, name="studio", daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while self._open:
            visitor, _ = self._socket.accept()
            if self._open:
                threading.Thread(target=self._receive, args=(visitor,), name="talk", daemon=True).start()
            else:
                visitor.close()

    def _receive(self, visitor: socket.socket) -> None:
        with visitor, visitor.makefile("rwb") as stream:
            visitor.settimeout(FIRST_S)
            try:
                answer = self._serve(visitor, stream)
            except NotOnAir as error:
                answer = {"refused": str(error), **error.facts}
            except NotAllowed as error:
                answer = {"refused": str(error), "allowed": False}
            except (OSError, ValueError, KeyError, TypeError) as error:
                answer = {"refused": f"not understood: {error}"}
            except Exception:  # the border to another program: one bad talk closes no studio
                log.exception("a talk failed")
                answer = {"refused": "the station failed: its log says why"}
            try:
                _say(stream, answer)
            except OSError:
                log.info("a speaker left without waiting for the end")
            _see_off(visitor)

    def _serve(self, visitor: socket.socket, stream: Any) -> dict[str, Any]:
        asked = json.loads(stream.readline(LINE_MAX))
        if not hmac.compare_digest(str(asked["word"]).encode(), self._word.encode()):
            raise NotOnAir("the word is not that of this station")
        person, area = int(asked["person"]), int(asked["area"])
        if asked.get("wait"):
            return self._wait(person, area, visitor, stream)
        source = str(asked.get("source", ""))
        talk = self._studio.begin(person, area, str(asked.get("title", "")), int(asked.get("longest_s", LONGEST_S)), source, _moment(asked.get("unstopped_since_ms")))
        _say(stream, {"talk": talk.start.id, "zones": list(talk.zones), "until_ms": talk.until_ms})
        talk.tell = lambda said: _say(stream, said)
        frames, why = self._studio.speak(talk, self._sound(visitor, stream, talk, bool(asked.get("chime", True))), guarded=source == "microphone")
        return {"talk": talk.start.id, "frames": frames, "why": ENDS[why], "ended": why, "by": talk.by}

    def _wait(self, person: int, area: int, visitor: socket.socket, stream: Any) -> dict[str, Any]:
        """Says where he stands until it is his turn and he has taken it (he comes in anew, to speak), or he leaves."""
        waiting, told = self._studio.wait(person, area), dict[str, Any]()
        visitor.setblocking(False)
        try:
            while True:
                stands = self._studio.standing(waiting)
                if stands != told:
                    _say_at_once(visitor, told := stands)
                if "passed" in stands:
                    return stands
                if _left(visitor):
                    return {"left": True}
        finally:
            visitor.settimeout(FIRST_S)
            if waiting.turn_until is None:  # whoever's turn it is comes in by another door: his place is kept
                self._studio.leave(waiting)

    def _sound(self, visitor: socket.socket, stream: Any, talk: Talk, with_chime: bool) -> Iterator[bytes]:
        """The chime in its own time, the word to speak, then what the speaker brings. A speaker who is gone has spoken."""
        for piece in paced(leading()) if with_chime else ():
            yield piece
            if select.select([visitor], [], [], 0)[0]:  # he let go before it was his turn to speak
                break
        _say(stream, {"speak": True})
        try:
            while head := stream.read(PIECE.size):
                kind, size = PIECE.unpack(head)
                piece = stream.read(size)
                if kind == SOUND:
                    visitor.settimeout(self._gone_s)
                    yield piece
                elif (word := json.loads(piece)).get("do") == "end":
                    talk.ending = talk.ending or ("left" if word.get("why") == "left" else "")
                    return
                elif word.get("do") == "hand over":
                    self._studio.hand_over(talk)
            talk.ending = talk.ending or "lost"
        except (OSError, struct.error):
            log.info("a speaker has gone without a farewell")
            talk.ending = talk.ending or "lost"

    def close(self) -> None:
        self._open = False
        self._path.unlink(missing_ok=True)
        with socket.create_connection(self._socket.getsockname()):
            pass
        self._thread.join(2)
        self._socket.close()


def _moment(ms: object) -> datetime | None:
    return from_ms(ms) if isinstance(ms, int) and 0 < ms < WHOLE_MAX else None


def _say(stream: Any, what: dict[str, Any]) -> None:
    stream.write(json.dumps(what, ensure_ascii=False).encode() + b"\n")
    stream.flush()


def _say_at_once(visitor: socket.socket, what: dict[str, Any]) -> None:
    visitor.settimeout(FIRST_S)
    visitor.sendall(json.dumps(what, ensure_ascii=False).encode() + b"\n")


def _left(visitor: socket.socket) -> bool:
    """Whether whoever waits has gone; looks for WAIT_S."""
    visitor.settimeout(WAIT_S)
    try:
        return not visitor.recv(PIECE_MAX)
    except TimeoutError:
        return False


def _see_off(visitor: socket.socket) -> None:
    """What he still says is read and dropped until he has gone: a door that is slammed takes its last word back."""
    with contextlib.suppress(OSError):  # he has gone already
        visitor.shutdown(socket.SHUT_WR)
        visitor.settimeout(GONE_S)
        while visitor.recv(PIECE_MAX):
            pass


def paced(pcm: bytes) -> Iterator[bytes]:
    """In pieces of a message, each when its last sample would have been spoken."""
    pause, began, size = threading.Event(), monotonic_s(), FRAMES * FRAME_BYTES
    for n, at in enumerate(range(0, len(pcm), size), 1):
        pause.wait(max(0.0, began + n * size / (2 * RATE) - monotonic_s()))
        yield pcm[at : at + size]


class Visitor:
    """The other side of the door. Raises NotOnAir when nobody may speak, or no station listens."""

    def __init__(
        self, folder: Path, person: int, area: int, title: str = "", longest_s: int = LONGEST_S, with_chime: bool = True, *, source: str = "", wait: bool = False,
        unstopped_since_ms: int | None = None,
    ) -> None:  # fmt: skip
        try:
            door = json.loads((folder / FILE).read_text())
            self.socket = socket.create_connection(("127.0.0.1", int(door["port"])), 5)
        except (OSError, ValueError, KeyError) as error:
            raise NotOnAir("no station is running here: start it with “xiangyin serve”") from error
        self.socket.settimeout(None)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._half, self._news = b"", deque[dict[str, Any]]()
        asked = {"word": door["word"], "person": person, "area": area, "title": title, "longest_s": longest_s, "chime": with_chime, "source": source, "wait": wait, "unstopped_since_ms": unstopped_since_ms}
        try:
            self.socket.sendall(json.dumps(asked, ensure_ascii=False).encode() + b"\n")
            self.talk = self.hear()
        except BaseException:
            self.close()
            raise

    def hear(self) -> dict[str, Any]:
        """What the studio says next. Raises NotOnAir."""
        while not self._news:
            self._read()
        said = self._news.popleft()
        if "refused" in said:
            raise NotOnAir(str(said["refused"]), **{name: value for name, value in said.items() if name != "refused"})
        return said

    def wait_for_the_word(self) -> bool:
        """Whether he may speak now, once the chime is out; False when it is over before. Raises NotOnAir."""
        while "speak" not in (said := self.hear()):
            if "ended" in said:
                self._news.appendleft(said)
                return False
        return True

    def _read(self) -> None:
        try:
            came = self.socket.recv(LINE_MAX)
        except OSError:
            came = b""
        if not came:
            self._news.append({"refused": "the station has gone"})
        *lines, self._half = (self._half + came).split(b"\n")
        self._news.extend(json.loads(line) for line in lines)

    def news(self) -> list[dict[str, Any]]:
        """Everything that came by now; a refusal is among it as it is."""
        while select.select([self.socket], [], [], 0)[0] and not self._over:
            self._read()
        said = list(self._news)
        self._news.clear()
        return said

    @property
    def _over(self) -> bool:
        return any("ended" in each or "refused" in each for each in self._news)

    def speak(self, pcm: bytes) -> bool:
        """Whether the studio still listens."""
        while select.select([self.socket], [], [], 0)[0] and not self._over:
            self._read()
        return not self._over and self._put(SOUND, pcm)

    def say(self, **word: Any) -> bool:
        """A word to the studio (``do="hand over"``); whether it still listens."""
        return self._put(WORD, json.dumps(word).encode())

    def _put(self, kind: int, piece: bytes) -> bool:
        try:
            self.socket.sendall(PIECE.pack(kind, len(piece)) + piece)
        except OSError:
            return False
        return True

    def end(self) -> dict[str, Any]:
        """He has spoken; what became of it. Raises NotOnAir."""
        self.say(do="end")
        while "ended" not in (said := self.hear()):
            pass
        return said

    def close(self) -> None:
        with contextlib.suppress(OSError):  # the other side may be gone already
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
