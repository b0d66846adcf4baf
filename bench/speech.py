"""Speech: an article with chime and music and a day's series beside espeak-ng piped into ffmpeg, and how loud every voice is."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import wave
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from sqlalchemy import func, select

from articles import collect, review
from articles.models import Article
from bench.figures import Figure
from bench.sentence import article_text
from station import clock
from station.areas import add_area
from station.database import Database
from station.files import Files
from station.migrations import upgrade
from station.people import add_person, grant
from tts.audio import LEAD_SAMPLES_MP3, decode, ffmpeg_program, measure, to_mp3
from tts.dialects import DIALECTS
from tts.engines import Pcm
from tts.level import RATE
from tts.models import Rendition
from tts.pool import Pool
from tts.render import render_one
from tts.speak import Around, speak_article
from tts.tunes import chime, library_piece
from tts.voices import Manner, names
from tts.want import want_renditions

ROUNDS = 5
SERIES = 40
EFFORT = ("-compression_level", "7")
"""The encoder effort that the station uses."""
STATION_FORMAT = ("-ar", "44100", "-b:a", "64k")
PEER_VOICE = {"cmn": "cmn", "yue": "yue", "hak": "hak", "ug": "ug", "en": "en-us"}
"""espeak-ng has no voice for Tibetan: it gets the one it takes by itself."""
SPELT = ("hak", "bo")
_HANS = (
    "各位村民早上好，现在播送第{n}期农业节目。", "今天白天晴转多云，最高气温{n}度，山区早晚有霜，请给大棚加盖草帘。", "县里的农技员建议，小麦现在要浇好越冬水，每亩用水不要太多。",
    "合作社收购玉米，每斤一元一角，请把粮食晒干再送来。", "下面说一说家里的安全，煤炉要装烟筒，睡觉以前检查一遍电器。",
)  # fmt: skip
_BO = (
    "གྲོང་གསེབ་ཀྱི་མི་དམངས་ཚོར་བཀྲ་ཤིས་བདེ་ལེགས། དེ་རིང་གི་ལེ་ཚན་{n}་པ་འགོ་འཛུགས་རྒྱུ་ཡིན།", "སང་ཉིན་ཆུ་གཅོད་རྒྱུ་ཡིན་པས། ཚང་མས་ཆུ་གསོག་རོགས་གནང་།",
    "གནམ་གཤིས་གྲང་མོ་ཆགས་འགྲོ་བས། ཕྱུགས་ཟོག་ལ་རྩྭ་མང་ཙམ་སྟེར་དགོས།", "ནད་པ་ཡོད་ན་སྨན་ཁང་ལ་འགྲོ་རོགས་གནང་།",
)  # fmt: skip
_UG = (
    "ھۆرمەتلىك يېزا ئاھالىسى، بۈگۈنكى {n} - سان پروگراممىمىز باشلاندى.", "ئەتە ئەتىگەندە سۇ توختايدۇ، ھەممەيلەن ئالدىن سۇ تەييارلاپ قويۇڭلار.",
    "ھاۋا سوۋۇۋاتىدۇ، ماللارغا يەم - خەشەكنى كۆپرەك بېرىڭلار.", "كېسەل بولغانلار دوختۇرخانىغا بېرىپ كۆرۈنسۇن.",
)  # fmt: skip
_EN = (
    "Good morning, neighbours, this is number {n} of our farming hour.", "Today will be sunny at first and cloudy later, with frost in the hills at night, so please cover the greenhouses.",
    "The county advises everyone to water the wheat before winter, but not too much.", "The cooperative buys dry maize, please bring it clean.",
    "And a word about safety at home: every coal stove needs its pipe, and look at the wires before you go to bed.",
)  # fmt: skip
TEXTS = {"zh-Hans": _HANS, "bo": _BO, "ug": _UG, "en": _EN}
WRITING = {"cmn": "zh-Hans", "yue": "zh-Hans", "hak": "zh-Hans", "bo": "bo", "ug": "ug", "en": "en"}

# What people write: pyttsx3, then pydub. save_to_file returns before the file exists, so this waits until it no longer grows.
_AS_PEOPLE_WRITE_IT = """
import os, sys, time
import pyttsx3
from pydub import AudioSegment
text, folder, ffmpeg = open(sys.argv[1], encoding="utf-8").read(), sys.argv[2], sys.argv[3]
AudioSegment.converter = ffmpeg
engine = pyttsx3.init("espeak")
engine.setProperty("voice", "sit/cmn")
wav = os.path.join(folder, "speech.wav")
engine.save_to_file(text, wav)
engine.runAndWait()
size = -1
while not os.path.exists(wav) or os.path.getsize(wav) != size or size < 1000:
    size = os.path.getsize(wav) if os.path.exists(wav) else -1
    time.sleep(0.02)
speech = AudioSegment.from_wav(wav)
chime, music = (AudioSegment.from_wav(os.path.join(folder, name)) for name in ("chime.wav", "music.wav"))
bed = (music * (len(speech) // len(music) + 1))[: len(speech)] - 20
(chime + speech.overlay(bed)).export(os.path.join(folder, "whole.mp3"), format="mp3")
"""


def _ms(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def _piped(text: str, voice: str | None, options: Sequence[str]) -> None:
    """``espeak-ng | ffmpeg``, as a shell does it."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "text").write_text(text, encoding="utf-8")
        say = [shutil.which("espeak-ng") or "espeak-ng", *(("-v", voice) if voice else ()), "-f", f"{folder}/text", "--stdout"]
        speaker = subprocess.Popen(say, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        encode = [ffmpeg_program(), "-loglevel", "quiet", "-y", "-i", "pipe:0", *options, f"{folder}/out.mp3"]
        subprocess.run(encode, stdin=speaker.stdout, check=False)
        if speaker.stdout:
            speaker.stdout.close()
        speaker.wait()


def _people(folder: Path, text: str) -> bool:
    (folder / "text").write_text(text, encoding="utf-8")
    script = [sys.executable, "-W", "ignore", "-c", _AS_PEOPLE_WRITE_IT, str(folder / "text"), str(folder), ffmpeg_program()]
    return subprocess.run(script, capture_output=True, timeout=120, check=False).returncode == 0


def _wav(path: Path, pcm: Pcm) -> None:
    with wave.open(str(path), "wb") as made:
        made.setnchannels(1)
        made.setsampwidth(2)
        made.setframerate(RATE)
        made.writeframes(pcm.tobytes())


def _article() -> list[Figure]:
    """725 characters to an mp3 with chime and music, beside the same text on the roads that others take, turn by turn."""
    around, times = Around(to_mp3(chime()), library_piece()), defaultdict[str, list[float]](list)
    pool = Pool(1)
    seconds = 0.0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _wav(folder / "chime.wav", chime())
        _wav(folder / "music.wav", library_piece())
        try:
            pool.warm(("cmn",))
            speak_article(article_text(), "", Manner("cmn"), pool, around=around)
            written = _people(folder, article_text())
            for number in range(ROUNDS):
                text = f"第{number}号。{article_text()}"[:725]

                def ours(text: str = text) -> None:
                    nonlocal seconds
                    seconds = speak_article(text, "", Manner("cmn"), pool, around=around).ms / 1000

                times["ours"].append(_ms(ours))
                for key, options in (("defaults", ()), ("effort", EFFORT), ("same", (*EFFORT, *STATION_FORMAT))):
                    times[key].append(_ms(lambda text=text, options=options: _piped(text, "cmn", options)))  # type: ignore[misc]
                if written:
                    times["people"].append(_ms(lambda text=text: _people(folder, text)))  # type: ignore[misc]
        finally:
            pool.close()
    middle = {key: statistics.median(each) for key, each in times.items() if each}
    what = f"725 characters -> mp3 with chime and music ({seconds:.0f} s)"
    rows = [
        ("defaults", "espeak-ng | ffmpeg at its defaults", 0.6), ("same", "espeak-ng | ffmpeg at the same effort, rate and bits", 1.0),
        ("effort", "espeak-ng | ffmpeg at the same effort, in 22.05 kHz", None), ("people", "pyttsx3 + pydub as people write it", 0.3),
    ]  # fmt: skip
    return [_beside(what, middle["ours"], middle.get(key), words, most) for key, words, most in rows]


def _beside(what: str, ours: float, theirs: float | None, words: str, most: float | None) -> Figure:
    if theirs is None:
        return Figure(what, f"{ours:.0f} ms", f"{words}: does not run here")
    ratio = ours / theirs
    return Figure(what, f"{ours:.0f} ms", f"{words} {theirs:.0f} ms", f"{ratio:.2f} x", f"<= {most:g} x" if most else "", ratio <= most if most else None)


def episode(lang: str, number: int) -> str:
    return "\n".join(sentence.replace("{n}", str(number + 1)) for sentence in TEXTS[lang])


def _series() -> list[Figure]:
    """Forty series in every dialect that speaks here, by two workers into a database, beside the same texts piped two at a time.

    First the dialects that espeak-ng reads from their own writing, then those whose characters it spells out (Hakka, Tibetan).
    """
    spoken = [code for code in DIALECTS if DIALECTS[code].speaks]
    groups = [[code for code in spoken if code not in SPELT], [code for code in spoken if code in SPELT]]
    pool = Pool(2)
    times: list[tuple[float, float]] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        db, files = Database(f"sqlite:///{folder / 'bench.db'}"), Files(folder / "files")
        upgrade(db.engine)

        def work() -> None:
            while render_one(db, clock.now(), pool, files):
                continue

        try:
            articles = _collected(db)
            _two_at_a_time([lambda code=code: list(pool.speak(["1"], Manner(code))) for code in spoken for _ in range(2)])  # type: ignore[misc]
            for group in groups:
                with db.session() as session:
                    for number in articles:
                        want_renditions(session, session.get_one(Article, number), group, clock.now())
                ours = _ms(lambda: _two_at_a_time([work, work]))
                texts = [(code, f"{n + 1}\n{episode(WRITING[code], n)}") for n in range(SERIES) for code in group]
                peer = _ms(lambda texts=texts: _two_at_a_time([lambda each=each: _piped(each[1], PEER_VOICE.get(each[0]), ()) for each in texts]))  # type: ignore[misc]
                times.append((ours, peer))
            again = _ms(lambda: _two_at_a_time([work, work]))
            with db.reading() as session:
                ready = session.scalar(select(func.count()).where(Rendition.state == "ready")) or 0
                seconds = (session.scalar(select(func.sum(Rendition.ms))) or 0) / 1000
        finally:
            pool.close()
            db.close()
    peer_is = "espeak-ng | ffmpeg, two at a time"
    what = f"{SERIES} series x {len(spoken)} dialects = {ready} renditions, {seconds / 60:.0f} minutes"
    return [
        _beside(what, sum(ours for ours, _ in times), sum(peer for _, peer in times), peer_is, 0.6),
        _beside(f"of these {', '.join(groups[0])}: what espeak-ng reads and does not spell", *times[0], peer_is, None),
        Figure("the same again: nothing to do", f"{again:.0f} ms", "", "", f"{SERIES * len(spoken)} ready", ready == SERIES * len(spoken)),
    ]


def _two_at_a_time(acts: Sequence[Callable[[], object]]) -> None:
    with ThreadPoolExecutor(2) as both:
        for each in [both.submit(act) for act in acts]:
            each.result()


def _collected(db: Database) -> list[int]:
    """Forty approved articles, each in four written languages."""
    now, made = clock.now(), []
    with db.session() as session:
        county = add_area(session, parent=None, level="county", name="云岭县", now=now, tz="Asia/Shanghai", dialect="cmn")
        writer, reader = add_person(session, "writer", "写", now), add_person(session, "reader", "读", now)
        grant(session, writer, county, "admin")
        grant(session, reader, county, "admin")
        for number in range(SERIES):
            body = episode("zh-Hans", number)
            article = collect.collect_paste(session, writer, county, kind="notice", title=str(number + 1), body=body, now=now)
            for lang in ("bo", "ug", "en"):
                collect.add_text(session, writer, article, lang=lang, title=str(number + 1), body=episode(lang, number), now=now)
            review.submit(session, article, writer, now)
            review.approve(session, article, reader, now)
            made.append(article.id)
    return made


def _loudness() -> list[Figure]:
    """Every voice of every dialect that speaks here, measured in the finished mp3."""
    found: list[Figure] = []
    pool = Pool(1)
    try:
        for code in DIALECTS:
            if not DIALECTS[code].speaks:
                found.append(Figure(f"loudness {code}", "no voice speaks it here"))
                continue
            for name in names(code):
                spoken = speak_article(episode(WRITING[code], 7), "", Manner(code, name), pool)
                heard = measure(spoken.mp3)
                pcm = decode(spoken.mp3)[LEAD_SAMPLES_MP3:]
                clipped = int((np.abs(pcm.astype(np.int32)) >= 32767).sum())
                quiet = longest_silence_ms(pcm)
                good = abs((heard.lufs or 0) + 16) <= 1 and (heard.peak_db or 0) <= -1 and not clipped and quiet <= 1500
                shown = f"{heard.lufs} LUFS, {heard.peak_db} dBTP, {clipped} clipped, longest silence {quiet} ms"
                found.append(Figure(f"loudness {code} {name}", shown, "", "", "-16 +- 1, <= -1, 0, <= 1500", good))
    finally:
        pool.close()
    return found


def longest_silence_ms(pcm: Pcm) -> int:
    """The longest stretch below -46 dBFS between the first sound and the last."""
    heard = np.flatnonzero(np.abs(pcm.astype(np.int32)) > 164)
    return int(np.diff(heard).max() * 1000 / RATE) if len(heard) > 1 else 0


def main() -> list[Figure]:
    return [*_article(), *_series(), *_loudness()]
