"""One speaking process: takes jobs on stdin, reads and speaks sentence by sentence, gives sound back on stdout.

espeak-ng is one global state that is not thread safe and may end its process; so it lives here and not in the station. The
process ends by itself when its stdin closes, even while the engine hangs: it never outlives the station.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import struct
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import IO, Any

from tts.voices import Manner

OPTIONS = "SPEECH_ENGINES"
"""The environment variable in which the pool hands the engines' options down (not on the command line: a token may be among them)."""

Frame = tuple[dict[str, Any], bytes]
_HEAD = struct.Struct("<II")


def write_frame(out: IO[bytes], header: dict[str, Any], body: bytes = b"") -> None:
    """Length of the JSON header, length of the body, header, body."""
    raw = json.dumps(header, ensure_ascii=False).encode("utf-8", "surrogatepass")
    out.write(_HEAD.pack(len(raw), len(body)) + raw)
    out.write(body)
    out.flush()


def read_frame(source: IO[bytes]) -> Frame | None:
    """The next frame; None when the other end is gone."""
    head = source.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    header_size, body_size = _HEAD.unpack(head)
    raw, body = source.read(header_size), source.read(body_size)
    if len(raw) < header_size or len(body) < body_size:
        return None
    header: dict[str, Any] = json.loads(raw)
    return header, body


@dataclass(frozen=True)
class Job:
    """Sentences from ``start`` on, in one manner, to "speak" or only to "read". ``without`` names the engines that took
    two processes down: for the rest of the text they are not asked."""

    manner: Manner
    sentences: tuple[str, ...]
    kind: str = "speak"
    start: int = 0
    without: tuple[str, ...] = ()

    def to_header(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_header(cls, header: dict[str, Any]) -> Job:
        return cls(Manner(**header["manner"]), tuple(header["sentences"]), header["kind"], header["start"], tuple(header["without"]))


Trying = Callable[[str], None]
Speak = Callable[[Job, int, Trying], tuple[dict[str, Any], bytes]]
"""(job, which sentence, called with the name of an engine before it is asked) -> what to tell, and samples (int16, mono, little-endian)."""


def serve(
    source: IO[bytes], out: IO[bytes], speak: Speak, warm: Callable[[str], None] = lambda dialect: None, read: Speak | None = None
) -> None:
    """Jobs in; {"begun": true} out when the dialect's dictionaries are loaded, then per sentence {"trying": engine} for each engine
    that is asked and {"i", ...} + samples (of "read": none), then {"done": true}. {"error", "permanent"} instead of any of them ends
    the job."""
    from tts.engines import EngineError

    jobs: queue.Queue[dict[str, Any]] = queue.Queue()

    def listen() -> None:
        while (frame := read_frame(source)) is not None:
            jobs.put(frame[0])
        os._exit(0)  # the station is gone; a hanging engine would keep sys.exit waiting

    threading.Thread(target=listen, daemon=True).start()
    write_frame(out, {"ready": True})
    while True:
        header = jobs.get()
        try:
            job = Job.from_header(header)
            warm(job.manner.dialect)
            write_frame(out, {"begun": True})
            act = read if job.kind == "read" and read is not None else speak
            for i in range(job.start, len(job.sentences)):
                told, samples = act(job, i, lambda name: write_frame(out, {"trying": name}))
                write_frame(out, {"i": i, **told}, samples)
            write_frame(out, {"done": True})
        except BrokenPipeError:
            os._exit(0)  # nobody listens any more
        except EngineError as problem:
            write_frame(out, {"error": str(problem), "permanent": problem.permanent})
        except Exception as problem:  # the border to foreign code: the station logs it
            write_frame(out, {"error": f"{type(problem).__name__}: {problem}", "permanent": False})


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the station, which then closes our stdin
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get between the frames
    from tts.engines.chain import Engines
    from tts.engines.options import EngineOptions
    from tts.engines.voicing import Voicing

    options = EngineOptions.from_json(os.environ[OPTIONS]) if OPTIONS in os.environ else EngineOptions()
    voicing = Voicing(Engines(options))
    serve(sys.stdin.buffer, out, voicing, voicing.warm, voicing.read)


if __name__ == "__main__":
    main()
