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
from collections.abc import Callable, Mapping
from typing import IO, Any

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


Speak = Callable[[str, str, Mapping[str, str]], tuple[dict[str, Any], bytes]]
"""(dialect, sentence, the readings given for words) -> what to tell about it, and its samples (int16, mono, little-endian)."""


def serve(
    source: IO[bytes], out: IO[bytes], speak: Speak, warm: Callable[[str], None] = lambda dialect: None, read: Speak | None = None
) -> None:
    """Jobs {"kind": "speak" or "read", "dialect", "sentences", "words": {word: reading}} in; {"begun": true} out when the dialect's
    dictionaries are loaded, then per sentence {"i", ...} + samples (of "read": none), then {"done": true}. {"error", "permanent"}
    instead of any of them ends the job."""
    from tts.engines import EngineError

    jobs: queue.Queue[dict[str, Any]] = queue.Queue()

    def listen() -> None:
        while (frame := read_frame(source)) is not None:
            jobs.put(frame[0])
        os._exit(0)  # the station is gone; a hanging engine would keep sys.exit waiting

    threading.Thread(target=listen, daemon=True).start()
    write_frame(out, {"ready": True})
    while True:
        job = jobs.get()
        try:
            warm(job["dialect"])
            write_frame(out, {"begun": True})
            act = read if job.get("kind") == "read" and read is not None else speak
            for i, sentence in enumerate(job["sentences"]):
                told, samples = act(job["dialect"], sentence, job.get("words", {}))
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
    from tts.engines.voicing import Voicing

    voicing = Voicing()
    serve(sys.stdin.buffer, out, voicing, voicing.warm, voicing.read)


if __name__ == "__main__":
    main()
