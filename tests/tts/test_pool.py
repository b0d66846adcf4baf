"""Speaking processes: real speech, and what happens when one hangs, dies, or says that it cannot."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tts.engines import EngineError
from tts.level import RATE, loudness
from tts.pool import Pool
from tts.voices import Manner

# A worker of ten lines that speaks the real protocol: it dies on 死, hangs on 挂, cannot say 不.
PRETENDER = """
import os, sys, threading
from pathlib import Path
from tts.engines import EngineError
from tts.engines.worker import serve
def speak(job, i, trying):
    sentence = job.sentences[i]
    once = Path(sys.argv[1]) / sentence
    first = not once.exists()
    once.touch()
    if "死" in sentence and (first or "总" in sentence): os._exit(1)
    if "挂" in sentence and (first or "总" in sentence): threading.Event().wait()
    if "不" in sentence: raise EngineError("cannot", permanent=True)
    return {"spoken": sentence}, b"\\0\\0" * 10
serve(sys.stdin.buffer, sys.stdout.buffer, speak)
"""


@pytest.fixture
def fragile(tmp_path: Path) -> Iterator[Pool]:
    pool = Pool(1, sentence_seconds=0.6, start_seconds=20, argv=(sys.executable, "-c", PRETENDER, str(tmp_path)))
    yield pool
    pool.close()


def test_sentences_come_in_order_with_sound(pool: Pool) -> None:
    said = list(pool.speak(["今天天气很好。", "请大家注意安全。"], Manner("cmn")))
    assert [s.index for s in said] == [0, 1]
    assert all(RATE < len(s.pcm) < 4 * RATE for s in said)
    assert all(-18 < (loudness(s.blocks) or 0) < -14 for s in said)


def test_the_spoken_form_and_the_unread_come_back(pool: Pool) -> None:
    (said,) = pool.speak(["价格3元☃。"], Manner("yue"))
    assert said.spoken == "价格三元☃。"
    assert said.unknown == ((4, "☃"),)


def test_a_reading_given_for_a_word_is_spoken_and_told(pool: Pool) -> None:
    plain, given = (
        next(pool.read(["单家庄开会。"], Manner("cmn", words=words))) for words in ({}, {"单家庄": "shan4 jia5 zhuang5"})
    )
    assert [mark[2] for mark in given["marks"][:3]] == ["shan4", "jia5", "zhuang5"] != [mark[2] for mark in plain["marks"][:3]]
    (one,), (other,) = pool.speak(["单"], Manner("cmn")), pool.speak(["单"], Manner("cmn", words={"单": "shan4"}))
    assert len(one.pcm) and len(one.pcm) != len(other.pcm)


def test_what_is_read_has_its_place_in_the_spoken_form(pool: Pool) -> None:
    (told,) = pool.read(["3元☃好"], Manner("cmn"))
    assert told["spoken"] == "三元☃好" and told["unread"] == [[2, "☃"]] and told["unknown"] == [[2, "☃"]]
    assert [mark[:2] for mark in told["marks"]] == [[0, "三"], [1, "元"], [3, "好"]]


@pytest.mark.parametrize("sentence", ["死一次", "挂一次"])
def test_a_lost_worker_is_replaced_and_its_sentence_done_again(fragile: Pool, sentence: str) -> None:
    said = list(fragile.speak(["一", sentence, "三"], Manner("cmn")))
    assert [s.spoken for s in said] == ["一", sentence, "三"]


@pytest.mark.parametrize(("sentence", "why"), [("总死", "ended"), ("总挂", "did not answer within 0.6 s")])
def test_lost_twice_is_an_error_that_names_the_sentence(fragile: Pool, sentence: str, why: str) -> None:
    with pytest.raises(EngineError, match=f"{why}.*twice, at sentence 2: '{sentence}'") as caught:
        list(fragile.speak(["一", sentence], Manner("cmn")))
    assert not caught.value.permanent
    assert [s.spoken for s in fragile.speak(["还在"], Manner("cmn"))] == ["还在"]


def test_a_pool_can_be_warmed_before_work(fragile: Pool) -> None:
    fragile.warm(("cmn", "yue"))
    assert [s.spoken for s in fragile.speak(["好"], Manner("cmn"))] == ["好"]


def test_what_the_engine_cannot_say_leaves_the_worker_alive(fragile: Pool) -> None:
    with pytest.raises(EngineError, match="cannot") as caught:
        list(fragile.speak(["不"], Manner("cmn")))
    assert caught.value.permanent
    assert [s.spoken for s in fragile.speak(["好"], Manner("cmn"))] == ["好"]


def test_a_job_left_half_way_does_not_leak_into_the_next(fragile: Pool) -> None:
    job = fragile.speak(["一", "二", "三"], Manner("cmn"))
    next(job)
    job.close()  # type: ignore[attr-defined]
    assert [s.spoken for s in fragile.speak(["四"], Manner("cmn"))] == ["四"]


def test_many_threads_share_one_worker(fragile: Pool) -> None:
    heard: list[list[str]] = []

    def job(name: str) -> None:
        heard.append([s.spoken for s in fragile.speak([name, name], Manner("cmn"))])

    threads = [threading.Thread(target=job, args=(f"第{i}",)) for i in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(heard) == [[f"第{i}"] * 2 for i in range(5)]


def test_a_worker_ends_when_the_station_is_gone() -> None:
    argv = [sys.executable, "-c", PRETENDER, os.devnull]
    worker = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])
    assert worker.stdin is not None and worker.stdout is not None
    assert worker.stdout.read(1)  # it is ready
    worker.stdin.close()
    assert worker.wait(10) == 0
    worker.stdout.close()


def test_a_closed_pool_speaks_no_more(tmp_path: Path) -> None:
    pool = Pool(1, argv=(sys.executable, "-c", PRETENDER, str(tmp_path)))
    pool.close()
    with pytest.raises(EngineError, match="stopping"):
        list(pool.speak(["一"], Manner("cmn")))
