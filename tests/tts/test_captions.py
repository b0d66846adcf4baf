"""Sentence times as WebVTT."""

from __future__ import annotations

from tts.captions import Cue, webvtt


def test_captions_are_webvtt() -> None:
    cues = [Cue(250, 1900, "停水\n通知"), Cue(1900, 1900, "empty"), Cue(3_723_004, 3_724_000, "a --> b & <i>")]
    assert webvtt(cues) == (
        "WEBVTT\n\n1\n00:00:00.250 --> 00:00:01.900\n停水 通知\n\n2\n01:02:03.004 --> 01:02:04.000\na --&gt; b &amp; &lt;i&gt;\n"
    )


def test_no_sentences_are_still_a_file() -> None:
    assert webvtt([]) == "WEBVTT\n"
