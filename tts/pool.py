"""The pool of speaking processes: time-outs, restarts, and a job that one lost is done once more by another."""

from __future__ import annotations

import fcntl
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from tts.engines import EngineError, Pcm
from tts.engines.chain import Engines
from tts.engines.options import EngineOptions
from tts.engines.worker import OPTIONS, Frame, Job, read_frame, write_frame
from tts.voices import Manner

START_SECONDS = 60.0
SENTENCE_SECONDS = 20.0
PIPE_BYTES = 1 << 20


@dataclass(frozen=True, eq=False)
class SpokenSentence:
    """Sentence ``index`` of the job: mono samples at 44.1 kHz, what was said, what nobody could read and where in the sentence,
    K-weighted power per 100 ms, highest sample, which engine spoke, why those before it could not, and whether another time they may."""

    index: int
    pcm: Pcm
    spoken: str
    unknown: tuple[tuple[int, str], ...]
    blocks: tuple[float, ...]
    peak: int
    engine: str = ""
    instead: tuple[tuple[str, str], ...] = ()
    passing: bool = False


class WorkerLost(Exception):
    """The process hung or ended in the middle of a job."""


class Worker:
    """One speaking process and the thread that listens to it. Started at once, ready when its first frame came."""

    def __init__(self, argv: Sequence[str], start_seconds: float, options: EngineOptions) -> None:
        house = str(Path(__file__).resolve().parents[1])
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (house, os.environ.get("PYTHONPATH", ""))))}
        # one thread per process: numpy's own threads would fight with the encoder for the second core
        environment |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", OPTIONS: options.to_json()}
        self._process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
        _widen(self._process.stdout)
        self._frames: queue.Queue[Frame | None] = queue.Queue(maxsize=8)
        self._start_seconds = start_seconds
        self._ready = False
        self.trying = ""
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def _listen(self) -> None:
        assert self._process.stdout is not None
        while (frame := read_frame(self._process.stdout)) is not None:
            self._frames.put(frame)
        self._frames.put(None)

    def _next(self, seconds: float) -> Frame:
        try:
            frame = self._frames.get(timeout=seconds)
        except queue.Empty:
            raise WorkerLost(f"the voice process did not answer within {seconds:g} s") from None
        if frame is None:
            raise WorkerLost(f"the voice process ended (code {self._process.wait()})")
        return frame

    def work(self, job: Job, seconds: float) -> Iterator[Frame]:
        """One frame per sentence; ``trying`` is the engine that was asked last. WorkerLost when it hangs or ends, EngineError when it says
        that it cannot."""
        assert self._process.stdin is not None
        if not self._ready:
            self._next(self._start_seconds)
            self._ready = True
        try:
            write_frame(self._process.stdin, job.to_header())
        except OSError as problem:
            raise WorkerLost(f"the voice process is gone: {problem}") from problem
        patience = self._start_seconds
        while True:
            header, body = self._next(patience)
            patience = seconds
            if "error" in header:
                raise EngineError(header["error"], permanent=bool(header["permanent"]))
            if header.get("done"):
                return
            if "trying" in header:
                self.trying = header["trying"]
            elif not header.get("begun"):
                self.trying = ""
                yield header, body

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        while self._listener.is_alive():  # it may be waiting for room
            try:
                self._frames.get(timeout=0.05)
            except queue.Empty:
                continue
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                _close(pipe)


def _widen(pipe: object) -> None:
    """A sentence is a megabyte: through an ordinary pipe of 64 KB both ends would wait for each other fourteen times."""
    with suppress(OSError):  # a machine may allow less
        fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, PIPE_BYTES)  # type: ignore[attr-defined]


def _close(pipe: object) -> None:
    try:
        pipe.close()  # type: ignore[attr-defined]
    except BrokenPipeError:
        return  # what was still to be written concerns nobody any more


class Pool:
    """``size`` speaking processes, started when first needed; safe from many threads, one job each at a time.

    ``argv`` starts one worker; ``sentence_seconds`` is how long one sentence may take, ``start_seconds`` how long a
    process may take to start, and to load a dialect.
    """

    def __init__(
        self,
        size: int = 1,
        *,
        sentence_seconds: float = SENTENCE_SECONDS,
        start_seconds: float = START_SECONDS,
        argv: Sequence[str] = (),
        options: EngineOptions | None = None,
    ) -> None:
        self._argv = tuple(argv) or (sys.executable, "-m", "tts.engines.worker")
        self.engines = Engines(options)
        self._seconds = sentence_seconds
        self._start_seconds = start_seconds
        self._idle: queue.LifoQueue[Worker | None] = queue.LifoQueue()
        for _ in range(size):
            self._idle.put(None)
        self.size = size
        self._closed = False

    def warm(self, dialects: Sequence[str] = ("cmn", "yue", "en")) -> None:
        """Start one process and load these dialects now, so that the first article does not wait: 1-2 s."""
        for dialect in dialects:
            try:
                with self._worker() as worker:
                    list(worker.work(Job(Manner(dialect), ()), self._seconds))
            except WorkerLost as problem:
                raise EngineError(f"{problem} while it was loading {dialect}", permanent=False) from problem

    @contextmanager
    def _worker(self) -> Iterator[Worker]:
        """A worker for one job; it goes back when the job ended well, and is replaced when it did not."""
        if self._closed:
            raise EngineError("the voices are closed: the station is stopping", permanent=False)
        worker = self._idle.get()
        good = False
        try:
            worker = worker or Worker(self._argv, self._start_seconds, self.engines.options)
            yield worker
            good = True
        except EngineError:
            good = True  # it said that it cannot, and waits for the next job
            raise
        finally:
            if worker is not None and (not good or self._closed):
                worker.kill()
            self._idle.put(worker if good and not self._closed else None)

    def speak(self, sentences: Sequence[str], manner: Manner) -> Iterator[SpokenSentence]:
        """The sentences in order, each as soon as it is spoken. Raises EngineError."""
        for index, (header, body) in enumerate(self._frames(Job(manner, tuple(sentences)))):
            yield _sentence(index, header, body)

    def read(self, sentences: Sequence[str], manner: Manner) -> Iterator[dict[str, Any]]:
        """How the sentences would be spoken, in order, as ``Voicing.read`` tells it. Raises EngineError."""
        for header, _ in self._frames(Job(manner, tuple(sentences), "read")):
            yield header

    def _frames(self, job: Job) -> Iterator[Frame]:
        """One frame a sentence.

        A worker that hangs or dies is replaced and its unfinished sentences are done once more. Lost twice at the same sentence,
        the engine that was speaking is not asked again for this text; raises EngineError when there is none left, or when the engines say that they cannot.
        """
        lost_at = -1
        while job.start < len(job.sentences):
            trying = ""
            try:
                with self._worker() as worker:
                    try:
                        for frame in worker.work(job, self._seconds):
                            yield frame
                            job = replace(job, start=job.start + 1)
                    finally:
                        trying = worker.trying
            except WorkerLost as problem:
                if lost_at != job.start:
                    lost_at = job.start
                    continue
                job, lost_at = self._without(job, trying, problem), -1

    def _without(self, job: Job, engine: str, problem: WorkerLost) -> Job:
        """The job without the engine that took two processes down; EngineError when no other is left."""
        out = (*job.without, engine)
        left = set(self.engines.options.engines(job.manner.dialect, job.manner.voice)) - set(out) - {"recorded"}
        if not engine or not left:
            sentence = job.sentences[job.start][:40]
            raise EngineError(f"{problem}, twice, at sentence {job.start + 1}: {sentence!r}", permanent=False) from problem
        return replace(job, without=out)

    def close(self) -> None:
        """End the idle processes; busy ones end with their job."""
        self._closed = True
        for _ in range(self.size):
            try:
                worker = self._idle.get_nowait()
            except queue.Empty:
                return
            if worker is not None:
                worker.kill()


def _sentence(index: int, header: dict[str, object], body: bytes) -> SpokenSentence:
    return SpokenSentence(
        index,
        np.frombuffer(body, dtype=np.int16),
        str(header.get("spoken", "")),
        tuple((int(at), str(text)) for at, text in header.get("unknown", ())),  # type: ignore[attr-defined]
        tuple(header.get("blocks", ())),  # type: ignore[arg-type]
        int(header.get("peak", 0)),  # type: ignore[call-overload]
        str(header.get("engine", "")),
        tuple((str(name), str(why)) for name, why in header.get("instead", ())),  # type: ignore[attr-defined]
        bool(header.get("passing")),
    )
